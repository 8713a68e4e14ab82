import type { ErrorCode } from '../../domain/errors.ts';
import type { KeyTarget, TokenTarget } from '../../ports/provider.ts';
import type { Client } from '../client.ts';
import { agrees, confirmChange, type LookTarget, notDone, type Sight, unconfirmed } from '../confirm-end.ts';
import type { Attempt } from './attempt.ts';
import { audit } from './audit.ts';
import { isListless } from './baseline.ts';
import { type Asked, askToEnd, askToEndKey, askToPause } from './end-token.ts';

/** What became of a token that an operation ended, as far as it was seen. `unknown`: the provider said yes, nobody could look. */
export type Ending = 'revoked' | 'disabled' | 'unknown';

interface EndOptions {
  /** The operation that the audit line names, where it is not the one that runs. */
  readonly operation?: string;
}

/**
 * Ends a token, looks whether it took effect, and writes the audit line. Throws `failure` while the token still works: the
 * operation stays where it is, and `resume` ends and looks again.
 */
export async function endAndLook(
  attempt: Pick<Attempt, 'deps' | 'journal'>,
  client: Client,
  target: TokenTarget,
  options: EndOptions = {},
): Promise<Ending> {
  const { id, name } = target;
  return look(attempt, client, {
    ...(await askToEnd(client, { id, name })),
    target: { id, name },
    ...options,
  });
}

/** The same for the first, reversible half; null where the provider cannot pause a token. */
export async function pauseAndLook(
  attempt: Pick<Attempt, 'deps' | 'journal'>,
  client: Client,
  target: TokenTarget,
): Promise<Ending | null> {
  const asked = await askToPause(client, target);
  return asked && look(attempt, client, { ...asked, target });
}

export async function endKeyAndLook(
  attempt: Pick<Attempt, 'deps' | 'journal'>,
  client: Client,
  target: KeyTarget,
): Promise<Ending> {
  const answered = await askToEndKey(client, target, attempt.deps.clock.now());
  return look(attempt, client, { verb: 'revoke', answered, target });
}

interface Look extends EndOptions {
  readonly verb: Asked['verb'];
  readonly answered: Parameters<typeof confirmChange>[2]['answered'];
  readonly target: LookTarget;
}

async function look(
  attempt: Pick<Attempt, 'deps' | 'journal'>,
  client: Client,
  { answered, operation, target, verb }: Look,
): Promise<Ending> {
  const { deps } = attempt;
  const more = operation === undefined ? {} : { attempt: operation };
  const sight = await confirmChange({ client, clock: deps.clock }, target, { wish: 'off', answered });
  if (sight.seen === 'unknown') {
    if (sight.error && PASSING.includes(sight.error.code) && !isListless(attempt)) throw sight.error;
    deps.note(unconfirmed(client, verb, target, sight));
  } else if (!agrees(sight, 'off')) {
    await audit(attempt, verb, { id: target.id, outcome: 'failed', ...more });
    throw notDone(client, verb, target, sight);
  }
  await audit(attempt, verb, {
    id: target.id,
    outcome: sight.seen === 'unknown' ? 'unknown' : 'ok',
    ...more,
  });
  return endingOf(sight);
}

function endingOf({ seen }: Sight): Ending {
  if (seen === 'unknown') return 'unknown';
  return seen === 'off' ? 'disabled' : 'revoked';
}

/** What `resume` can look up later: until then the ending is not recorded. */
const PASSING: readonly ErrorCode[] = ['unavailable', 'interrupted', 'terminated'];
