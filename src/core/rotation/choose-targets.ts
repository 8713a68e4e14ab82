import { usage } from '../../domain/errors.ts';
import { parseReference } from '../../domain/reference.ts';
import type { ListedToken } from '../../domain/token.ts';
import type { CredentialStore } from '../../ports/store.ts';
import { allTokens, listOnce, type TokenDeps } from '../tokens.ts';
import { findRotationTarget } from './find-target.ts';

/** Which tokens shall be rotated. */
export interface TargetChoice {
  /** Names and ids as a person wrote them. */
  readonly references: readonly string[];
  /** Instead of references: every active token that ends within this time, in ms. */
  readonly endingWithinMs: number | null;
  /** Of those that were chosen, only what ends within this time, in ms. */
  readonly onlyIfWithinMs: number | null;
  /** More than so many are a mistake. */
  readonly max: number;
}

/** What was chosen, each token once, and what of it is due. Throws `usage` when too many were chosen. */
export async function chooseTargets(
  deps: TokenDeps,
  store: () => Promise<Pick<CredentialStore, 'find'>>,
  choice: TargetChoice,
): Promise<{ readonly chosen: readonly ListedToken[]; readonly due: readonly ListedToken[] }> {
  const found = new Map((await choose(deps, store, choice)).map((token) => [token.id, token]));
  const chosen = [...found.values()];
  if (chosen.length > choice.max) {
    throw usage(
      `that is ${chosen.length} tokens, more than ${choice.max}`,
      `add "--max ${chosen.length}" if you mean it; nothing was rotated`,
    );
  }
  const { onlyIfWithinMs } = choice;
  if (onlyIfWithinMs === null) return { chosen, due: chosen };
  const until = deps.clock.now() + onlyIfWithinMs;
  return {
    chosen,
    due: chosen.filter(({ expiresAt }) => expiresAt !== null && Date.parse(expiresAt) <= until),
  };
}

async function choose(
  deps: TokenDeps,
  store: () => Promise<Pick<CredentialStore, 'find'>>,
  { endingWithinMs, references }: TargetChoice,
): Promise<readonly ListedToken[]> {
  if (endingWithinMs !== null) {
    const now = deps.clock.now();
    return (await allTokens(deps)).filter((token) => endsWithin(token, endingWithinMs, now));
  }
  if (references.length === 0)
    throw usage('nothing says which token', 'name one, or add `--all --expiring-within 14d`');
  const listed = listOnce(deps);
  const kept = await store();
  const chosen: ListedToken[] = [];
  for (const reference of references)
    chosen.push(await findRotationTarget(deps, kept, { reference: parseReference(reference), listed }));
  return chosen;
}

/** What has ended already cannot be saved by a rotation. */
function endsWithin({ expiresAt, status }: ListedToken, ms: number, now: number): boolean {
  if (status !== 'active' || expiresAt === null) return false;
  const left = Date.parse(expiresAt) - now;
  return left > 0 && left <= ms;
}
