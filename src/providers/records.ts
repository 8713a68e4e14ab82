import type { Page, PageContext } from '../ports/paging.ts';
import { drift, type Fields, isFields, recordId } from './decode.ts';
import { findList } from './envelope.ts';
import { readPaging, type VendorPaging } from './paging.ts';

/** Where a vendor's answers hold a list, and what is in it. */
export interface ListShape<T> {
  readonly names: readonly string[];
  readonly ids: readonly string[];
  readonly decode: (fields: Fields) => T;
  /** Whether a row is one of the things that are listed; absent where every row is. */
  readonly isRecord?: (fields: Fields) => boolean;
  readonly paging?: VendorPaging;
}

/** One page. An odd record hides nothing: what has no id is counted; only where nothing has one, this throws. */
export function readPage<T>(body: unknown, page: PageContext, shape: ListShape<T>): Page<T> {
  const { items, withoutId } = readRecords(body, shape);
  const paging = readPaging(body, page, (page.handedOver ?? 0) + items.length + withoutId, shape.paging);
  const obstacle = emptiness(body, page, shape) ?? paging.obstacle;
  return { items, withoutId, paging: { ...paging, obstacle } };
}

/** An answer that shows no list proves no end, unless a first page, or one that was only tried, has no content (204). */
function emptiness(body: unknown, page: PageContext, { paging }: ListShape<unknown>): string | null {
  if (isFields(body) && Object.keys(body).length === 0) return 'the provider’s answer is an empty object';
  const { index, request, taken } = page;
  const isTried = paging?.offset !== undefined && request.query?.[paging.offset] === String(taken);
  return body === null && index > 0 && !isTried ? 'the provider’s answer to the next page is empty' : null;
}

export function readRecords<T>(
  body: unknown,
  { names, ids, decode, isRecord }: ListShape<T>,
): { readonly items: readonly T[]; readonly withoutId: number } {
  const all = findList(body, ...names);
  const records = isRecord === undefined ? all : all.filter((one) => !isFields(one) || isRecord(one));
  const usable = records.filter(isFields).filter((record) => recordId(record, ...ids) !== null);
  if (usable.length === 0 && records.length > 0) throw drift('usable id', records[0]);
  return { items: usable.map(decode), withoutId: records.length - usable.length };
}
