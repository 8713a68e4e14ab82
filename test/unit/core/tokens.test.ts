import { describe, expect, it } from 'vitest';
import { Client } from '../../../src/core/client.ts';
import {
  allTokens,
  findToken,
  type ListProgress,
  type ListWish,
  listOnce,
  listTokens,
} from '../../../src/core/tokens.ts';
import { AppError } from '../../../src/domain/errors.ts';
import { parseReference } from '../../../src/domain/reference.ts';
import type { Token } from '../../../src/domain/token.ts';
import type { Provider } from '../../../src/ports/provider.ts';
import {
  type Answer,
  FakeClock,
  FakeProfiles,
  FakeTransport,
  fakeConnection,
  fakeProvider,
  ORIGIN,
  type Sent,
  tokenOf,
} from '../../support/fakes.ts';

interface Rig {
  readonly provider?: Provider;
  readonly tokenId?: string | null;
  readonly pages?: readonly (readonly Token[])[];
  readonly answer?: (request: Sent) => Answer | undefined;
}

function rig({ provider = fakeProvider(), tokenId = null, pages = [], answer }: Rig = {}) {
  const transport = new FakeTransport((request) => {
    const told = answer?.(request);
    if (told !== undefined) return told;
    if (request.path === '/tokens') {
      const page = Number(request.query['cursor'] ?? 0);
      return { body: { items: pages[page] ?? [], next: page + 1 < pages.length ? String(page + 1) : null } };
    }
    const item = pages.flat().find((token) => request.path === `/tokens/${token.id}`);
    return item ? { body: { item } } : { status: 404, body: { message: 'no such token' } };
  });
  const connection = fakeConnection(provider, tokenId);
  const profiles = new FakeProfiles();
  const deps = { client: new Client(connection, transport), profiles, clock: new FakeClock() };
  const list = async (filter: ListWish = {}) => {
    const progress: ListProgress = { cut: false, count: 0, seen: 0, why: null };
    const ids: string[] = [];
    for await (const page of listTokens(deps, filter, progress)) ids.push(...page.map((token) => token.id));
    return { ids, ...progress };
  };
  return { deps, transport, profiles, list };
}

const ids = (count: number, from = 0) =>
  Array.from({ length: count }, (_, index) => tokenOf(`t${from + index}`));

describe('listTokens', () => {
  it('goes through every page', async () => {
    const { list, transport } = rig({ pages: [ids(2), [], ids(2, 2)] });
    expect(await list()).toEqual({ ids: ['t0', 't1', 't2', 't3'], cut: false, count: 4, seen: 4, why: null });
    expect(transport.sent.map(({ query }) => query)).toEqual([
      { size: '100' },
      { size: '100', cursor: '1' },
      { size: '100', cursor: '2' },
    ]);
  });

  it('tells a token once, though pages overlap', async () => {
    const { list } = rig({ pages: [ids(3), ids(3, 1)] });
    expect((await list()).ids).toEqual(['t0', 't1', 't2', 't3']);
  });

  it('tells what has ended as expired, and which one is in use', async () => {
    const tokens = [
      tokenOf('a', { expiresAt: '2026-11-22T11:59:59Z' }),
      tokenOf('b', { status: 'disabled', expiresAt: '2026-11-22T11:59:59Z' }),
      tokenOf('c', { status: 'revoked', expiresAt: '2026-11-22T11:59:59Z' }),
      tokenOf('d'),
    ];
    const { deps } = rig({ pages: [tokens], tokenId: 'd' });
    const { items } = await allTokens(deps);
    expect(items.map(({ status, inUse }) => [status, inUse])).toEqual([
      ['expired', false],
      ['expired', false],
      ['revoked', false],
      ['active', true],
    ]);
  });

  it('names tokens of a provider without names from the aliases of this origin', async () => {
    const provider = fakeProvider({ facts: { names: 'none' } });
    const { deps, profiles } = rig({
      provider,
      pages: [[tokenOf('a', { name: null }), tokenOf('b', { name: null })]],
    });
    await profiles.saveAlias({ provider: 'fake', origin: ORIGIN, settings: null, id: 'a', name: 'ci' });
    await profiles.saveAlias({
      provider: 'fake',
      origin: 'https://elsewhere.example',
      settings: null,
      id: 'b',
      name: 'theirs',
    });
    expect((await allTokens(deps)).items.map(({ name }) => name)).toEqual(['ci', null]);
  });

  describe('with a limit', () => {
    it.each([
      [1, ['t0'], true],
      [2, ['t0', 't1'], true],
      [3, ['t0', 't1', 't2'], true],
      [4, ['t0', 't1', 't2', 't3'], false],
      [5, ['t0', 't1', 't2', 't3'], false],
    ])('of %d', async (limit, expected, cut) => {
      const { list } = rig({ pages: [ids(2), ids(2, 2)] });
      const told = { ids: expected, cut, count: expected.length, why: null };
      expect(await list({ limit })).toMatchObject(told);
      expect(await list({ limit, sort: 'name' })).toEqual({ ...told, seen: 4 });
    });

    it('asks for one more than wanted, to know whether it was cut', async () => {
      const { list, transport } = rig({ pages: [ids(4)] });
      await list({ limit: 2 });
      expect(transport.sent.map(({ query }) => query)).toEqual([{ size: '3' }]);
    });

    it('asks for whole pages where a filter or an order decides which are wanted', async () => {
      const { list, transport } = rig({ pages: [ids(4)] });
      await list({ limit: 1, status: 'active' });
      await list({ limit: 1, sort: 'name' });
      expect(transport.sent.map(({ query }) => query['size'])).toEqual(['100', '100']);
    });

    it('stops asking when it has enough', async () => {
      const { list, transport } = rig({ pages: [ids(2), ids(2, 2), ids(2, 4)] });
      await list({ limit: 3, status: 'active' });
      expect(transport.sent).toHaveLength(2);
    });
  });

  describe('filters', () => {
    const tokens = [
      tokenOf('soon', { expiresAt: '2026-11-25T12:00:00Z' }),
      tokenOf('late', { expiresAt: '2026-12-22T12:00:00Z' }),
      tokenOf('never'),
      tokenOf('ended', { expiresAt: '2026-11-20T12:00:00Z' }),
      tokenOf('revoked', { status: 'revoked', expiresAt: '2026-11-25T12:00:00Z' }),
      tokenOf('off', { status: 'disabled', lastUsedAt: '2026-11-21T12:00:00Z' }),
      tokenOf('idle', { lastUsedAt: '2026-06-01T00:00:00Z', createdAt: '2026-01-01T00:00:00Z' }),
      tokenOf('fresh', { createdAt: '2026-11-22T11:00:00Z' }),
      tokenOf('unused', { createdAt: '2026-06-01T00:00:00Z' }),
    ];
    const DAY = 86_400_000;

    it.each<[string, ListWish, readonly string[]]>([
      ['status disabled', { status: 'disabled' }, ['off']],
      ['status expired', { status: 'expired' }, ['ended']],
      ['status revoked', { status: 'revoked' }, ['revoked']],
      ['expiring within 7 days', { expiringWithinMs: 7 * DAY }, ['soon']],
      ['expiring within 3 days to the second', { expiringWithinMs: 3 * DAY }, ['soon']],
      ['expiring within 3 days less a bit', { expiringWithinMs: 3 * DAY - 1 }, []],
      ['expiring within 100 days', { expiringWithinMs: 100 * DAY }, ['soon', 'late']],
      ['unused for 90 days', { unusedForMs: 90 * DAY }, ['idle', 'unused']],
      ['older than 90 days', { olderThanMs: 90 * DAY }, ['idle', 'unused']],
      ['older than a year', { olderThanMs: 365 * DAY }, []],
      ['two at once', { unusedForMs: 90 * DAY, status: 'expired' }, []],
    ])('%s', async (_, filter, expected) => {
      expect((await rig({ pages: [tokens.slice(0, 4), tokens.slice(4)] }).list(filter)).ids).toEqual(
        expected,
      );
    });

    it.each<[ListWish, readonly string[]]>([
      [{ expiringWithinMs: DAY }, ['end']],
      [{ olderThanMs: DAY }, ['birth']],
      [{ unusedForMs: DAY }, []],
      [{ expiringWithinMs: DAY, status: 'disabled' }, []],
    ])('take dates that cannot be read for due, and for used just now: %j', async (filter, expected) => {
      const text = '5.12.2026';
      const unreadable = [
        tokenOf('end', { unreadable: { expiresAt: text } }),
        tokenOf('ended', { status: 'revoked', unreadable: { expiresAt: text } }),
        tokenOf('birth', { unreadable: { createdAt: text } }),
        tokenOf('use', { createdAt: '2026-11-22T11:00:00Z', unreadable: { lastUsedAt: text } }),
      ];
      expect((await rig({ pages: [unreadable] }).list(filter)).ids).toEqual(expected);
      expect((await rig({ pages: [unreadable] }).list({ sort: 'expires' })).ids.slice(0, 2)).toEqual([
        'end',
        'ended',
      ]);
    });

    it('unused-for is refused where the vendor tells of no use: every token would count as unused', async () => {
      const provider = fakeProvider({ facts: { lastUse: 'untold' } });
      const { list, transport } = rig({ provider, pages: [tokens] });
      await expect(list({ unusedForMs: DAY })).rejects.toMatchObject({ code: 'unsupported' });
      expect(transport.sent).toEqual([]);
    });
  });

  describe('order', () => {
    const tokens = [
      tokenOf('1', { name: 'b', createdAt: '2026-11-02T00:00:00Z', expiresAt: null, lastUsedAt: null }),
      tokenOf('2', { name: null, createdAt: null, expiresAt: '2027-01-01T00:00:00Z', lastUsedAt: null }),
      tokenOf('3', { name: 'a', createdAt: '2026-11-01T00:00:00.500Z', expiresAt: '2026-12-01T00:00:00Z' }),
      tokenOf('0', { name: 'b', createdAt: '2026-11-01T00:00:00Z', lastUsedAt: '2026-11-05T00:00:00Z' }),
    ];

    it.each([
      ['name', ['3', '0', '1', '2']],
      ['created', ['0', '3', '1', '2']],
      ['expires', ['3', '2', '0', '1']],
      ['last-used', ['0', '1', '2', '3']],
    ] as const)('by %s, what is not known last, ties by id', async (sort, expected) => {
      expect((await rig({ pages: [tokens.slice(0, 2), tokens.slice(2)] }).list({ sort })).ids).toEqual(
        expected,
      );
    });
  });

  it('is refused where there is no list', async () => {
    const { list: _, ...tokens } = fakeProvider().tokens;
    const provider = { ...fakeProvider(), tokens };
    await expect(rig({ provider }).list()).rejects.toMatchObject({ code: 'unsupported' });
    await expect(allTokens(rig({ provider }).deps)).rejects.toMatchObject({ code: 'unsupported' });
  });
});

describe('findToken', () => {
  const pages = [
    [tokenOf('a', { name: 'ci' }), tokenOf('b', { name: 'dup' })],
    [tokenOf('c', { name: 'dup' })],
  ];
  const find = (text: string, more: Rig = {}) => {
    const { deps, transport } = rig({ pages, ...more });
    return { found: findToken(deps, parseReference(text)), transport };
  };

  it('asks for an id by itself', async () => {
    const { found, transport } = find('id:b', { tokenId: 'b' });
    expect(await found).toMatchObject({ id: 'b', inUse: true });
    expect(transport.lines).toEqual(['GET /tokens/b']);
  });

  it('finds a name, and an id without being told that it is one, in the list', async () => {
    for (const text of ['name:ci', 'ci', 'a']) {
      const { found, transport } = find(text);
      expect(await found).toMatchObject({ id: 'a' });
      expect(transport.lines).toEqual(['GET /tokens', 'GET /tokens']);
    }
  });

  it('refuses what fits several, and what fits none', async () => {
    await expect(find('dup').found).rejects.toMatchObject({
      facts: { code: 'conflict', message: '"dup" fits 2 tokens: id:b, id:c' },
    });
    for (const text of ['id:gone', 'name:a', 'gone', 'A']) {
      await expect(find(text).found).rejects.toMatchObject({ code: 'not-found' });
    }
  });

  it('lists once for several references', async () => {
    const { deps, transport } = rig({ pages });
    const known = listOnce(deps).read;
    await findToken(deps, parseReference('ci'), known);
    await expect(findToken(deps, parseReference('dup'), known)).rejects.toMatchObject({ code: 'conflict' });
    expect(transport.sent).toHaveLength(2);
  });

  it.each<[string, Answer, string]>([
    ...[400, 403, 404, 405, 410, 501].map((status): [string, Answer, string] => [
      String(status),
      { status, body: { message: 'no' } },
      'unsupported',
    ]),
    ['401', { status: 401, body: {} }, 'auth'],
    [
      'an answer that is lost',
      new AppError({ code: 'unavailable', message: 'gone', unanswered: true }),
      'unsupported',
    ],
  ])('an id is enough where an inferred list is missing (%s); a name is not', async (_, answer, code) => {
    const { get: _get, ...tokens } = fakeProvider().tokens;
    const provider = { ...fakeProvider({ facts: { lists: 'inferred' } }), tokens };
    const options = { provider, answer: () => answer, tokenId: 'mt_1' };
    expect(await find('id:mt_1', options).found).toMatchObject({ id: 'mt_1', name: null, inUse: true });
    for (const text of ['mt_1', 'name:ci'])
      await expect(find(text, options).found).rejects.toMatchObject({
        facts: { code, hint: expect.stringContaining('id:…') },
      });
  });

  it.each([408, 429, 500, 503])('a server that is busy or down (%s) is no missing list', async (status) => {
    const { get: _, ...tokens } = fakeProvider().tokens;
    const provider = { ...fakeProvider({ facts: { lists: 'inferred' } }), tokens };
    const answer = () => ({ status, body: {} });
    await expect(find('id:mt_1', { provider, answer }).found).rejects.toMatchObject({ facts: { status } });
  });

  it('a list that is documented and missing is an error', async () => {
    const { get: _, ...tokens } = fakeProvider().tokens;
    const answer = () => ({ status: 404, body: {} });
    await expect(
      find('id:mt_1', { provider: { ...fakeProvider(), tokens }, answer }).found,
    ).rejects.toMatchObject({ code: 'not-found' });
  });

  it('does not take a failure for an absence', async () => {
    const answer = () => new AppError({ code: 'unavailable', message: 'the network is down' });
    await expect(find('id:a', { answer }).found).rejects.toMatchObject({ code: 'unavailable' });
    await expect(find('ci', { answer }).found).rejects.toMatchObject({ code: 'unavailable' });
    const forbidden = () => ({ status: 401, body: { message: 'no' } });
    await expect(find('id:a', { answer: forbidden }).found).rejects.toMatchObject({ code: 'auth' });
  });
});
