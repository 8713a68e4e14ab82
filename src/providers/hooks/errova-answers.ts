import type { TokenStatus } from '../../domain/token.ts';
import { type Fields, flag, instant, status } from '../decode.ts';

export const CREATED = ['createdAt', 'created_at'];
export const EXPIRES = ['expiresAt', 'expires_at', 'expiryDate', 'expiry_date', 'expiration'];

/** The status of a key, under every name that is likely: Errova documents none. */
export function statusOf(fields: Fields): TokenStatus {
  if (instant(fields, 'revokedAt', 'revoked_at', 'deletedAt', 'deleted_at') !== null) return 'revoked';
  if (flag(fields, 'revoked', 'isRevoked', 'is_revoked') === true) return 'revoked';
  const told = status(fields, 'status', 'state');
  if (told !== null) return told;
  const isOff = flag(fields, 'disabled', 'isDisabled', 'is_disabled') === true;
  return isOff || flag(fields, 'active', 'isActive', 'is_active', 'enabled') === false
    ? 'disabled'
    : 'active';
}
