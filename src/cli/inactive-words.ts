import { type CredentialVersion, stateOf } from '../domain/credential.ts';

/** ` (it had ended at 2026-…)`, for a sentence about a kept secret; empty while it works as far as the store knows. */
export function inactiveWords(version: CredentialVersion, now: number): string {
  const { expiresAt, inactive } = version;
  switch (stateOf(version, now)) {
    case 'ended':
      return ` (it had ended at ${inactive?.at})`;
    case 'expired':
      return ` (it had expired at ${expiresAt})`;
    case 'disabled':
      return ` (it was disabled at ${inactive?.at})`;
    case 'active':
      return '';
  }
}
