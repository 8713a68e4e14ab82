import type { Json } from '../../domain/json.ts';
import { readObject, readTextOrNull, readTextsOrNull } from './read-json.ts';

/** The step whose result is the baseline. */
export const ARM = 'arm';

/** What was true right before the mint. */
export interface Baseline {
  /** The ids of all tokens that there were; null where the provider cannot list and a lost answer is not looked up. */
  readonly before: ReadonlySet<string> | null;
  /** The account that the managing credential belongs to, where the provider tells. */
  readonly account: string | null;
  /** The provider's reads are inferred and not there: nothing that was made can be proved with one. */
  readonly isUnreadable: boolean;
}

export function readBaseline(recorded: Json): Baseline {
  const from = readObject(recorded);
  const before = readTextsOrNull(from['before']);
  return {
    before: before && new Set(before),
    account: readTextOrNull(from['account']),
    isUnreadable: from['isUnreadable'] === true,
  };
}
