import { parseInstant } from '../../domain/time.ts';
import type { AttemptChoice } from '../../ports/journal.ts';
import { type AttemptFiles, mayBeAborted } from './names.ts';
import { isUnfinished, type State } from './state.ts';

type Only = AttemptChoice['only'];

/** Whether the names of its files leave open that an attempt is one of those. */
export function mayBe({ epochs, ended }: AttemptFiles, only: Only): boolean {
  if (epochs.length > 0) return true;
  if (ended.length === 0 || only === 'unfinished') return false;
  return only === undefined || ended.some((name) => mayBeAborted(name, Math.floor(only.abortedSince / 1000)));
}

export function isWanted(state: State, only: Only): boolean {
  if (only === undefined) return true;
  if (only === 'unfinished') return isUnfinished(state);
  return state.state === 'aborted' && (parseInstant(state.endedAt ?? '') ?? 0) >= only.abortedSince;
}
