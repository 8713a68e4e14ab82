import { compareAccounts } from '../../../domain/same-settings.ts';
import type { Instant } from '../../../domain/time.ts';
import type { Token } from '../../../domain/token.ts';
import type { TokenSpec } from '../../../ports/provider.ts';
import { connectedAccount } from '../../connected-account.ts';
import type { Operation } from '../operation.ts';
import { accountOf, readPlanOrNull } from '../plan.ts';
import { endLateCreate } from './end.ts';

/** How long a request may be acted upon after two clean lists: a gateway's queue, a delayed replica. */
const WATCH_MS = 24 * 60 * 60 * 1000;

/** An operation that was aborted, and whose request may still create a token. */
export interface LateOperation {
  readonly id: string;
  readonly startedAt: Instant;
  /** The specification with its marker. */
  readonly spec: TokenSpec;
  /** The token that it was meant to replace, which is never ended for it. */
  readonly targetId: string | null;
}

/**
 * Ends what earlier operations left behind: a request of which two lists showed nothing may still be acted upon later. Its
 * marker is looked for until a day has passed, whenever the provider's tokens are listed for another operation.
 */
export async function endLateCreates(
  operation: Operation,
  late: readonly LateOperation[],
  tokens: readonly Token[],
): Promise<void> {
  const { marking } = operation.deps.client.connection.provider.tokens;
  for (const { id, spec, targetId } of late) {
    for (const token of tokens) {
      if (token.status !== 'active' || token.id === targetId || !marking?.isMarked(token, spec)) continue;
      await endLateCreate(operation, token, id);
      operation.deps.note(`ended "${token.name ?? token.id}", which the operation ${id} had left behind`);
    }
  }
}

/** The operations of this account that were aborted within a day. Empty where no marker proves what they made. */
export async function lateOperations({ deps, journal }: Operation): Promise<readonly LateOperation[]> {
  const { facts, tokens } = deps.client.connection.provider;
  if (facts.names === 'none' || !tokens.marking) return [];
  const place = connectedAccount(deps.client.connection);
  const abortedSince = deps.clock.now() - WATCH_MS;
  const { operations } = await deps.host.list({ verified: true, only: { abortedSince } });
  return operations.flatMap(({ header }) => {
    if (header.id === journal.header.id || compareAccounts(accountOf(header), place) !== 'same') return [];
    const plan = readPlanOrNull(header.plan);
    if (!plan?.marked || plan.spec === null) return [];
    const { id, startedAt } = header;
    return [{ id, startedAt, spec: plan.spec, targetId: plan.target?.id ?? null }];
  });
}
