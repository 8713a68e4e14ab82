import type { Assumptions } from './assumptions.ts';
import type { ApiKey } from './bluebricks-key.ts';
import { showKey } from './bluebricks-key.ts';
import { json, queryNumber } from './message.ts';
import { Refusal } from './refusal.ts';
import type { SandboxResponse } from './vendor.ts';

/**
 * `order` is `ASC` in the vendor's example and `asc` in its text; `sort` is `created_at` or `name`.
 * ASSUMPTION: newest first; `search` is announced and does nothing yet.
 */
export function listBluebricksKeys(
  keys: readonly ApiKey[],
  query: URLSearchParams,
  { bluebricksEmptyList, bluebricksLimitMax }: Assumptions,
): SandboxResponse {
  const offset = queryNumber(query, 'offset', 0);
  const limit = queryNumber(query, 'limit', Math.min(20, bluebricksLimitMax));
  const order = (query.get('order') ?? 'desc').toLowerCase();
  const sort = query.get('sort') ?? 'created_at';
  if (limit > bluebricksLimitMax) throw wrong(`limit must not be greater than ${bluebricksLimitMax}`);
  if (!(limit >= 1)) throw wrong('limit must not be less than 1');
  if (Number.isNaN(offset)) throw wrong('offset must not be less than 0');
  if (order !== 'asc' && order !== 'desc')
    throw wrong('order must be one of the following values: ASC, DESC');
  if (sort !== 'created_at' && sort !== 'name')
    throw wrong('sort must be one of the following values: created_at, name');
  if (keys.length === 0 && bluebricksEmptyList === '404')
    throw new Refusal(404, '', 'Key not found in organization');
  const sorted = sort === 'name' ? keys.toSorted(byName) : keys;
  const list =
    order === 'asc'
      ? sorted.slice(offset, offset + limit)
      : sorted.slice(Math.max(0, keys.length - offset - limit), Math.max(0, keys.length - offset)).reverse();
  return json(200, { total: keys.length, list: list.map(showKey) });
}

function byName(a: ApiKey, b: ApiKey): number {
  const [first, second] = [a.name ?? '', b.name ?? ''];
  return first < second ? -1 : first > second ? 1 : 0;
}

function wrong(message: string): Refusal {
  return new Refusal(400, '', message);
}
