import type { Assumptions } from './assumptions.ts';
import { queryNumber } from './message.ts';
import type { ApiToken } from './prefactor-token.ts';
import { Refusal } from './refusal.ts';
import type { Json } from './vendor.ts';

export interface ListQuery {
  readonly offset: number;
  readonly pageSize: number;
  readonly field: string;
  readonly descending: boolean;
}

export interface Page {
  readonly tokens: readonly ApiToken[];
  readonly pagination: Json;
  readonly sorting: Json;
}

interface ListOptions {
  readonly tokens: readonly ApiToken[];
  readonly query: ListQuery;
  readonly lastUsed: (token: ApiToken) => number;
  readonly assumptions: Pick<Assumptions, 'prefactorLastPage' | 'prefactorPagination'>;
}

/** The documented fields, most of which a token does not have, and those of a token. */
const FIELDS = [
  ...['id', 'last_seen', 'status', 'title', 'timestamp', 'started_at', 'finished_at'],
  ...['email', 'name', 'external_identifier'],
  ...['inserted_at', 'updated_at', 'expires_at', 'last_used_at'],
];

/**
 * ASSUMPTION: 50 to a page, oldest first, where the query says nothing. Sorting comes as `sorting[field]` with
 * `sorting[direction]`, or in one `sorting=-inserted_at`: the vendor's two pages describe one each.
 */
export function readListQuery(query: URLSearchParams): ListQuery {
  const offset = queryNumber(query, 'pagination[offset]', 0);
  const pageSize = queryNumber(query, 'pagination[page_size]', 50);
  if (Number.isNaN(offset)) throw wrong('pagination.offset', 'must be a number from 0');
  if (!(pageSize >= 1 && pageSize <= 100)) throw wrong('pagination.page_size', 'must be between 1 and 100');
  const short = query.get('sorting') ?? '';
  const field = query.get('sorting[field]') ?? (short.replace(/^-/, '') || 'inserted_at');
  const direction = query.get('sorting[direction]') ?? (short.startsWith('-') ? 'desc' : 'asc');
  if (!FIELDS.includes(field)) throw wrong('sorting.field', 'cannot be sorted by');
  if (direction !== 'asc' && direction !== 'desc') throw wrong('sorting.direction', 'must be asc or desc');
  return { offset, pageSize, field, descending: direction === 'desc' };
}

export function listPage({ tokens, query, lastUsed, assumptions }: ListOptions): Page {
  const { offset, pageSize, field, descending } = query;
  const sorted = field === 'inserted_at' ? tokens : tokens.toSorted((a, b) => compare(value(a), value(b)));
  const count = sorted.length;
  const page = descending
    ? sorted.slice(Math.max(0, count - offset - pageSize), Math.max(0, count - offset)).reverse()
    : sorted.slice(offset, offset + pageSize);
  const goesOn = offset + pageSize < count || assumptions.prefactorPagination === 'overshoot';
  const next = goesOn ? offset + pageSize : null;
  const pagination = {
    item_count: count,
    item_start: page.length === 0 ? 0 : offset + 1,
    item_end: page.length === 0 ? 0 : offset + page.length,
    page_count: Math.ceil(count / pageSize),
    page_index: Math.floor(offset / pageSize) + 1,
    page_offset: offset,
    page_size: pageSize,
    previous_page_offset: offset > 0 ? Math.max(0, offset - pageSize) : null,
    ...(next === null && assumptions.prefactorLastPage === 'missing' ? {} : { next_page_offset: next }),
  };
  const shown = assumptions.prefactorPagination === 'null' ? null : pagination;
  return { tokens: page, pagination: shown, sorting: { field, direction: descending ? 'desc' : 'asc' } };

  /** ASSUMPTION: what no token has, such as `title`, leaves the order as it is. */
  function value(token: ApiToken): number | string {
    if (field === 'id' || field === 'status') return token[field];
    if (field === 'expires_at') return token.expiresAt ?? Number.POSITIVE_INFINITY;
    if (field === 'updated_at') return token.updatedAt;
    return field === 'last_used_at' || field === 'last_seen' ? lastUsed(token) : 0;
  }
}

function compare(a: number | string, b: number | string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function wrong(field: string, reason: string): Refusal {
  return new Refusal(422, 'validation_errors', 'Validation failed', { [field]: reason });
}
