import type { Json, JsonObject } from '../../domain/json.ts';
import type { Instant } from '../../domain/time.ts';
import type { Operation } from './operation.ts';
import { type Item, readFlag, readObject, readObjectOrNull, readTextOrNull, readTexts } from './records.ts';

/** What tells apart what was there before the request and what was made after it. */
export interface Prior {
  /** What was created before this instant, by the vendor's clock, was there before; null where nothing was dated. */
  readonly since: Instant | null;
  /** What was created at that very instant was there before as well: the list was not read to its end. */
  readonly isCut: boolean;
  /** Where ids ascend with time, as texts: what has a lower one was there before. */
  readonly lowestId: string | null;
  /** Of the rest, the ids of what could be mistaken for something new. */
  readonly ids: ReadonlySet<string>;
}

/** What was true right before the request. */
export interface Baseline {
  /** Null where the provider cannot list, and what a lost answer made is not looked for. */
  readonly prior: Prior | null;
  /** The account that the managing credential belongs to, where the provider tells. */
  readonly account: string | null;
  /** The provider's reads are inferred and not there: nothing that was made can be proved with one. */
  readonly isUnreadable: boolean;
}

export function writeBaseline({ prior, account, isUnreadable }: Baseline): JsonObject {
  return { prior: prior && { ...prior, ids: [...prior.ids] }, account, isUnreadable };
}

export function readBaseline(recorded: Json): Baseline {
  const from = readObject(recorded);
  const prior = readObjectOrNull(from['prior']);
  return {
    prior: prior && {
      since: readTextOrNull(prior['since']),
      isCut: readFlag(prior['isCut']),
      lowestId: readTextOrNull(prior['lowestId']),
      ids: new Set(readTexts(prior['ids'])),
    },
    account: readTextOrNull(from['account']),
    isUnreadable: readFlag(from['isUnreadable']),
  };
}

/** Whether a listed token or key was there before the request, as far as dates and ids tell. */
export function isPrior(prior: Prior, { id, createdAt }: Pick<Item, 'id' | 'createdAt'>): boolean {
  const { ids, isCut, lowestId, since } = prior;
  if (ids.has(id)) return true;
  if (lowestId !== null) return id < lowestId;
  if (since === null || createdAt === null) return false;
  const [at, start] = [Date.parse(createdAt), Date.parse(since)];
  return at < start || (isCut && at === start);
}

/** Whether an inferred list was not there before the request: then nothing can be looked up, and waiting does not help. */
export function isListless({ deps, journal }: Pick<Operation, 'deps' | 'journal'>): boolean {
  const recorded = journal.result('preflight');
  const { facts } = deps.client.connection.provider;
  return facts.lists === 'inferred' && recorded !== null && readBaseline(recorded).prior === null;
}
