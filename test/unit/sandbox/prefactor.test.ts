import { describe, expect, test } from 'vitest';
import { makePfid, PFID, readPfid } from '../../../src/sandbox/pfid.ts';
import type { SandboxOptions } from '../../../src/sandbox/sandbox.ts';
import { START, setUp } from './support.ts';

const TOKENS = '/api/v1/api_token';

function prefactor(options?: Omit<SandboxOptions, 'world'>) {
  const it = setUp(options);
  const { secret: bearer, settings } = it.login('prefactor');
  const create = (details: object = { token_scope: 'account' }, more: object = {}) =>
    it.send('POST', TOKENS, { bearer, body: { details, ...more } });
  const act = (id: string, action: string, as = bearer) =>
    it.send('POST', `${TOKENS}/${id}/${action}`, { bearer: as, body: {} });
  return { ...it, bearer, create, act, ids: settings };
}

function claims(jwt: string) {
  return JSON.parse(Buffer.from(jwt.split('.')[1] ?? '', 'base64url').toString());
}

describe('ids', () => {
  test("match the vendor's published examples", () => {
    const seed = '013xrzp12g3nqk8ngskn1wtxgka5b0nf';
    expect(readPfid(seed)).toEqual({ time: 1_234_567_890_000, partition: 123_456_789 });
    expect(makePfid(1_234_567_890_000, 123_456_789, new Uint8Array(10))).toBe(
      `${seed.slice(0, 16)}${'0'.repeat(16)}`,
    );
  });

  test('share the partition of their account and carry their time', () => {
    const { create, ids } = prefactor();
    const { id } = create().body.details;
    const account = readPfid(ids['account-id'] ?? '');
    expect(id).toMatch(PFID);
    expect(readPfid(id)).toEqual({ time: START, partition: account?.partition });
  });
});

describe('a create', () => {
  test('answers with details and, beside them, a JWT', () => {
    const { create, ids } = prefactor();
    const { status, body } = create({ token_scope: 'account', expires_at: '2026-12-01T00:00:07.900Z' });
    expect(status).toBe(200);
    expect(body.details).toEqual({
      type: 'api_token',
      id: expect.stringMatching(PFID),
      account_id: ids['account-id'],
      environment_id: null,
      agent_id: null,
      agent_deployment_id: null,
      created_by_admin_user_id: expect.stringMatching(PFID),
      token_scope: 'account',
      status: 'active',
      expires_at: '2026-12-01T00:00:07Z',
      inserted_at: '2026-11-22T10:00:00Z',
      updated_at: '2026-11-22T10:00:00Z',
      last_used_at: null,
      available_actions: { activate: false, delete: false, revoke: true, suspend: true },
    });
    expect(body.token).toMatch(/^eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9\./);
    expect(claims(body.token)).toMatchObject({
      sub: body.details.id,
      exp: Date.parse('2026-12-01T00:00:07Z') / 1000,
    });
  });

  test.each([
    [{ token_scope: 'account' }, { details: 'required' }],
    [{ details: {} }, { token_scope: 'required' }],
    [{ details: { token_scope: 'world' } }, { token_scope: 'invalid' }],
    [{ details: { token_scope: 'account', name: 'ci' } }, { name: 'invalid' }],
    [{ details: { token_scope: 'account' }, name: 'ci' }, { name: 'invalid' }],
    [{ details: { token_scope: 'account', account_id: 'acct_1' } }, { account_id: 'invalid' }],
    [{ details: { token_scope: 'agent_deployment' } }, { environment_id: 'required', agent_id: 'required' }],
    [{ details: { token_scope: 'environment' } }, { environment_id: 'required' }],
    [{ details: { token_scope: 'account', expires_at: '2020-01-01T00:00:00Z' } }, { expires_at: 'invalid' }],
    [{ details: { token_scope: 'account', expires_at: '2030-01-01' } }, { expires_at: 'invalid' }],
    [
      { details: { token_scope: 'account' }, idempotency_key: 'x'.repeat(65) },
      { idempotency_key: 'invalid' },
    ],
  ])('refuses %j', (body, codes) => {
    const { send, bearer, sandbox } = prefactor();
    const answer = send('POST', TOKENS, { bearer, body });
    expect(answer).toMatchObject({ status: 422, body: { status: 'error', code: 'validation_errors' } });
    const found = Object.entries<{ code: string }>(answer.body.errors).map(([field, { code }]) => [
      field,
      code,
    ]);
    expect(Object.fromEntries(found)).toEqual(codes);
    expect(sandbox.tokens('prefactor')).toHaveLength(1);
  });

  test('binds a token to what its scope needs', () => {
    const { create, ids } = prefactor();
    const [environment_id, agent_id] = [ids['environment-id'], ids['agent-id']];
    expect(create({ token_scope: 'agent_deployment', environment_id, agent_id }).body.details).toMatchObject({
      environment_id,
      agent_id,
      agent_deployment_id: expect.stringMatching(PFID),
    });
    expect(create({ token_scope: 'environment', environment_id }).body.details).toMatchObject({
      environment_id,
    });
    expect(create({ token_scope: 'account', environment_id }).status).toBe(422);
    expect(create({ token_scope: 'environment', environment_id: agent_id }).status).toBe(404);
    expect(create({ token_scope: 'account', account_id: agent_id }).status).toBe(403);
  });

  test('is 400 where the body is no JSON object', () => {
    const { send, bearer } = prefactor();
    const answer = { status: 400, body: { status: 'error', code: 'bad_request' } };
    expect(send('POST', TOKENS, { bearer, body: 'x' })).toMatchObject(answer);
    expect(send('POST', TOKENS, { bearer })).toMatchObject(answer);
  });
});

describe('an idempotency key', () => {
  const key = { idempotency_key: 'operation-1' };
  const account = { token_scope: 'account' };

  test('gives the same token again', () => {
    const { create, sandbox, world } = prefactor();
    const first = create(account, key);
    world.advance(30);
    const again = create(account, key);
    expect(again).toEqual(first);
    expect(sandbox.tokens('prefactor')).toHaveLength(2);
  });

  test('may come as a header', () => {
    const { send, bearer, sandbox } = prefactor();
    const post = () =>
      send('POST', TOKENS, { bearer, headers: { 'idempotency-key': 'k' }, body: { details: account } }).body
        .token;
    expect(post()).toBe(post());
    expect(sandbox.tokens('prefactor')).toHaveLength(2);
  });

  test('with another body is a conflict', () => {
    const { create } = prefactor();
    create(account, key);
    expect(create({ ...account, expires_at: '2027-01-01T00:00:00Z' }, key).status).toBe(409);
  });

  test('gives the record without the token, or a second token, where the switch says so', () => {
    const redacted = prefactor({ assumptions: { prefactorIdempotency: 'redacted' } });
    const first = redacted.create(account, key).body;
    expect(redacted.create(account, key).body).toEqual({ status: 'success', details: first.details });
    const ignored = prefactor({ assumptions: { prefactorIdempotency: 'ignore' } });
    ignored.create(account, key);
    ignored.create(account, key);
    expect(ignored.sandbox.tokens('prefactor')).toHaveLength(3);
  });

  test('is remembered over a restart, the token is not', () => {
    const before = prefactor();
    const first = before.create(account, key).body;
    const after = setUp({}, 'restarted');
    after.sandbox.load(before.sandbox.save());
    const body = { details: account, ...key };
    const again = after.send('POST', TOKENS, { bearer: after.login('prefactor').secret, body });
    expect(again).toMatchObject({
      status: 200,
      body: { status: 'success', details: { id: first.details.id } },
    });
    expect(again.body).not.toHaveProperty('token');
    expect(after.send('GET', '/api/v1/ping', { bearer: first.token }).status).toBe(200);
  });
});

describe('the list', () => {
  test('comes in pages with the arithmetic done by the server', () => {
    const { send, bearer, sandbox } = prefactor();
    sandbox.seedTokens('prefactor', 24);
    const page = (offset: number) =>
      send('GET', `${TOKENS}?pagination[offset]=${offset}&pagination[page_size]=10`, { bearer }).body;
    expect(page(10).pagination).toEqual({
      item_count: 25,
      item_start: 11,
      item_end: 20,
      page_count: 3,
      page_index: 2,
      page_offset: 10,
      page_size: 10,
      next_page_offset: 20,
      previous_page_offset: 0,
    });
    expect(page(20).pagination).toMatchObject({ item_start: 21, item_end: 25 });
    expect(page(20).pagination).not.toHaveProperty('next_page_offset');
    const all = [page(0), page(10), page(20)].flatMap((it) => it.summaries.map((s: { id: string }) => s.id));
    expect(all).toEqual(sandbox.tokens('prefactor').map((it) => it.id));
    expect(page(40)).toMatchObject({ summaries: [], pagination: { item_start: 0, item_end: 0 } });
  });

  test.each([
    ['missing', undefined],
    ['null', null],
  ] as const)('the last page has the next offset "%s"', (prefactorLastPage, expected) => {
    const { send, bearer } = prefactor({ assumptions: { prefactorLastPage } });
    expect(send('GET', TOKENS, { bearer }).body.pagination.next_page_offset).toBe(expected);
  });

  test('has summaries without actions and without a token', () => {
    const { send, bearer, create, world } = prefactor();
    create();
    const { body } = send('GET', TOKENS, { bearer });
    expect(body.summaries).toHaveLength(2);
    for (const summary of body.summaries) expect(summary).not.toHaveProperty('available_actions');
    for (const secret of world.secrets) expect(JSON.stringify(body)).not.toContain(secret);
  });

  test.each([
    'pagination[page_size]=0',
    'pagination[page_size]=101',
    'pagination[offset]=-1',
    'sorting=-secret',
    'sorting[field]=id&sorting[direction]=up',
  ])('refuses %s', (query) => {
    const { send, bearer } = prefactor();
    expect(send('GET', `${TOKENS}?${query}`, { bearer }).status).toBe(422);
  });

  test('sorts either way, in both spellings', () => {
    const { send, bearer, create, world } = prefactor();
    const ids = [1, 2].map((day) => {
      world.advance(1);
      return create({ token_scope: 'account', expires_at: `2027-01-0${3 - day}T00:00:00Z` }).body.details.id;
    });
    const first = (query: string) => send('GET', `${TOKENS}?${query}`, { bearer }).body.summaries[0].id;
    expect(first('sorting=-inserted_at')).toBe(ids[1]);
    expect(first('sorting[field]=expires_at&sorting[direction]=asc')).toBe(ids[1]);
    expect(first('sorting[field]=last_used_at&sorting[direction]=desc')).not.toBe(ids[0]);
    const page = send('GET', `${TOKENS}?sorting=-inserted_at&pagination[offset]=1&pagination[page_size]=1`, {
      bearer,
    });
    expect(page.body.summaries.map((it: { id: string }) => it.id)).toEqual([ids[0]]);
  });
});

describe('the states', () => {
  test('active, suspended and revoked allow what they allow and nothing else', () => {
    const { create, act, send, bearer } = prefactor();
    const { id } = create().body.details;
    const remove = () => send('DELETE', `${TOKENS}/${id}`, { bearer });
    const refused = { status: 409, body: { status: 'error', code: 'invalid_action' } };

    expect(act(id, 'activate')).toMatchObject(refused);
    expect(remove()).toMatchObject(refused);
    expect(act(id, 'suspend').body.details).toMatchObject({
      status: 'suspended',
      available_actions: { activate: true, delete: false, revoke: true, suspend: false },
    });
    expect(act(id, 'suspend')).toMatchObject(refused);
    expect(remove()).toMatchObject(refused);
    expect(act(id, 'activate').body.details.status).toBe('active');
    expect(act(id, 'revoke').body.details).toMatchObject({
      status: 'revoked',
      available_actions: { activate: false, delete: true, revoke: false, suspend: false },
    });
    expect([act(id, 'activate').status, act(id, 'suspend').status, act(id, 'revoke').status]).toEqual([
      409, 409, 409,
    ]);
    expect(remove()).toMatchObject({ status: 200, body: { status: 'success' } });
    expect(remove().status).toBe(404);
    expect(act(id, 'suspend').body).toMatchObject({ status: 'error', code: 'not_found' });
  });

  test('need no body', () => {
    const { create, send, bearer } = prefactor();
    const { id } = create().body.details;
    expect(send('POST', `${TOKENS}/${id}/suspend`, { bearer }).status).toBe(200);
    expect(send('POST', `${TOKENS}/${id}/activate`, { bearer, body: { idempotency_key: 'k' } }).status).toBe(
      200,
    );
  });
});

describe('a caller', () => {
  test('without a token, with a wrong one, suspended, revoked or expired is 401', () => {
    const { create, act, send, world, login } = prefactor();
    const { details, token } = create({ token_scope: 'account', expires_at: '2026-11-22T11:00:00Z' }).body;
    const ping = (bearer?: string) => send('GET', '/api/v1/ping', bearer === undefined ? {} : { bearer });
    expect(ping()).toMatchObject({ status: 401, body: { code: 'not_authenticated' } });
    expect(ping('eyJ.x.y')).toMatchObject({ status: 401, body: { code: 'bad_authtoken' } });
    expect(ping(token)).toMatchObject({
      status: 200,
      body: { status: 'success', details: { token_type: 'api' } },
    });
    act(details.id, 'suspend');
    expect(ping(token)).toMatchObject({ status: 401, body: { code: 'bad_authtoken' } });
    act(details.id, 'activate');
    expect(ping(token).status).toBe(200);
    world.advance(3600);
    expect(ping(token).body).toEqual({ status: 'error', code: 'bad_authtoken', message: 'Token expired' });
    act(details.id, 'revoke');
    expect(ping(token).status).toBe(401);
    expect(ping(login('prefactor').secret).status).toBe(200);
  });

  test('may suspend itself, and is out', () => {
    const { sandbox, act, send, bearer } = prefactor();
    const [{ id } = { id: '' }] = sandbox.tokens('prefactor');
    expect(act(id, 'suspend').status).toBe(200);
    expect(send('GET', TOKENS, { bearer }).status).toBe(401);
  });

  test('with less than the account may ping and nothing more', () => {
    const { create, send, ids } = prefactor();
    const bearer = create({ token_scope: 'environment', environment_id: ids['environment-id'] }).body.token;
    expect(send('GET', '/api/v1/ping', { bearer }).status).toBe(200);
    expect(send('GET', TOKENS, { bearer })).toMatchObject({ status: 403, body: { code: 'not_permitted' } });
    expect(send('GET', '/api/v1/account', { bearer }).status).toBe(403);
  });

  test('leaves a trace: last_used_at moves with each call', () => {
    const { create, send, bearer, world } = prefactor();
    const { details, token } = create().body;
    const used = () => send('GET', `${TOKENS}/${details.id}`, { bearer }).body.details.last_used_at;
    expect(used()).toBeNull();
    world.advance(10);
    send('GET', '/api/v1/ping', { bearer: token });
    world.advance(10);
    expect(used()).toBe('2026-11-22T10:00:10Z');
    send('GET', '/api/v1/ping', { bearer: token });
    expect(used()).toBe('2026-11-22T10:00:20Z');
  });

  test('can read its account', () => {
    const { send, bearer, ids } = prefactor();
    const account = { type: 'account', id: ids['account-id'], name: 'Acme' };
    expect(send('GET', '/api/v1/account', { bearer }).body).toEqual({
      status: 'success',
      summaries: [account],
    });
    expect(send('GET', `/api/v1/account/${account.id}`, { bearer }).body.details).toEqual(account);
    expect(send('GET', '/api/v1/account/other', { bearer }).status).toBe(404);
  });
});
