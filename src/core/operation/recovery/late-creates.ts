import { compareAccounts } from '../../../domain/same-settings.ts';
import type { Token } from '../../../domain/token.ts';
import type { OperationHeader } from '../../../ports/journal.ts';
import { connectedAccount } from '../../connected-account.ts';
import type { Operation } from '../operation.ts';
import { accountOf, readPlanOrNull } from '../plan.ts';
import { endLateCreate } from './end.ts';

/** How long a request may be acted upon after two clean lists: a gateway's queue, a delayed replica. */
const WATCH_MS = 24 * 60 * 60 * 1000;

/**
 * Ends what earlier operations left behind: a request of which two lists showed nothing may still be acted upon later. Its
 * marker is looked for until a day has passed, whenever the provider's tokens are listed for another operation.
 */
export async function endLateCreates(
  operation: Operation,
  watched: readonly OperationHeader[],
  tokens: readonly Token[],
): Promise<void> {
  for (const header of watched) {
    for (const token of tokens) {
      if (token.status !== 'active' || !isMarked(operation, header, token)) continue;
      await endLateCreate(operation, token, header);
      operation.deps.note(
        `ended "${token.name ?? token.id}", which the operation ${header.id} had left behind`,
      );
    }
  }
}

/** The operations of this account that were aborted within a day, and whose marker a late token may carry. */
export async function lateOperations({ deps, journal }: Operation): Promise<readonly OperationHeader[]> {
  const place = connectedAccount(deps.client.connection);
  const abortedSince = deps.clock.now() - WATCH_MS;
  const { operations } = await deps.host.list({ verified: true, only: { abortedSince } });
  return operations
    .map(({ header }) => header)
    .filter((header) => header.id !== journal.header.id)
    .filter((header) => compareAccounts(accountOf(header), place) === 'same')
    .filter(({ plan }) => readPlanOrNull(plan)?.marked === true);
}

/** Only a mark that nothing else can carry counts, never the id that the operation was meant to replace. */
function isMarked({ deps }: Operation, header: OperationHeader, token: Token): boolean {
  const { facts, tokens } = deps.client.connection.provider;
  if (facts.names === 'none' || !tokens.marking) return false;
  const plan = readPlanOrNull(header.plan);
  if (!plan?.marked || plan.spec === null || token.id === plan.target?.id) return false;
  return tokens.marking.isMarked(token, plan.spec);
}
