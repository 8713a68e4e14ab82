import type { Json } from '../../domain/json.ts';
import type { Operation } from './operation.ts';
import { readObject, readTextOrNull, readTextsOrNull } from './records.ts';

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

/** Whether an inferred list was not there before the request: then nothing can be looked up, and waiting does not help. */
export function isListless({ deps, journal }: Pick<Operation, 'deps' | 'journal'>): boolean {
  const recorded = journal.result('preflight');
  const { facts } = deps.client.connection.provider;
  return facts.lists === 'inferred' && recorded !== null && readBaseline(recorded).before === null;
}
