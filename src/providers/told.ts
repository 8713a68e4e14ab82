import { parseJson } from '../domain/parse-json.ts';
import type { PageContext } from '../ports/paging.ts';
import { type Fields, isFields, pick } from './decode.ts';
import { WRAPPERS } from './wrappers.ts';

/** One field that may tell about pages. `name` is without case and punctuation, `raw` is the vendor's spelling. */
export interface Told {
  readonly name: string;
  readonly raw: string;
  readonly value: unknown;
  /** The field is in an object that is called `next`. */
  readonly inNext: boolean;
}

const HOLDERS: ReadonlySet<string> = new Set([
  ...['meta', 'metadata', 'links', 'link', 'navigation', 'info', 'next', 'nextpage'],
  ...['tokens', 'machinetokens', 'keys', 'projects'],
  ...WRAPPERS,
]);
/** `pagination`, `page_info`, `pagingMetadata`, `cursors`, `response_metadata`, `result_info`. */
const HOLDER =
  /^pag(e|ing|ination|inator|er)|^cursors?|^(list|results?|response|search)(info|meta|metadata)$/;
/** Says what it means in an object of any name. */
const PLAIN_NAME = /^(next(page|cursor|token|offset|link|url|marker)|has(more|next))/;
const HEADERS = [
  ...['x-total-count', 'x-total', 'x-total-pages', 'x-has-more', 'x-next-page', 'x-next-cursor'],
  ...['x-next-page-token', 'x-next-offset', 'x-next-marker', 'x-continuation-token', 'next-cursor'],
  ...['next-page-token', 'x-pagination-total-count', 'x-pagination-total', 'x-pagination-count'],
  ...['pagination-count', 'total-count'],
];
const DEEPEST = 3;

/** Every field of an answer that may tell about pages: at the top, in known objects below it, and in the headers. */
export function toldIn(body: unknown, page?: PageContext): readonly Told[] {
  return [...toldBy(body), ...(page ? toldByHeaders(page) : [])];
}

/** The first whole number under one of these names, in the order of the names. */
export function numberOf(told: readonly Told[], names: readonly string[]): number | null {
  for (const name of names) {
    for (const each of told) {
      if (each.name !== name || each.inNext) continue;
      const value = isFields(each.value) ? each.value['value'] : each.value;
      const number = wholeNumber(value);
      if (number !== null) return number;
    }
  }
  return null;
}

export function wholeNumber(value: unknown): number | null {
  const number = typeof value === 'string' && /^\d{1,15}$/.test(value) ? Number(value) : value;
  return typeof number === 'number' && Number.isSafeInteger(number) && number >= 0 ? number : null;
}

/** An object that is looked into; `isStrange`: its name says nothing about pages. */
interface Holder {
  readonly fields: Fields;
  readonly inNext: boolean;
  readonly isStrange?: boolean;
}

function toldBy(body: unknown): readonly Told[] {
  const told: Told[] = [];
  let level: readonly Holder[] = isFields(body) ? [{ fields: body, inNext: false }] : [];
  for (let depth = 0; depth <= DEEPEST; depth += 1) {
    const deeper: Holder[] = [];
    for (const { fields, inNext, isStrange = false } of level) {
      for (const each of entriesOf(fields)) {
        const { name, value } = each;
        if (isStrange && !PLAIN_NAME.test(name)) continue;
        told.push({ ...each, inNext });
        if (!isFields(value)) continue;
        const isHolder = HOLDERS.has(name) || HOLDER.test(name) || Object.keys(fields).length === 1;
        if (isHolder)
          deeper.push({ fields: value, inNext: inNext || name === 'next' || name === 'nextpage' });
        else if (depth === 0) deeper.push({ fields: value, inNext, isStrange: true });
      }
    }
    level = deeper;
  }
  return told;
}

/** The fields of an object; of a list of links, such as `[{ rel: 'next', href }]`, those of its links. */
function entriesOf(fields: Fields): readonly Omit<Told, 'inNext'>[] {
  const entries = Object.entries(fields).slice(0, 200);
  return entries.flatMap(([raw, value]) => {
    const name = plainName(raw);
    const links = (name === 'links' || name === 'link') && Array.isArray(value) ? value.filter(isFields) : [];
    return [{ name, raw, value }, ...links.slice(0, 20).flatMap(entriesOfLink)];
  });
}

function entriesOfLink(link: Fields): readonly Omit<Told, 'inNext'>[] {
  const rel = pick(link, ['rel', 'relation']);
  const texts = (Array.isArray(rel) ? rel : [rel]).filter((text) => typeof text === 'string');
  const words = texts.flatMap((text) => text.toLowerCase().split(/\s+/));
  const next = words.includes('next') ? link : rel === undefined ? pick(link, ['next']) : undefined;
  return next === undefined ? [] : [{ name: 'next', raw: 'next', value: next }];
}

function toldByHeaders({ header }: PageContext): readonly Told[] {
  const told = HEADERS.flatMap((raw) => {
    const value = header(raw);
    return value === null ? [] : [{ name: plainName(raw), raw, value, inNext: false }];
  });
  // ASP.NET writes an object into one header.
  const object = jsonOf(header('x-pagination') ?? header('pagination'));
  const total = /\/(\d{1,15})$/.exec(header('content-range') ?? '')?.[1];
  const all = [...told, ...toldBy(object)];
  return total === undefined ? all : [...all, { name: 'total', raw: 'total', value: total, inNext: false }];
}

function jsonOf(text: string | null): unknown {
  if (text === null || !text.startsWith('{')) return null;
  try {
    return parseJson(text);
  } catch {
    return null;
  }
}

/** Without case and punctuation. */
export function plainName(name: string): string {
  return name.toLowerCase().replace(/[^a-z0-9]/g, '');
}
