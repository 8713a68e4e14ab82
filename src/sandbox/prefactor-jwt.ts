import { createHmac } from 'node:crypto';
import type { Assumptions } from './assumptions.ts';
import { signJwt } from './new-secrets.ts';
import type { PrefactorIds } from './prefactor-ids.ts';
import type { ApiToken } from './prefactor-token.ts';
import type { Json } from './vendor.ts';

interface JwtOptions {
  readonly ids: PrefactorIds;
  readonly key: Uint8Array;
  readonly claims: Assumptions['prefactorClaims'];
}

/**
 * The same record and key always give the same token: a replay needs no copy of it.
 * `_.a` and `_.e` are in the vendor's own tokens (github.com/prefactordev/typescript-sdk, scripts/e2e-cli-smoke.ts).
 * ASSUMPTION: `iat` and `exp`, and which claim names the token, if one does.
 */
export function tokenJwt(token: Omit<ApiToken, 'hash'>, { ids, key, claims }: JwtOptions): string {
  const environment = token.environmentId === null ? {} : { e: token.environmentId };
  return signJwt(
    {
      _: { a: ids.account, ...environment },
      ...idClaims(),
      iat: Math.floor(token.insertedAt / 1000),
      ...(token.expiresAt === null ? {} : { exp: Math.floor(token.expiresAt / 1000) }),
    },
    key,
  );

  function idClaims(): Record<string, Json> {
    switch (claims) {
      case 'sub':
        return { sub: token.id };
      case 'jti':
        return { jti: token.id };
      case 'sub-and-random-jti':
        return { sub: token.id, jti: random() };
      case 'random-jti':
        return { jti: random() };
      case 'none':
        // No claim that a client could take for an id; without it two tokens of one second were the same.
        return { marker: random() };
    }
  }

  /** Made from the id, so that a replay has the same one. */
  function random(): string {
    return createHmac('sha256', key).update(token.id).digest('hex').slice(0, 32);
  }
}
