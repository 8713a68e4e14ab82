import type { NextPage, PageContext, Paging } from '../ports/paging.ts';
import type { Query } from '../ports/request.ts';
import { type Cursor, isEndTold, nextCursor, nextFlag } from './next-cursor.ts';
import { nextLinkOf, type PlacedLink } from './next-link.ts';
import { isFlag, OFFSETS, PAGE_NUMBERS, TOTAL_PAGES, yesOrNo } from './page-words.ts';
import { numberOf, type Told, toldIn, wholeNumber } from './told.ts';

/** What the vendor documents of its paging. Everything else is read under every name that is known. */
export interface VendorPaging {
  /** The parameter that takes the number of records to skip. */
  readonly offset?: string;
  /** Fields that hold the size of the whole list beyond doubt, without case and `_`. */
  readonly totals?: readonly string[];
  /** The vendor may give fewer records than were asked for: only an empty page, or the total, is the end. */
  readonly untilEmpty?: boolean;
}

const TOTALS = [
  ...['totalitems', 'totalcount', 'totalresults', 'totalrecords', 'totalelements', 'totalentries'],
  ...['totalsize', 'totalhits', 'total', 'recordcount', 'xtotalcount', 'xtotal'],
];
/** At some vendors these count the page, at others the list: only more than what came says something. */
const COUNTS = [
  ...['itemcount', 'count', 'resultcount', 'numfound', 'found', 'matched', 'fullcount', 'grandtotal', 'of'],
  ...['totaltokens', 'totalkeys', 'totalprojects', 'totalrows', 'totaldocs', 'xpaginationtotalcount'],
  ...['xpaginationtotal', 'xpaginationcount', 'paginationcount'],
];
const MORE = [
  ...['hasmore', 'hasnext', 'hasnextpage', 'hasmorepages', 'hasmoreitems', 'hasmoreresults', 'hasadditional'],
  ...[
    'hasadditionalitems',
    'hasmoredata',
    'hasmorerecords',
    'more',
    'moreresults',
    'moreavailable',
    'moredata',
  ],
  ...['moreitems', 'morerecords', 'moreitemsincollection', 'istruncated', 'truncated', 'xhasmore'],
];
const LAST = ['islast', 'islastpage', 'last', 'lastpage', 'isfinal', 'isend', 'endoflist'];
/** Says that a part is missing, where it says yes. */
const CUT = [
  ...[
    'incomplete',
    'incompleteresults',
    'isincomplete',
    'partial',
    'ispartial',
    'partialresults',
    'timedout',
  ],
  ...['resultstruncated', 'limitreached', 'limitexceeded'],
];
/** Says that a part is missing, where it says no. */
const WHOLE = ['complete', 'iscomplete', 'done', 'finished', 'final', 'end', 'eof'];
/** Says how many are missing. */
const REMAINING = ['remainingitemcount', 'remainingitems', 'remainingcount', 'remainingrecords', 'itemsleft'];

/**
 * Reads how a list goes on, in whatever style: next link, cursor, page number, offset, total, has-more flag, in the body
 * or the headers. A cursor goes back under the parameter that matches its name (`nextPageToken` → `pageToken`,
 * `endCursor` → `after`, a page number → `page`); the query of a next link is followed as it is.
 */
export function readPaging(
  body: unknown,
  page: PageContext,
  records: number,
  vendor: VendorPaging = {},
): Paging {
  const told = toldIn(body, page);
  const end = page.taken + records;
  const claimsMore = readFlags(told) ?? (page.isPart ? true : null);
  const total = readTotal(told, end, vendor);
  const link = nextLinkOf(told, page);
  const cursor = link?.kind === 'here' ? null : nextCursor({ told, page, end, offset: vendor.offset });
  const next = claimsMore === false || isPastTheEnd(cursor, records, vendor) ? null : asNext(link, cursor);
  const isWhole = total === end && claimsMore !== true && isTotalSure(page, records, vendor);
  if (isWhole) return { next: null, total, obstacle: null };
  if (next !== null) return { next, total, obstacle: claimsMore === true && records === 0 ? UNTOLD : null };
  const step = nextStep({ told, page, records, vendor, total, claimsMore });
  if (step !== null) return { next: step, total, obstacle: null };
  return { next: null, total, obstacle: claimsMore === false ? null : obstacleOf(link, cursor, claimsMore) };
}

const UNTOLD = 'the provider says that there are more, and not how to ask for them';

function asNext(link: PlacedLink | null, cursor: Cursor | null): NextPage | null {
  if (link?.kind === 'here') return { query: link.query, replaces: true };
  return cursor?.kind === 'query' ? { query: cursor.query, replaces: false } : null;
}

function obstacleOf(
  link: PlacedLink | null,
  cursor: Cursor | null,
  claimsMore: boolean | null,
): string | null {
  if (link?.kind === 'elsewhere') return 'its next page is at another address';
  if (cursor?.kind === 'odd') return 'its cursor is nothing that keyturn can send back';
  return claimsMore === true ? UNTOLD : null;
}

/** Nothing follows an empty page where pages are counted; an opaque cursor may skip what was filtered out. */
function isPastTheEnd(cursor: Cursor | null, records: number, vendor: VendorPaging): boolean {
  if (records > 0) return false;
  const query = cursor?.kind === 'query' ? cursor.query : {};
  return vendor.offset !== undefined || 'page' in query || 'offset' in query;
}

/** A total that is just the length of the first page may be the length of the page. */
function isTotalSure({ taken }: PageContext, records: number, vendor: VendorPaging): boolean {
  return vendor.totals !== undefined || taken > 0 || records === 0;
}

interface Known {
  readonly told: readonly Told[];
  readonly page: PageContext;
  readonly records: number;
  readonly vendor: VendorPaging;
  readonly total: number | null;
  readonly claimsMore: boolean | null;
}

/** The next page by counting, where the answer tells of more and has no cursor. */
function nextStep(known: Known): NextPage | null {
  const { told, page, records, vendor, total, claimsMore } = known;
  if (records === 0) return null;
  const end = page.taken + records;
  const number = numberOf(told, PAGE_NUMBERS);
  const pages = numberOf(told, TOTAL_PAGES);
  const isZeroBased = number !== null && number === page.index;
  const current = number ?? page.index + 1;
  const hasMorePages = pages !== null && current + (isZeroBased ? 1 : 0) < pages;
  const goesOn = claimsMore === true || hasMorePages || (total !== null && total > end);
  if (vendor.offset !== undefined) {
    const isOwnStyle = (page.request.query?.[vendor.offset] ?? '0') === String(page.taken);
    const mayGoOn = isOwnStyle && total === null && claimsMore === null && !isEndTold(told);
    const isFull = vendor.untilEmpty === true || records >= page.size;
    return goesOn || (mayGoOn && isFull) ? added({ [vendor.offset]: String(end) }) : null;
  }
  if (!goesOn) return null;
  if (number !== null || hasMorePages) return added({ page: String(current + 1) });
  const offset = told.find(({ name, value }) => OFFSETS.includes(name) && wholeNumber(value) !== null);
  return offset === undefined
    ? null
    : added({ [offset.raw]: String((wholeNumber(offset.value) ?? 0) + records) });
}

function added(query: Query): NextPage {
  return { query, replaces: false };
}

function readFlags(told: readonly Told[]): boolean | null {
  for (const { name, value } of told) {
    const is = yesOrNo(value);
    if (is !== null && MORE.includes(name)) return is;
    // `lastPage: 1` is the number of a page.
    if (isFlag(value) && LAST.includes(name)) return is === false;
  }
  return nextFlag(told) ?? (told.some(isCut) ? true : null);
}

function isCut({ name, value }: Told): boolean {
  if (REMAINING.includes(name)) return (wholeNumber(value) ?? 0) > 0;
  if (!isFlag(value)) return false;
  return yesOrNo(value) ? CUT.includes(name) : WHOLE.includes(name);
}

/** A total that is less than what came is not believed. */
function readTotal(told: readonly Told[], end: number, vendor: VendorPaging): number | null {
  const total = numberOf(told, [...(vendor.totals ?? []), ...TOTALS]);
  if (total !== null) return total >= end ? total : null;
  const counts = COUNTS.map((name) => numberOf(told, [name]) ?? 0);
  const count = Math.max(...counts);
  return count > end ? count : null;
}

/** Whether an answer without a list says that the list is empty. */
export function isToldEmpty(body: unknown): boolean {
  return numberOf(toldIn(body), [...TOTALS, ...COUNTS]) === 0;
}
