import type { PageContext } from '../ports/paging.ts';
import type { HttpRequest, Query } from '../ports/request.ts';
import { isFields } from './decode.ts';
import { isLink } from './next-link.ts';
import { isFlag, OFFSETS, PAGE_NUMBERS, TOTAL_PAGES, yesOrNo } from './page-words.ts';
import { numberOf, plainName, type Told, wholeNumber } from './told.ts';

const NEXT = /^(?:x[-_])?next[-_]?(.+)$/i;
/** What a name that begins with `next` may go on with. */
const NEXT_PARTS: ReadonlySet<string> = new Set([
  ...['cursor', 'pagecursor', 'page', 'pagenumber', 'pageid', 'pagekey', 'pagetoken', 'token', 'offset'],
  ...['pageoffset', 'marker', 'continuationtoken', 'continuation', 'continue', 'bookmark', 'scrollid'],
  ...['scroll', 'after', 'key', 'startkey', 'start', 'startindex', 'skip', 'index', 'position', 'anchor'],
  ...['startingafter'],
]);
const CURSORS: ReadonlySet<string> = new Set([
  ...['after', 'endcursor', 'marker', 'bookmark', 'continuation', 'continuationtoken', 'continue'],
  ...['scroll', 'scrollid', 'cursor', 'lastevaluatedkey', 'searchafter'],
  ...['paginationtoken', 'resumptiontoken', 'skiptoken'],
]);
/** What a name that begins with `next` may go on with as well; under which parameter it is sent back is not known. */
const NEXT_RIDDLES: ReadonlySet<string> = new Set([
  ...['id', 'ref', 'since', 'batch', 'pagestart', 'record', 'item', 'link', 'pagelink', 'url', 'href', 'uri'],
]);
/** Objects under these names hold what leads on, beside what does not. */
const HOLDS_NEXT: ReadonlySet<string> = new Set(['next', 'nextpage', 'cursor', 'scroll']);
const LEADS_NOWHERE: ReadonlySet<string> = new Set([
  ...['limit', 'size', 'pagesize', 'perpage', 'count', 'rel', 'relation', 'method', 'title', 'type'],
  ...['templated', 'before', 'prev', 'previous', 'first', 'last', 'self', 'current'],
]);
/** The field of a cursor that is an object. Those of an object that is called `next` have parameters of their own. */
const CURSOR_VALUES = ['value', 'cursor', 'token'];
const LONGEST_CURSOR = 2_048;

/** Where the next page begins, as a query; `odd`: it is there and cannot be sent back. */
export type Cursor = { readonly kind: 'query'; readonly query: Query } | { readonly kind: 'odd' };

interface Known {
  readonly told: readonly Told[];
  readonly page: PageContext;
  /** How many records came so far. */
  readonly end: number;
  /** The parameter of the vendor that takes the number of records to skip. */
  readonly offset: string | undefined;
}

/** The cursor of the next page, in whatever form: a text, a number, an object of one value, or the fields of a `next`. */
export function nextCursor(known: Known): Cursor | null {
  const { told, page } = known;
  let odd: Cursor | null = null;
  for (const each of told) {
    const parameter = parameterOf(each, known);
    const { name } = each;
    const value = leading(each);
    if (isNothing(value)) continue;
    if (parameter === null) {
      if (isRiddle(each)) odd = { kind: 'odd' };
      continue;
    }
    const text = cursorText(value, name === 'next' || name === 'nextpage' ? ['value'] : CURSOR_VALUES);
    if (text === null) odd = { kind: 'odd' };
    else if (!isEcho(each, text, page.request)) return { kind: 'query', query: { [parameter]: text } };
  }
  return odd;
}

function isRiddle(each: Told): boolean {
  return NEXT_RIDDLES.has(plainName(NEXT.exec(each.raw)?.[1] ?? '')) && !isLink(each) && !isFlag(each.value);
}

/** The value of a field, without what does not lead on where it is an object of links and cursors. */
function leading({ name, value }: Told): unknown {
  if (!HOLDS_NEXT.has(name) || !isFields(value)) return value;
  return Object.fromEntries(Object.entries(value).filter(([inner]) => !LEADS_NOWHERE.has(plainName(inner))));
}

/** The parameter under which the field's value is sent back; null where the field is no cursor. */
function parameterOf(each: Told, known: Known): string | null {
  const { offset } = known;
  const { name, raw, value } = each;
  if (isLink(each) || isFlag(value)) return null;
  if (name === 'next') return ofPlainNext(value, known);
  if (each.inNext && OFFSETS.includes(name)) return offset ?? raw;
  if (each.inNext && (NEXT_PARTS.has(name) || name === 'number')) return name === 'number' ? 'page' : raw;
  if (name === 'endcursor') return 'after';
  if (CURSORS.has(name)) return raw.replace(/^_/, '');
  const rest = NEXT.exec(raw)?.[1];
  const part = rest === undefined ? '' : plainName(rest);
  if (rest === undefined || !NEXT_PARTS.has(part)) return null;
  if (part === 'token') return raw;
  if (part === 'offset' || part === 'pageoffset') return offset ?? 'offset';
  if (part === 'pagenumber' || part === 'page') return 'page';
  return (rest.slice(0, 1).toLowerCase() + rest.slice(1)).replaceAll('-', '_');
}

/** A bare `next`: the number of records so far is an offset, the next number of a page is a page, else it is a cursor. */
function ofPlainNext(value: unknown, { told, end, offset }: Known): string {
  const number = wholeNumber(value);
  if (number === null) return 'cursor';
  if (number === end) return offset ?? 'offset';
  const current = numberOf(told, PAGE_NUMBERS);
  const isPage =
    current === null ? number === 2 || numberOf(told, TOTAL_PAGES) !== null : number === current + 1;
  return isPage ? 'page' : 'cursor';
}

/** `cursor` and its like may only repeat what was asked for. */
function isEcho({ name, raw }: Told, value: string, request: HttpRequest): boolean {
  return CURSORS.has(name) && request.query?.[raw] === value;
}

/** Null where it cannot be sent back, such as an object of several values. */
function cursorText(value: unknown, names: readonly string[]): string | null {
  if (isFields(value)) {
    const [only, ...more] = Object.entries(value).filter(([, inner]) => !isNothing(inner));
    const isOne = only !== undefined && more.length === 0 && names.includes(plainName(only[0]));
    return isOne ? cursorText(only[1], names) : null;
  }
  if (typeof value === 'number') return Number.isFinite(value) ? String(value) : null;
  return typeof value === 'string' && value.length <= LONGEST_CURSOR ? value : null;
}

/** What says that there is no next page. PHP writes an empty object as an empty list. */
function isNothing(value: unknown): boolean {
  if (value === null || value === undefined || value === false) return true;
  if (Array.isArray(value)) return value.every(isNothing);
  if (isFields(value)) return Object.values(value).every(isNothing);
  if (typeof value === 'string') return NOTHING_WORDS.has(value.trim().toLowerCase());
  return value === 0 || value === -1;
}

const NOTHING_WORDS: ReadonlySet<string> = new Set([
  ...['', '0', '-1', 'null', 'nil', 'none', 'undefined', 'false', '[]', '{}'],
]);

/** Whether a field for the next page says that there is none. */
export function isEndTold(told: readonly Told[]): boolean {
  return told.some((each) => isNextName(each) && isNothing(leading(each)));
}

function isNextName({ name, raw }: Told): boolean {
  return name === 'next' || NEXT_PARTS.has(plainName(NEXT.exec(raw)?.[1] ?? ''));
}

/** What the fields for the next page say where they say yes or no, and not where: a no counts only where no other leads on. */
export function nextFlag(told: readonly Told[]): boolean | null {
  const next = told.filter(isNextName);
  if (next.some(({ value }) => isFlag(value) && yesOrNo(value))) return true;
  const leadsOn = next.some((each) => !isFlag(each.value) && !isNothing(leading(each)));
  return next.some(({ value }) => isFlag(value)) && !leadsOn ? false : null;
}
