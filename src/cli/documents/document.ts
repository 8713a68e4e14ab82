import type { Client } from '../../core/client.ts';
import type { JsonObject } from '../../domain/json.ts';
import type { UnreadableDates } from '../../domain/token.ts';
import type { Column, ListReport, OneReport } from '../../output/report.ts';

/** A document about one thing; the command adds what it says in words. */
export type OneDocument = Pick<OneReport, 'shape' | 'schema' | 'data' | 'key' | 'columns' | 'referBy'>;

/** Where a document's facts come from; null where no provider or profile is known. */
export interface Place {
  readonly provider: string | null;
  readonly profile: string | null;
}

export const NOWHERE: Place = { provider: null, profile: null };

/** The provider and the profile, which every document about a provider's things begins with. */
export function placeOf({ connection }: Client): Place {
  return { provider: connection.provider.id, profile: connection.profile };
}

export function one(
  schema: string,
  data: OneReport['data'],
  shown: Pick<OneReport, 'key' | 'columns' | 'referBy'> = {},
): OneDocument {
  return { shape: 'one', schema, data, ...shown };
}

interface Records {
  readonly schema: string;
  readonly key: string;
  readonly referBy?: 'name' | 'bare-id';
  readonly columns: readonly Column[];
  readonly items: readonly JsonObject[];
  readonly head?: JsonObject;
  /** What is said where there are none. */
  readonly empty: string;
  readonly lines?: (item: JsonObject) => string;
}

/** A document of several things that are all known already. */
export function many({ items, empty, head = {}, ...rest }: Records): ListReport {
  return {
    shape: 'list',
    ...rest,
    head,
    pages: onePage(items),
    notes: () => (items.length === 0 ? [empty] : []),
  };
}

async function* onePage(items: readonly JsonObject[]): AsyncGenerator<readonly JsonObject[]> {
  yield items;
}

/** A document whose records are written while the provider's pages arrive. */
export function paged<T>(
  records: Pick<ListReport, 'schema' | 'key' | 'columns'> & {
    readonly head: JsonObject;
    readonly pages: AsyncIterable<readonly T[]>;
    readonly write: (item: T) => JsonObject;
  },
): ListReport {
  const { pages, write, ...rest } = records;
  return { shape: 'list', ...rest, pages: mapPages(pages, write) };
}

async function* mapPages<T>(
  pages: AsyncIterable<readonly T[]>,
  map: (item: T) => JsonObject,
): AsyncGenerator<JsonObject[]> {
  for await (const page of pages) yield page.map(map);
}

/** The dates that the provider gave and keyturn cannot read; null where every date could be read. */
export function unreadableJson(unreadable: UnreadableDates | undefined): JsonObject | null {
  if (!unreadable) return null;
  const { createdAt = null, expiresAt = null, lastUsedAt = null } = unreadable;
  return { createdAt, expiresAt, lastUsedAt };
}

/** A document whose result people read as a sentence: no record is shown to them. */
export function said({ shape, schema, data }: OneDocument, ...lines: readonly string[]): OneReport {
  return { shape, schema, data, lines };
}
