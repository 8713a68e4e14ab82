import type { Assumptions } from './assumptions.ts';
import { fingerprint, issue } from './new-secrets.ts';
import type { TokenWish } from './prefactor-create.ts';
import { newPfid, type PrefactorIds } from './prefactor-ids.ts';
import { tokenJwt } from './prefactor-jwt.ts';
import type { ApiToken } from './prefactor-token.ts';
import type { World } from './world.ts';

/** Makes tokens and their secrets: a secret is a JWT that says what its token is. */
export class PrefactorIssuer {
  readonly #world: World;
  readonly #assumptions: Assumptions;
  readonly #signingKey: Uint8Array;

  constructor(world: World, assumptions: Assumptions) {
    this.#world = world;
    this.#assumptions = assumptions;
    this.#signingKey = world.random(32);
  }

  issue(
    wish: Omit<TokenWish, 'idempotencyKey'>,
    ids: PrefactorIds,
  ): { readonly token: ApiToken; readonly secret: string } {
    const now = this.#world.now();
    const fields = {
      id: newPfid(this.#world, ids.partition),
      scope: wish.scope,
      environmentId: wish.environmentId,
      agentId: wish.agentId,
      agentDeploymentId: wish.agentDeploymentId,
      status: 'active',
      expiresAt: this.#endOf(wish, now),
      insertedAt: now,
      updatedAt: now,
    };
    const secret = issue(this.#world, this.secretOf(fields, ids));
    return { token: { ...fields, hash: fingerprint(secret) }, secret };
  }

  secretOf(token: Omit<ApiToken, 'hash'>, ids: PrefactorIds): string {
    return tokenJwt(token, { ids, key: this.#signingKey, claims: this.#assumptions.prefactorClaims });
  }

  #endOf({ expiresAt }: Pick<TokenWish, 'expiresAt'>, now: number): number | null {
    const usual = now + this.#assumptions.prefactorLifetimeSeconds * 1000;
    if (expiresAt === undefined || this.#assumptions.prefactorExpiry === 'ignored') return usual;
    return this.#assumptions.prefactorExpiry === 'never' ? null : expiresAt;
  }
}
