import type { ChangeDeps } from '../../core/change-tokens.ts';
import type { Connection } from '../../core/client.ts';
import { markSaved } from '../../core/saved-credentials.ts';
import type { Inactive } from '../../domain/credential.ts';
import { isAppError } from '../../domain/errors.ts';
import { toInstant } from '../../domain/time.ts';
import type { Services } from './services.ts';

interface Marking {
  readonly onSeen: NonNullable<ChangeDeps['onSeen']>;
  /** A line for each saved credential that was marked, or could not be. */
  readonly marked: readonly string[];
}

/**
 * Marks saved secrets of what was seen to end, so that they are not handed out any more, whatever fails afterwards. One of
 * which nobody knows whether it ended stays. The vendor has ended the token already, so a failure is a note and no error.
 */
export function markOnSight(app: Pick<Services, 'runtime' | 'store'>, connection: Connection): Marking {
  const marked: string[] = [];
  const onSeen: Marking['onSeen'] = async (verb, { id, createdAt }) => {
    const state = verb === 'disable' ? 'disabled' : 'ended';
    const inactive: Inactive | null =
      verb === 'enable' ? null : { state, at: toInstant(app.runtime.clock.now()) };
    const word = inactive === null ? 'usable again' : `marked as ${state}`;
    try {
      for (const name of await markSaved(await app.store(), connection, [{ id, createdAt, inactive }]))
        marked.push(`the saved credential "${name}" is ${word}`);
    } catch (error) {
      if (!isAppError(error)) throw error;
      const line = `the saved credential could not be marked: ${error.facts.message}`;
      if (!marked.includes(line)) marked.push(line);
    }
  };
  return { onSeen, marked };
}
