import type { Attempt } from './attempt.ts';
import { readObjectOrNull, readTexts } from './read-json.ts';

/** The step after which all is delivered, and only what appeared beside it keeps the attempt from its end. */
export const COMPLETE = 'complete';

/** Whether an attempt has achieved its aim. A way back that was begun before goes on. */
export function isComplete({ journal }: Attempt): boolean {
  return journal.has(COMPLETE) && !journal.has('aborting');
}

/** Ids of what may be a second effect of the mint; see `Made.suspects`. */
export function suspectsOf({ journal }: Attempt): readonly string[] {
  const recorded = readObjectOrNull(journal.result(COMPLETE));
  return recorded ? readTexts(recorded['suspects']) : [];
}
