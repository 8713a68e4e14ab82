import type { PageContext } from '../ports/paging.ts';
import { type Fields, isFields } from './decode.ts';

/** One field that may tell about pages. `name` is without case and punctuation, `raw` is the vendor's spelling. */
export interface Told {
  readonly name: string;
  readonly raw: string;
  readonly value: unknown;
  /** The field is in an object that is called `next`. */
  readonly inNext: boolean;
}

const HOLDERS: ReadonlySet<string> = new Set([
  ...['meta', 'metadata', 'pagination', 'paging', 'paginator', 'pager', 'page', 'pageinfo', 'pageable'],
  ...['links', 'cursor', 'cursors', 'responsemetadata', 'resultinfo', 'listmetadata', 'navigation'],
  ...[
    'data',
    'result',
    'response',
    'payload',
    'next',
    'nextpage',
    'tokens',
    'machinetokens',
    'keys',
    'projects',
  ],
]);
const HEADERS = [
  ...['x-total-count', 'x-total', 'x-total-pages', 'x-has-more', 'x-next-page', 'x-next-cursor'],
  ...['x-next-page-token', 'x-next-offset', 'x-next-marker', 'x-continuation-token'],
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

function toldBy(body: unknown): readonly Told[] {
  const told: Told[] = [];
  let level: readonly (readonly [Fields, boolean])[] = isFields(body) ? [[body, false]] : [];
  for (let depth = 0; depth <= DEEPEST; depth += 1) {
    const deeper: (readonly [Fields, boolean])[] = [];
    for (const [fields, inNext] of level) {
      for (const [raw, value] of Object.entries(fields).slice(0, 200)) {
        const name = plainName(raw);
        told.push({ name, raw, value, inNext });
        if (isFields(value) && HOLDERS.has(name)) {
          deeper.push([value, inNext || name === 'next' || name === 'nextpage']);
        }
      }
    }
    level = deeper;
  }
  return told;
}

function toldByHeaders({ header }: PageContext): readonly Told[] {
  const told = HEADERS.flatMap((raw) => {
    const value = header(raw);
    return value === null ? [] : [{ name: plainName(raw), raw, value, inNext: false }];
  });
  const total = /\/(\d{1,15})$/.exec(header('content-range') ?? '')?.[1];
  return total === undefined ? told : [...told, { name: 'total', raw: 'total', value: total, inNext: false }];
}

/** Without case and punctuation. */
export function plainName(name: string): string {
  return name.toLowerCase().replace(/[^a-z0-9]/g, '');
}
