import type { PagedApiCall } from '../ports/paging.ts';
import type { Client } from './client.ts';
import type { WholeOrNot } from './listing.ts';

interface Dated {
  readonly id: string;
  readonly createdAt: string | null;
}

/** A list, read as far as it may hold what is new. */
export interface RecentItems<T> extends WholeOrNot<T> {
  /** Reading stopped before the end, because the vendor lists the newest first and only older records follow. */
  readonly isCut: boolean;
}

/** Whether what was read so far is enough, if only older records follow. */
type Enough<T> = (items: readonly T[]) => boolean;

/**
 * Reads a list newest first, and stops once `isEnough` says so. It stops only where the vendor can be asked for the order, and
 * what came is a long list that proves the order; a short one is read to its end.
 */
export async function listRecent<I, T extends Dated>(
  client: Client,
  { call, input }: { readonly call: PagedApiCall<I, T>; readonly input: I },
  isEnough: Enough<T>,
): Promise<RecentItems<T>> {
  const { newestFirst } = call;
  if (!newestFirst) return { ...(await client.all(call, input)), isCut: false };
  const isInOrder = newestFirst === 'ids' ? isOrderedById : isOrderedByDate;
  const listing = client.pages(call, input, { newestFirst: true });
  const items: T[] = [];
  for await (const page of listing) {
    items.push(...page);
    const isLong = items.length >= call.maxPageSize;
    if (isLong && isInOrder(items) && isEnough(items)) return { items, whole: false, why: null, isCut: true };
  }
  return { items, whole: listing.why === null, why: listing.why, isCut: false };
}

/** No record is newer than the one before it, and some are older: records of one moment prove nothing. */
function isOrderedByDate(items: readonly Dated[]): boolean {
  const dates = items.map(({ createdAt }) => (createdAt === null ? Number.NaN : Date.parse(createdAt)));
  const isFalling = dates.every((at, index) => index === 0 || at <= (dates[index - 1] ?? Number.NaN));
  return isFalling && (dates.at(-1) ?? Number.NaN) < (dates[0] ?? Number.NaN);
}

function isOrderedById(items: readonly Dated[]): boolean {
  return items.length > 1 && items.every(({ id }, index) => index === 0 || id < (items[index - 1]?.id ?? ''));
}
