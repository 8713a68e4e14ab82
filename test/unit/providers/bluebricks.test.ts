import { describe, expect, it } from 'vitest';
import { SchemaDrift } from '../../../src/domain/schema-drift.ts';
import { Secret } from '../../../src/domain/secret.ts';
import { bluebricks } from '../../support/providers.ts';
import { answer, has, jwt, pageContext, refused, SPEC, TARGET, TOKEN } from './support.ts';

const { tokens } = bluebricks;
const NOW = Date.UTC(2026, 10, 22);
const LISTED = {
  id: '5f0c2a3e-8f4b-4c7e-9a51-0f343b093112',
  name: 'ci',
  created_at: '2024-11-25T14:38:18.123Z',
  expiration_time: null,
  updated_at: null,
  created_by: { id: 'auth0|123', name: 'Ann', nickname: 'ann', picture: '' },
  is_disabled: false,
};

describe('bluebricks requests', () => {
  it('address a token by its name', () => {
    const spec = tokens.checkSpec({ ...SPEC, name: 'ci' });
    expect(has(tokens.create).request(spec, {})).toEqual({
      method: 'POST',
      path: '/api/v1/auth/key',
      body: { name: 'ci' },
    });
    expect(has(tokens.enable).request(TARGET, {})).toEqual({
      method: 'POST',
      path: '/api/v1/auth/key/activate',
      body: { name: 'ci' },
      repeatable: true,
    });
    expect(has(tokens.disable).request(TARGET, {}).path).toBe('/api/v1/auth/key/deactivate');
    expect(refused(() => has(tokens.disable).request({ id: 'x', name: null }, {})).code).toBe('usage');
    expect(has(tokens.prove).request(TOKEN, {})).toEqual({ method: 'GET', path: '/api/v1/environments' });
    expect(
      has(tokens.list).request(undefined, {}, { size: 100, isPlain: false, newestFirst: false }).query,
    ).toEqual({
      offset: '0',
      limit: '100',
    });
  });

  it('exist for no delete, no revoke and no single token', () => {
    expect([tokens.remove, tokens.revoke, tokens.get, tokens.rename, tokens.rotate]).toEqual(
      Array(5).fill(undefined),
    );
    expect(bluebricks.instead['tokens revoke']).toContain('tokens disable');
    expect(bluebricks.instead['tokens delete']).toContain('tokens disable');
  });
});

describe('bluebricks specifications', () => {
  it.each([
    [{ name: null }],
    [{ name: 'ci', scopes: ['a'] }],
    [{ name: 'ci', expiresAt: '2027-01-01T00:00:00Z' }],
    [{ name: 'ci', options: { user: 'u' } }],
  ])('with %j are refused', (change) => {
    expect(refused(() => tokens.checkSpec({ ...SPEC, ...change })).code).toBe('usage');
  });

  it('get a fresh name for each operation', () => {
    const marking = has(tokens.marking);
    const spec = tokens.specOf({ ...TOKEN, name: 'ci-20251122-00000001' });
    const marked = marking.mark(spec, '7f3a9c21', NOW);
    expect(marked.name).toBe('ci-20261122-7f3a9c21');
    expect(marking.isMarked({ ...TOKEN, name: 'ci-20261122-7f3a9c21' }, marked)).toBe(true);
    expect(marking.isMarked(TOKEN, marked)).toBe(false);
  });
});

describe('bluebricks answers', () => {
  const page = (body: unknown, taken = 0) => has(tokens.list).decode(body, pageContext({ taken }));
  const offset = (body: unknown, taken = 0) => page(body, taken).paging.next?.query['offset'] ?? null;

  it('of a create hold the secret alone', () => {
    const issued = has(tokens.create).decode({ api_key: 'bbx_abc' }, SPEC);
    expect(issued.item).toBeNull();
    expect(issued.secret?.reveal()).toBe('bbx_abc');
    expect(() => has(tokens.create).decode({ name: 'ci' }, SPEC)).toThrow(SchemaDrift);
  });

  it('list with their own fields', () => {
    expect(page({ total: 1, list: [LISTED] })).toEqual({
      items: [
        {
          id: LISTED.id,
          name: 'ci',
          status: 'active',
          scopes: null,
          createdAt: '2024-11-25T14:38:18.123Z',
          expiresAt: null,
          lastUsedAt: null,
          createdBy: 'Ann',
          attributes: { created_by: LISTED.created_by, is_disabled: false },
        },
      ],
      withoutId: 0,
      paging: { next: null, total: 1, obstacle: null },
    });
    expect(page({ total: 1, list: [{ ...LISTED, is_disabled: 'true' }] }).items[0]?.status).toBe('disabled');
    expect(page({ total: 1, list: [{ ...LISTED, name: null }] }).items[0]?.name).toBeNull();
  });

  it('go on by what came back, whatever was asked for', () => {
    expect(offset({ total: 3, list: [LISTED] })).toBe('1');
    expect(offset({ total: 3, list: [LISTED] }, 2)).toBeNull();
    expect(offset({ total: 3, list: [] }, 3)).toBeNull();
    expect(page({ total: 0, list: null })).toMatchObject({ items: [], paging: { next: null, total: 0 } });
  });

  it.each([-1, 1e308, 0, '?', null])('do not believe the total %j beside a full list', (total) => {
    expect(page({ total, list: [LISTED] }).paging).toMatchObject({
      next: { query: { offset: '1' } },
      total: null,
    });
    expect(offset({ total, list: [] }, 1)).toBeNull();
  });

  it('of a change are not needed, and may be a refusal', () => {
    for (const body of [null, {}, [], 'Activated api key', { statusCode: 200 }]) {
      expect(has(tokens.enable).decode(body, TARGET)).toBeNull();
    }
    const error = { statusCode: 403, message: 'Missing required scopes', error: 'Forbidden' };
    expect(bluebricks.findRefusal(error)).toMatchObject({ code: 'auth' });
  });

  it('of refusal say what to do', () => {
    const body = { statusCode: 409, message: 'Key already exists in organization', error: 'Conflict' };
    expect(bluebricks.readError(answer(409, body))).toMatchObject({
      code: 'conflict',
      message: 'the state at the provider forbids this: "Key already exists in organization"',
      hint: expect.stringContaining('never freed'),
    });
  });
});

describe('bluebricks credentials', () => {
  it('are the session of a person: an API token is refused, an expired session too', () => {
    const error = refused(() => bluebricks.checkCredential(Secret.of('bbx_abc'), NOW));
    expect(error.code).toBe('auth');
    expect(error.facts.hint).toMatch(/JWT/);
    const session = Secret.of(jwt({ exp: NOW / 1000 }));
    expect(refused(() => bluebricks.checkCredential(session, NOW)).facts.hint).toBe('run `bricks login`');
    expect(bluebricks.checkCredential(session, NOW - 1)).toEqual({
      kind: 'session of `bricks login`',
      expiresAt: '2026-11-22T00:00:00Z',
      claims: [],
    });
    expect(bluebricks.checkCredential(Secret.of('opaque'), NOW).kind).toBe('unknown credential');
  });
});
