import type { NextPage, PageContext, Paging } from '../ports/paging.ts';
import type { HttpRequest, Query } from '../ports/provider.ts';
import { isFields } from './decode.ts';
import { isLink, nextLinkOf, type PlacedLink } from './next-link.ts';
import { numberOf, plainName, type Told, toldIn, wholeNumber } from './told.ts';

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
const COUNTS = ['itemcount', 'count', 'resultcount'];
const TOTAL_PAGES = ['totalpages', 'pagecount', 'pagetotal', 'numpages', 'lastpage', 'pages', 'xtotalpages'];
const PAGE_NUMBERS = ['currentpage', 'pagenumber', 'pageindex', 'pageno', 'page', 'number'];
const OFFSETS = ['offset', 'pageoffset', 'skip', 'startindex', 'start'];
const MORE = [
  ...['hasmore', 'hasnext', 'hasnextpage', 'hasmorepages', 'hasmoreitems', 'hasmoreresults', 'hasadditional'],
  ...['more', 'moreresults', 'moreavailable', 'istruncated', 'truncated', 'xhasmore'],
];
const LAST = ['islast', 'islastpage', 'last', 'lastpage', 'isfinal', 'isend', 'endoflist'];
const NEXT = /^(?:x[-_])?next[-_]?(.+)$/i;
/** What a name that begins with `next` may go on with. */
const NEXT_PARTS: ReadonlySet<string> = new Set([
  ...['cursor', 'pagecursor', 'page', 'pagenumber', 'pageid', 'pagekey', 'pagetoken', 'token', 'offset'],
  ...['pageoffset', 'marker', 'continuationtoken', 'continuation', 'continue', 'bookmark', 'scrollid'],
  ...['scroll', 'after', 'key', 'startkey', 'start', 'startindex', 'skip', 'index', 'position', 'anchor'],
]);
const CURSORS: ReadonlySet<string> = new Set([
  ...['after', 'endcursor', 'marker', 'bookmark', 'continuation', 'continuationtoken', 'continue'],
  ...['scroll', 'scrollid', 'cursor'],
]);
/** Objects under these names are looked into. */
const HOLDS_NEXT: ReadonlySet<string> = new Set(['next', 'nextpage', 'cursor']);
const LONGEST_CURSOR = 2_048;

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
  const claimsMore = readFlags(told);
  const total = readTotal(told, end, vendor);
  const link = nextLinkOf(told, page);
  const cursor = link?.kind === 'here' ? null : nextCursor(told, page, end, vendor);
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

type Cursor = { readonly kind: 'query'; readonly query: Query } | { readonly kind: 'odd' };

function nextCursor(
  told: readonly Told[],
  page: PageContext,
  end: number,
  vendor: VendorPaging,
): Cursor | null {
  let odd: Cursor | null = null;
  for (const each of told) {
    const parameter = parameterOf(each, told, end, vendor);
    if (parameter === null || isNothing(each.value)) continue;
    const value = cursorText(each.value);
    if (value === null) odd ??= isFields(each.value) && HOLDS_NEXT.has(each.name) ? null : { kind: 'odd' };
    else if (!isEcho(each, value, page.request)) return { kind: 'query', query: { [parameter]: value } };
  }
  return odd;
}

/** The parameter under which the field's value is sent back; null where the field is no cursor. */
function parameterOf(each: Told, told: readonly Told[], end: number, vendor: VendorPaging): string | null {
  const { name, raw, value } = each;
  if (typeof value === 'boolean' || isLink(each)) return null;
  if (name === 'next') return ofPlainNext(value, told, end, vendor);
  if (each.inNext && OFFSETS.includes(name)) return vendor.offset ?? raw;
  if (each.inNext && (NEXT_PARTS.has(name) || name === 'number')) return name === 'number' ? 'page' : raw;
  if (name === 'endcursor') return 'after';
  if (CURSORS.has(name)) return raw.replace(/^_/, '');
  const rest = NEXT.exec(raw)?.[1];
  const part = rest === undefined ? '' : plainName(rest);
  if (rest === undefined || !NEXT_PARTS.has(part)) return null;
  if (part === 'token') return raw;
  if (part === 'offset' || part === 'pageoffset') return vendor.offset ?? 'offset';
  if (part === 'pagenumber' || part === 'page') return 'page';
  return (rest.slice(0, 1).toLowerCase() + rest.slice(1)).replaceAll('-', '_');
}

/** A bare `next`: the number of records so far is an offset, the next number of a page is a page, else it is a cursor. */
function ofPlainNext(value: unknown, told: readonly Told[], end: number, vendor: VendorPaging): string {
  const number = wholeNumber(value);
  if (number === null) return 'cursor';
  if (number === end) return vendor.offset ?? 'offset';
  const current = numberOf(told, PAGE_NUMBERS);
  const isPage =
    current === null ? number === 2 || numberOf(told, TOTAL_PAGES) !== null : number === current + 1;
  return isPage ? 'page' : 'cursor';
}

/** `cursor` and its like may only repeat what was asked for. */
function isEcho({ name, raw }: Told, value: string, request: HttpRequest): boolean {
  return CURSORS.has(name) && request.query?.[raw] === value;
}

function cursorText(value: unknown): string | null {
  if (typeof value === 'number') return Number.isFinite(value) ? String(value) : null;
  return typeof value === 'string' && value.length <= LONGEST_CURSOR ? value : null;
}

/** What says that there is no next page. */
function isNothing(value: unknown): boolean {
  if (value === null || value === undefined || value === false) return true;
  if (typeof value === 'string') return ['', '0', '-1', 'null', 'none'].includes(value.trim().toLowerCase());
  return value === 0 || value === -1;
}

function isEndTold(told: readonly Told[]): boolean {
  return told.some(({ name, raw, value }) => {
    const rest = plainName(NEXT.exec(raw)?.[1] ?? '');
    return (name === 'next' || NEXT_PARTS.has(rest)) && isNothing(value);
  });
}

function readFlags(told: readonly Told[]): boolean | null {
  for (const { name, value } of told) {
    const is = yesOrNo(value);
    if (is !== null && MORE.includes(name)) return is;
    if (typeof value === 'boolean' && LAST.includes(name)) return !value;
    if (name === 'next' && typeof value === 'boolean') return value;
  }
  return null;
}

function yesOrNo(value: unknown): boolean | null {
  if (typeof value === 'boolean') return value;
  if (typeof value !== 'string' && typeof value !== 'number') return null;
  const word = String(value).trim().toLowerCase();
  return word === 'true' || word === '1' ? true : word === 'false' || word === '0' ? false : null;
}

/** A total that is less than what came is not believed. */
function readTotal(told: readonly Told[], end: number, vendor: VendorPaging): number | null {
  const total = numberOf(told, [...(vendor.totals ?? []), ...TOTALS]);
  if (total !== null) return total >= end ? total : null;
  const count = numberOf(told, COUNTS);
  return count !== null && count > end ? count : null;
}

/** Whether an answer without a list says that the list is empty. */
export function isToldEmpty(body: unknown): boolean {
  return numberOf(toldIn(body), [...TOTALS, ...COUNTS]) === 0;
}
