import { describe, expect, test } from 'vitest';
import type { Assumptions } from '../../../src/sandbox/assumptions.ts';
import { setUp } from './support.ts';

const TOKENS = '/api/organizations/acme-inc/machine-tokens';

function paged(errovaPaging: Assumptions['errovaPaging']) {
  const it = setUp({ assumptions: { errovaPaging, errovaPageSize: 2 } });
  it.sandbox.seedTokens('errova', 4);
  const bearer = it.login('errova').secret;
  const all = it.sandbox.tokens('errova').map((token) => token.id);
  const get = (target = TOKENS) => it.send('GET', target, { bearer });
  const ids = (body: { machineTokens: { id: string }[] }) => body.machineTokens.map((token) => token.id);
  return { all, get, ids };
}

// biome-ignore lint/suspicious/noExplicitAny: each style has its own form
type Next = (answer: { headers: Readonly<Record<string, string>>; body: any }) => string | null;
const byCursor = (cursor: unknown, name = 'cursor') =>
  cursor === null || cursor === '' ? null : `${TOKENS}?${name}=${encodeURIComponent(String(cursor))}`;

const STYLES: readonly (readonly [Assumptions['errovaPaging'], Next])[] = [
  ['nextCursor', ({ body }) => byCursor(body.nextCursor)],
  ['next_cursor', ({ body }) => byCursor(body.next_cursor, 'after')],
  ['nextPageToken', ({ body }) => byCursor(body.nextPageToken, 'pageToken')],
  ['meta.nextCursor', ({ body }) => byCursor(body.meta.nextCursor)],
  ['pagination.nextCursor', ({ body }) => byCursor(body.pagination.nextCursor)],
  ['pageInfo.endCursor', ({ body }) => byCursor(body.pageInfo.endCursor, 'after')],
  ['numericCursor', ({ body }) => byCursor(body.nextCursor)],
  ['next', ({ body }) => body.next],
  ['links.next', ({ body }) => body.links.next],
  ['linkHeader', ({ headers }) => /^<(.+)>; rel="next"$/.exec(headers['link'] ?? '')?.[1] ?? null],
  ['page', ({ body }) => (body.page < body.totalPages ? `${TOKENS}?page=${body.page + 1}` : null)],
];

describe('the pages of a list', () => {
  test.each(STYLES)('named by %s lead to every token, once', (style, next) => {
    const { all, get, ids } = paged(style);
    const found: string[] = [];
    let target: string | null = TOKENS;
    for (let page = 0; target !== null && page < 9; page += 1) {
      const answer = get(target);
      expect(answer.status).toBe(200);
      found.push(...ids(answer.body));
      target = next(answer);
    }
    expect(target).toBeNull();
    expect(found).toEqual(all);
  });

  test('come in one where nothing is switched', () => {
    const { all, get, ids } = paged('none');
    expect(Object.keys(get().body)).toEqual(['machineTokens']);
    expect(ids(get().body)).toEqual(all);
  });

  test.each([
    ['total', { total: 5 }],
    ['hasMore', { hasMore: true }],
  ] as const)('with %s alone have no way on', (style, more) => {
    const { all, get, ids } = paged(style);
    expect(get().body).toMatchObject(more);
    expect(ids(get().body)).toEqual(all.slice(0, 2));
    expect(ids(get(`${TOKENS}?cursor=2`).body)).toEqual(all.slice(0, 2));
  });

  test('can have no end', () => {
    const { all, get, ids } = paged('endless');
    const cursors = new Set<string>();
    let target = TOKENS;
    for (let page = 0; page < 20; page += 1) {
      const { body } = get(target);
      expect(ids(body)).toEqual(all.slice(0, 2));
      cursors.add(body.nextCursor);
      target = byCursor(body.nextCursor) ?? '';
    }
    expect(cursors.size).toBe(20);
  });

  test.each(['cursor=%21', 'page=x', 'after=-1'])('refuse %s', (query) => {
    expect(paged('nextCursor').get(`${TOKENS}?${query}`).status).toBe(422);
  });
});

test.each([
  ['empty', []],
  ['null', null],
] as const)('a list of nothing can be %s', (errovaEmptyList, expected) => {
  const { send, login } = setUp({ assumptions: { errovaEmptyList } });
  const bearer = login('errova').secret;
  expect(send('GET', '/api/organizations/acme-inc/projects', { bearer }).body).toEqual({
    projects: expected,
  });
});

describe('a vendor without lists', () => {
  test.each(['404', '405', '401', '403', '501'] as const)('answers every GET with %s', (errovaLists) => {
    const { send, login } = setUp({ assumptions: { errovaLists } });
    const bearer = login('errova').secret;
    for (const path of [TOKENS, '/api/organizations/acme-inc/projects', `${TOKENS}/mt_1`])
      expect(send('GET', path, { bearer })).toMatchObject({
        status: Number(errovaLists),
        body: { error: { code: 'no_such_list', message: expect.any(String) } },
      });
    const project = { name: 'Web App', platform: 'nextjs', environment: 'production' };
    expect(send('POST', '/api/organizations/acme-inc/projects', { bearer, body: project }).status).toBe(201);
  });

  test('can answer with its web page', () => {
    const { send } = setUp({ assumptions: { errovaLists: 'html' } });
    const { status, headers, body } = send('GET', TOKENS);
    expect([status, headers['content-type']]).toEqual([200, 'text/html; charset=utf-8']);
    expect(body).toContain('<!doctype html>');
  });
});
