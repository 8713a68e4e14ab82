import { type ErrorCode, isAppError } from '../../../domain/errors.ts';
import type { Token } from '../../../domain/token.ts';
import type { TokenTarget } from '../../../ports/provider.ts';
import type { Client } from '../../client.ts';
import {
  agrees,
  confirmChange,
  type LookTarget,
  notDone,
  type Sight,
  sightIn,
  unconfirmed,
} from '../../confirm-end.ts';
import { audit } from '../audit.ts';
import { isListless } from '../baseline.ts';
import type { Operation } from '../operation.ts';

/** What became of a token that an operation ended, as far as it was seen. `unknown`: the provider said yes, nobody could look. */
export type Ending = 'revoked' | 'disabled' | 'unknown';

/** What was asked of the provider, and the token as its answer shows it. Whether it took effect is another question. */
export interface Asked {
  readonly verb: 'revoke' | 'disable';
  readonly answered: Token | null;
}

export interface EndOptions {
  /** The operation that the log names, where it is not the one that runs. */
  readonly madeBy?: string;
}

/**
 * Looks in the list where the whole list is one answer and the search for duplicates, which comes next, reads it anyway; null
 * where one look at the token itself costs less.
 */
export async function lookInList(
  operation: Operation,
  client: Client,
  { id }: TokenTarget,
): Promise<Sight | null> {
  const { deps, memory } = operation;
  const { facts, tokens } = client.connection.provider;
  if (!tokens.get || !tokens.list || tokens.list.newestFirst || facts.names === 'none') return null;
  try {
    const { items, whole } = await client.all(tokens.list, undefined);
    const sight = whole && items.length > 0 ? sightIn(items, id, deps.clock.now()) : null;
    if (sight && agrees(sight, 'off')) memory.listedAfterEnd = items;
    return sight;
  } catch (error) {
    if (isAppError(error)) return null;
    throw error;
  }
}

interface Look extends EndOptions {
  readonly verb: Asked['verb'];
  readonly answered: Parameters<typeof confirmChange>[2]['answered'];
  readonly target: LookTarget;
}

/** Looks whether the ending took effect, and logs what was seen. Throws `failure` while the token still works. */
export async function look(
  operation: Operation,
  client: Client,
  { answered, madeBy, target, verb }: Look,
): Promise<Ending> {
  const { deps } = operation;
  const more = madeBy === undefined ? {} : { attempt: madeBy };
  const sight = await confirmChange({ client, clock: deps.clock }, target, { wish: 'off', answered });
  if (sight.seen === 'unknown') {
    if (sight.error && PASSING.includes(sight.error.code) && !isListless(operation)) throw sight.error;
    deps.note(unconfirmed(client, verb, target, sight));
  } else if (!agrees(sight, 'off')) {
    await audit(operation, verb, { id: target.id, outcome: 'failed', ...more });
    throw notDone(client, verb, target, sight);
  }
  await audit(operation, verb, {
    id: target.id,
    outcome: sight.seen === 'unknown' ? 'unknown' : 'ok',
    ...more,
  });
  return endingOf(sight);
}

export function endingOf({ seen }: Sight): Ending {
  if (seen === 'unknown') return 'unknown';
  return seen === 'off' ? 'disabled' : 'revoked';
}

/** What `resume` can look up later: until then the ending is not recorded. */
const PASSING: readonly ErrorCode[] = ['unavailable', 'interrupted', 'terminated'];
