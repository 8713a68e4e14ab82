import { isAppError, usage } from '../../domain/errors.ts';
import type { PolicyToken } from '../../domain/policy.ts';
import { toInstant } from '../../domain/time.ts';
import type { Provider, TokenSpec } from '../../ports/provider.ts';
import { requireSupport } from '../capabilities.ts';

export interface Specified {
  readonly spec: TokenSpec;
  /** The local name that the token gets where the provider has no names. */
  readonly alias: string | null;
  /** Whether `lifetime` is given and the provider cannot be asked for it. */
  readonly ignoresLifetime: boolean;
}

/** The specification of a new token of the policy. Throws `usage` where the provider would refuse or misread it. */
export function specify(token: PolicyToken, provider: Provider, now: number): Specified {
  const isNameless = provider.facts.names === 'none';
  const wanted: TokenSpec = {
    name: isNameless ? null : token.name,
    scopes: token.scopes,
    expiresAt: null,
    options: token.options,
    idempotencyKey: null,
  };
  const alias = isNameless ? token.name : null;
  const { lifetimeMs } = token;
  if (lifetimeMs === null) return { spec: provider.tokens.checkSpec(wanted), alias, ignoresLifetime: false };
  const expiresAt = toInstant(Math.floor((now + lifetimeMs) / 1000) * 1000);
  try {
    return { spec: provider.tokens.checkSpec({ ...wanted, expiresAt }), alias, ignoresLifetime: false };
  } catch (error) {
    if (!isAppError(error, 'usage')) throw error;
    return { spec: provider.tokens.checkSpec(wanted), alias, ignoresLifetime: true };
  }
}

/**
 * Refuses what could never work, or would never come to rest, before anything is sent: `usage` and `unsupported`. Returns
 * lines for the person.
 */
export function checkToken(token: PolicyToken, provider: Provider, now: number): readonly string[] {
  const place = { provider, profile: token.profile };
  requireSupport(place, 'tokens create');
  requireSupport(place, 'tokens list');
  requireSupport(place, 'tokens rotate');
  const isInPlace = provider.facts.rotation === 'in-place';
  if (token.save === null && !isInPlace && provider.facts.names !== 'none') {
    throw usage(
      `${provider.title} gives the next token another name: "${token.name}" is found again only where it is saved`,
      'leave `save: false` out',
    );
  }
  if (token.save === null && isInPlace && token.maximumAgeMs !== null) {
    throw usage(
      `${provider.title} does not tell when a secret was replaced: the age of "${token.name}" is known only where it is saved`,
      'leave `save: false` or `maximumAge` out',
    );
  }
  if (token.graceMs !== null && isInPlace) {
    throw usage(
      `${provider.title} replaces the secret of "${token.name}" in place: the old secret cannot stay valid`,
      'leave `grace` out',
    );
  }
  const { ignoresLifetime } = specify(token, provider, now);
  if (!ignoresLifetime) return [];
  return [
    `${provider.title} does not let you choose an expiry: \`lifetime\` of "${token.name}" has no effect`,
  ];
}
