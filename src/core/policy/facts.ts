import type { Credential } from '../../domain/credential.ts';
import { withoutMark } from '../../domain/marked-name.ts';
import { isSavedToken } from '../../domain/saved-token.ts';
import type { ListedToken } from '../../domain/token.ts';
import type { OperationSummary } from '../../ports/journal.ts';
import { connectedAccount } from '../connected-account.ts';
import type { WholeOrNot } from '../listing.ts';
import type { OperationDeps } from '../operation/deps.ts';
import { readPlan } from '../operation/plan.ts';
import { allTokens } from '../tokens.ts';
import { operationsFor } from './operations.ts';
import type { PolicyTarget } from './target.ts';

/** What the world says about one token of a policy. */
export interface PolicyFacts {
  readonly entry: Credential | null;
  /** What is listed under the entry's id. */
  readonly kept: ListedToken | null;
  /** Every listed token that carries the name, with or without the mark of a rotation. */
  readonly sameNamed: readonly ListedToken[];
  /** The id that the local name stands for, where neither the list nor the entry knows it. */
  readonly unlistedAlias: string | null;
  /** Unfinished. */
  readonly operations: readonly OperationSummary[];
  /** Why the list is not whole; what it does not show may be there anyway. Null for a whole one. */
  readonly unlisted: string | null;
  /** Whether the token that the first of them replaces is listed as one that has ended; `unknown` where it is not listed. */
  readonly replaced: 'works' | 'ended' | 'unknown';
}

/** What several tokens of a policy have in common, so that it is asked for once. */
export interface Listings {
  tokens(deps: OperationDeps): Promise<WholeOrNot<ListedToken>>;
  operations(deps: OperationDeps): Promise<readonly OperationSummary[]>;
}

/** Each is asked for once a connection; for looking at many. */
export function createListings(): Listings {
  const tokens = new Map<OperationDeps, Promise<WholeOrNot<ListedToken>>>();
  const operations = new Map<OperationDeps, Promise<readonly OperationSummary[]>>();
  return {
    tokens: (deps) => remember(tokens, deps, () => allTokens(deps)),
    operations: (deps) =>
      remember(operations, deps, async () => (await deps.host.list({ only: 'unfinished' })).operations),
  };
}

export async function gatherFacts(target: PolicyTarget, listings: Listings): Promise<PolicyFacts> {
  const deps = await target.connect();
  const { token } = target;
  const entry = token.save === null ? null : await deps.store.find(token.save);
  const operations = operationsFor(target, deps, await listings.operations(deps));
  const { items: listed, why: unlisted } = await listings.tokens(deps);
  const sameNamed = listed.filter(({ name }) => name !== null && withoutMark(name) === token.name);
  const alias = (await deps.profiles.aliases(connectedAccount(deps.client.connection))).find(
    ({ name }) => name === token.name,
  );
  const isUnlisted = alias && alias.id !== entry?.current.id && !sameNamed.some(({ id }) => id === alias.id);
  return {
    entry,
    kept: listed.find((each) => entry !== null && isSavedToken(entry, deps.client.connection, each)) ?? null,
    sameNamed,
    unlistedAlias: isUnlisted ? alias.id : null,
    operations,
    unlisted,
    replaced: statusOfReplaced(operations[0], listed),
  };
}

/** That a token is not listed proves nothing: the list may be of another account. */
function statusOfReplaced(
  operation: OperationSummary | undefined,
  listed: readonly ListedToken[],
): PolicyFacts['replaced'] {
  const id = operation && readPlan(operation.header.plan).target?.id;
  const token = listed.find((each) => each.id === id);
  if (!token) return 'unknown';
  return token.status === 'revoked' || token.status === 'expired' ? 'ended' : 'works';
}

function remember<T>(
  known: Map<OperationDeps, Promise<T>>,
  deps: OperationDeps,
  ask: () => Promise<T>,
): Promise<T> {
  const found = known.get(deps) ?? ask();
  known.set(deps, found);
  return found;
}
