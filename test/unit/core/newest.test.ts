import { describe, expect, it } from 'vitest';
import { Client } from '../../../src/core/client.ts';
import { listRecent } from '../../../src/core/newest.ts';
import { Secret } from '../../../src/domain/secret.ts';
import type { Token } from '../../../src/domain/token.ts';
import type { PagedApiCall } from '../../../src/ports/paging.ts';
import { FakeTransport, fakeProvider, ORIGIN, tokenOf } from '../../support/fakes.ts';

const PAGE = 3;

/** Reads the tokens, three to a page, until "stop" comes; how many pages that took, and whether reading stopped there. */
async function read(tokens: readonly Token[], newestFirst?: 'dates' | 'ids') {
  const provider = fakeProvider();
  if (!provider.tokens.list) throw new Error('the fake has a list');
  const { newestFirst: _, ...list } = provider.tokens.list;
  const call: PagedApiCall<void, Token> = { ...list, maxPageSize: PAGE, ...(newestFirst && { newestFirst }) };
  const transport = new FakeTransport(({ query }) => {
    const at = Number(query['cursor'] ?? 0);
    const items = tokens.slice(at, at + PAGE);
    return { body: { items, next: at + PAGE < tokens.length ? String(at + PAGE) : null } };
  });
  const connection = {
    ...{ provider, profile: null, settings: {}, origin: ORIGIN, auth: provider.auth[0] },
    ...{ secret: Secret.of('kt_canary_0123456789'), credentialName: null, tokenId: null },
  };
  const client = new Client(connection, transport);
  const { items, isCut, whole } = await listRecent(client, { call, input: undefined }, (seen) =>
    seen.some(({ name }) => name === 'stop'),
  );
  return { read: items.length, pages: transport.sent.length, isCut, whole };
}

/** Tokens that were made on these days of a month, in the order of the list; the second is the one to stop at. */
function made(days: readonly (number | null)[], ids: readonly string[] = []): readonly Token[] {
  return days.map((day, index) =>
    tokenOf(ids[index] ?? `t${index}`, {
      name: index === 1 ? 'stop' : `n${index}`,
      createdAt: day === null ? null : `2026-11-${String(day).padStart(2, '0')}T00:00:00Z`,
    }),
  );
}

const CUT = { read: 3, pages: 1, isCut: true, whole: false };
const WHOLE = { read: 6, pages: 2, isCut: false, whole: true };
const DESCENDING = ['f', 'e', 'd', 'c', 'b', 'a'];

describe('a list is left where only older records follow', () => {
  it.each<[string, Awaited<ReturnType<typeof read>>, readonly Token[], ('dates' | 'ids')?]>([
    ['dates fall', CUT, made([9, 8, 7, 6, 5, 4]), 'dates'],
    ['dates fall, some are equal', CUT, made([9, 9, 7, 7, 7, 4]), 'dates'],
    ['dates rise: the vendor gives the oldest first', WHOLE, made([1, 2, 3, 4, 5, 6]), 'dates'],
    ['one date rises', WHOLE, made([9, 7, 8, 6, 5, 4]), 'dates'],
    ['all of one moment prove no order', WHOLE, made([9, 9, 9, 9, 9, 9]), 'dates'],
    ['one has no date', WHOLE, made([9, null, 7, 6, 5, 4]), 'dates'],
    ['none has a date', WHOLE, made([null, null, null, null, null, null]), 'dates'],
    ['the vendor has no such order', WHOLE, made([9, 8, 7, 6, 5, 4])],
    ['ids fall', CUT, made([9, 9, 9, 9, 9, 9], DESCENDING), 'ids'],
    ['ids rise', WHOLE, made([9, 8, 7, 6, 5, 4], [...DESCENDING].reverse()), 'ids'],
    ['ids are mixed', WHOLE, made([9, 8, 7, 6, 5, 4], ['f', 'a', 'e', 'b', 'd', 'c']), 'ids'],
    ['it is shorter than a page', { ...WHOLE, read: 2, pages: 1 }, made([9, 8]), 'dates'],
  ])('%s', async (_, wanted, tokens, order) => {
    expect(await read(tokens, order)).toEqual(wanted);
  });
});
