import { describe, expect, test } from 'vitest';
import type { Assumptions } from '../../../src/sandbox/assumptions.ts';
import { setUp } from './support.ts';

const TOKENS = '/api/v1/api_token';

function prefactor(assumptions: Partial<Assumptions> = {}) {
  const it = setUp({ assumptions });
  const { secret: bearer, settings: ids } = it.login('prefactor');
  const create = (details: object = {}, more: object = {}) =>
    it.send('POST', TOKENS, { bearer, body: { details: { token_scope: 'account', ...details }, ...more } });
  const list = (query = '') => it.send('GET', `${TOKENS}${query}`, { bearer }).body;
  return { ...it, bearer, ids, create, list };
}

describe('Prefactor', () => {
  test.each(['id', 'last_seen', 'status', 'title', 'started_at', 'email', 'name', 'external_identifier'])(
    'sorts by the documented field %s, either way',
    (field) => {
      const { list, create } = prefactor();
      create();
      const sorted = (direction: string) =>
        list(`?sorting[field]=${field}&sorting[direction]=${direction}`).summaries.map(
          (summary: { id: string }) => summary.id,
        );
      expect(sorted('desc')).toEqual(sorted('asc').toReversed());
      expect(list(`?sorting[field]=${field}`).sorting).toEqual({ field, direction: 'asc' });
    },
  );

  test('sorts by id as text', () => {
    const { list, create } = prefactor();
    for (let made = 0; made < 5; made += 1) create();
    const ids = list('?sorting[field]=id').summaries.map((summary: { id: string }) => summary.id);
    expect(ids).toEqual(ids.toSorted());
  });

  test('can page without saying so', () => {
    const { list, create } = prefactor({ prefactorPagination: 'null' });
    create();
    const second = list('?pagination[offset]=1&pagination[page_size]=1');
    expect(second).toMatchObject({ pagination: null, summaries: [{ token_scope: 'account' }] });
  });

  test('can name a next page for ever', () => {
    const { list } = prefactor({ prefactorPagination: 'overshoot' });
    expect(list().pagination.next_page_offset).toBe(50);
    expect(list('?pagination[offset]=50')).toMatchObject({
      summaries: [],
      pagination: { next_page_offset: 100 },
    });
  });

  test.each([
    ['honoured', '2026-12-01T00:00:00Z'],
    ['ignored', '2026-11-22T10:01:00Z'],
    ['never', null],
  ] as const)('has an expiry that is %s', (prefactorExpiry, expected) => {
    const { create, send, world, sandbox } = prefactor({ prefactorExpiry, prefactorLifetimeSeconds: 60 });
    const { details, token } = create({ expires_at: '2026-12-01T00:00:00Z' }).body;
    expect(details.expires_at).toBe(expected);
    world.advance(61);
    const live = prefactorExpiry !== 'ignored';
    expect(send('GET', '/api/v1/ping', { bearer: token }).status).toBe(live ? 200 : 401);
    expect(sandbox.tokens('prefactor').at(-1)?.live).toBe(live);
    sandbox.load(sandbox.save());
    expect(send('GET', '/api/v1/ping', { bearer: token }).status).toBe(live ? 200 : 401);
  });

  test.each([
    ['sub', { sub: 'own' }, ['jti']],
    ['jti', { jti: 'own' }, ['sub']],
    ['sub-and-random-jti', { sub: 'own', jti: 'random' }, []],
    ['random-jti', { jti: 'random' }, ['sub']],
    ['none', {}, ['sub', 'jti']],
  ] as const)('names a token in its JWT by %s', (prefactorClaims, expected, absent) => {
    const { create, ids } = prefactor({ prefactorClaims });
    const environment_id = ids['environment-id'];
    const read = (jwt: string) =>
      JSON.parse(Buffer.from(jwt.split('.')[1] ?? '', 'base64url').toString('utf8'));
    const { details, token } = create({ token_scope: 'environment', environment_id }).body;
    const claims = read(token);
    expect(claims['_']).toEqual({ a: ids['account-id'], e: environment_id });
    expect(read(create().body.token)['_']).toEqual({ a: ids['account-id'] });
    for (const [claim, kind] of Object.entries(expected))
      expect(claims[claim] === details.id).toBe(kind === 'own');
    for (const claim of absent) expect(claims).not.toHaveProperty(claim);
    expect(create().body.token).not.toBe(create().body.token);
  });

  test('gives the same JWT to a repeated create, also with a random claim', () => {
    const { create } = prefactor({ prefactorClaims: 'random-jti' });
    const key = { idempotency_key: 'k' };
    expect(create({}, key).body.token).toBe(create({}, key).body.token);
  });

  test('can answer the account as details, and refuse the legacy scope', () => {
    const { send, bearer, ids, create } = prefactor({
      prefactorAccount: 'details',
      prefactorEnvironmentScope: 'refused',
    });
    const account = send('GET', '/api/v1/account', { bearer }).body;
    expect(account).toMatchObject({ status: 'success', details: { id: ids['account-id'] } });
    expect(account).not.toHaveProperty('summaries');
    const environment = { token_scope: 'environment', environment_id: ids['environment-id'] };
    expect(create(environment)).toMatchObject({
      status: 422,
      body: { errors: { token_scope: { code: 'invalid' } } },
    });
  });
});
