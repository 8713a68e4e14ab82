import { compareAccounts } from '../../domain/same-settings.ts';
import type { Token } from '../../domain/token.ts';
import type { AttemptHeader } from '../../ports/journal.ts';
import { connectedAccount } from '../connected-account.ts';
import type { Attempt } from './attempt.ts';
import { accountOf, readPlanOrNull } from './attempt-plan.ts';
import { endAndLook } from './end-and-look.ts';

/** How long a mint may be acted upon after two clean lists: a gateway's queue, a delayed replica. */
const WATCH_MS = 24 * 60 * 60 * 1000;

/**
 * Ends what earlier attempts left behind: a mint of which two lists showed nothing may still be acted upon later. Its
 * nonce is looked for until a day has passed, whenever the provider's tokens are listed for another mint.
 */
export async function endStrays(attempt: Attempt, tokens: readonly Token[]): Promise<void> {
  for (const header of await watched(attempt)) {
    for (const token of tokens) {
      if (token.status !== 'active' || !carries(attempt, header, token)) continue;
      await endAndLook(attempt, attempt.deps.client, token, { operation: header.id });
      attempt.deps.note(
        `ended "${token.name ?? token.id}", which the operation ${header.id} had left behind`,
      );
    }
  }
}

async function watched({ deps, journal }: Attempt): Promise<readonly AttemptHeader[]> {
  const place = connectedAccount(deps.client.connection);
  const abortedSince = deps.clock.now() - WATCH_MS;
  const { attempts } = await deps.host.list({ verified: true, only: { abortedSince } });
  return attempts
    .map(({ header }) => header)
    .filter((header) => header.id !== journal.header.id)
    .filter((header) => compareAccounts(accountOf(header), place) === 'same');
}

/** Only a mark that nothing else can carry counts, never the id that the attempt was meant to replace. */
function carries({ deps }: Attempt, header: AttemptHeader, token: Token): boolean {
  const { facts, tokens } = deps.client.connection.provider;
  if (facts.names === 'none' || !tokens.lineage) return false;
  const plan = readPlanOrNull(header.plan);
  if (!plan?.marked || plan.spec === null || token.id === plan.target?.id) return false;
  return tokens.lineage.carries(token, plan.spec);
}
