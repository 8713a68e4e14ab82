import { parseInstant } from '../../domain/time.ts';
import type { OperationChoice } from '../../ports/journal.ts';
import { mayBeAborted, type OperationFiles } from './names.ts';
import { isUnfinished, type State } from './state.ts';

type Only = OperationChoice['only'];

/** Whether an operation may match `only`, judged by its file names. False is certain; true needs the journal to be read. */
export function mayBe({ epochs, ended }: OperationFiles, only: Only): boolean {
  if (epochs.length > 0) return true;
  if (ended.length === 0 || only === 'unfinished') return false;
  return only === undefined || ended.some((name) => mayBeAborted(name, Math.floor(only.abortedSince / 1000)));
}

export function isWanted(state: State, only: Only): boolean {
  if (only === undefined) return true;
  if (only === 'unfinished') return isUnfinished(state);
  return state.state === 'aborted' && (parseInstant(state.endedAt ?? '') ?? 0) >= only.abortedSince;
}
