import { describe, expect, it } from 'vitest';
import { SchemaDrift } from '../../../src/domain/schema-drift.ts';
import { Secret } from '../../../src/domain/secret.ts';
import { prefactor } from '../../support/providers.ts';
import { answer, has, jwt, pageContext, refused, SPEC, TARGET, TOKEN } from './support.ts';

const { tokens } = prefactor;
const PAGE = pageContext();
const NOW = Date.UTC(2026, 10, 22);
const AGENT = { 'token-scope': 'agent_deployment', 'environment-id': 'env1', 'agent-id': 'agt1' };
const DETAILS = {
  id: '013xrzp12g3nqk8n7f8f9jbg8d18q7tm',
  type: 'api_token',
  account_id: '013xrzp12g3nqk8ngskn1wtxgka5b0nf',
  environment_id: null,
  agent_id: null,
  created_by_admin_user_id: '013xrzp12g3nqk8nh0qrc2b1jfanmvb9',
  token_scope: 'account',
  status: 'active',
  expires_at: '2027-01-01T00:00:00Z',
  inserted_at: '2024-01-01T00:00:00.000000Z',
  updated_at: '2024-01-01T00:00:00Z',
  last_used_at: null,
  available_actions: { activate: false, delete: false, revoke: true, suspend: true },
};

describe('prefactor requests', () => {
  const bodyOf = (spec: object, settings = {}) =>
    has(tokens.create).request(tokens.checkSpec({ ...SPEC, ...spec }), settings).body;

  it('create inside details, with the idempotency key beside them', () => {
    expect(bodyOf({}, { 'account-id': 'acct_1' })).toEqual({
      details: { token_scope: 'account', account_id: 'acct_1' },
    });
    expect(
      bodyOf({ options: AGENT, expiresAt: '2027-01-01T00:00:00Z', idempotencyKey: 'keyturn-7f3a9c21' }),
    ).toEqual({
      details: {
        token_scope: 'agent_deployment',
        environment_id: 'env1',
        agent_id: 'agt1',
        expires_at: '2027-01-01T00:00:00Z',
      },
      idempotency_key: 'keyturn-7f3a9c21',
    });
    expect(bodyOf({ name: 'ci', options: { 'account-id': 'b' } }, { 'account-id': 'a' })).toEqual({
      details: { token_scope: 'account', account_id: 'b' },
    });
  });

  it('list by offset, a hundred at most', () => {
    const { query } = has(tokens.list).request(
      undefined,
      { 'account-id': 'a' },
      { size: 500, isPlain: false, newestFirst: false },
    );
    expect(query).toEqual({
      'pagination[offset]': '0',
      'pagination[page_size]': '100',
      'sorting[field]': 'id',
      account_id: 'a',
    });
    expect(
      has(tokens.list).request(undefined, {}, { size: 0, isPlain: true, newestFirst: false }).query,
    ).toEqual({
      'pagination[offset]': '0',
      'pagination[page_size]': '1',
    });
  });

  it.each([
    ['enable', 'activate'],
    ['disable', 'suspend'],
    ['revoke', 'revoke'],
  ] as const)('%s is %s', (name, verb) => {
    expect(has(tokens[name]).request(TARGET, {})).toEqual({
      method: 'POST',
      path: `/api/v1/api_token/42/${verb}`,
      body: {},
      repeatable: true,
    });
  });

  it('delete by id', () => {
    expect(has(tokens.remove).request(TARGET, {})).toEqual({
      method: 'DELETE',
      path: '/api/v1/api_token/42',
      repeatable: true,
    });
  });
});

describe('prefactor specifications', () => {
  it.each([
    [{ 'agent-id': 'a' }],
    [{ 'environment-id': 'e' }],
    [{ 'token-scope': 'agent_deployment' }],
    [{ 'token-scope': 'agent_deployment', 'agent-id': 'a' }],
    [{ 'token-scope': 'agent_deployment', 'environment-id': 'e' }],
    [{ 'token-scope': 'environment' }],
    [{ 'token-scope': 'environment', 'environment-id': 'e', 'agent-id': 'a' }],
    [{ 'token-scope': 'root' }],
    [{ user: 'u' }],
  ])('with %j are refused', (options) => {
    expect(refused(() => tokens.checkSpec({ ...SPEC, options })).code).toBe('usage');
  });

  it('take the three scopes, account by default, and no scopes by name', () => {
    expect(tokens.checkSpec(SPEC).options).toEqual({ 'token-scope': 'account' });
    expect(tokens.checkSpec({ ...SPEC, options: AGENT }).options).toEqual(AGENT);
    const legacy = { 'token-scope': 'environment', 'environment-id': 'e' };
    expect(tokens.checkSpec({ ...SPEC, options: legacy }).options).toEqual(legacy);
    expect(refused(() => tokens.checkSpec({ ...SPEC, scopes: ['org.read'] })).facts.hint).toMatch(
      /--token-scope/,
    );
    for (const idempotencyKey of ['short', 'x'.repeat(65), 'with blank']) {
      expect(refused(() => tokens.checkSpec({ ...SPEC, idempotencyKey })).code).toBe('usage');
    }
  });

  it('carry the reach over', () => {
    const attributes = {
      token_scope: 'agent_deployment',
      account_id: 'a',
      environment_id: 'e',
      agent_id: 'g',
    };
    expect(tokens.specOf({ ...TOKEN, attributes }).options).toEqual({
      'token-scope': 'agent_deployment',
      'account-id': 'a',
      'environment-id': 'e',
      'agent-id': 'g',
    });
  });

  it('are marked by the idempotency key and the seconds of the end', () => {
    const marking = has(tokens.marking);
    const marked = marking.mark({ ...SPEC, expiresAt: '2027-01-01T10:20:30Z' }, '00000007', NOW);
    expect(marked).toMatchObject({ idempotencyKey: 'keyturn-00000007', expiresAt: '2027-01-01T10:20:07Z' });
    expect(tokens.checkSpec(marked).idempotencyKey).toBe('keyturn-00000007');
    expect(marking.isMarked({ ...TOKEN, expiresAt: '2027-01-01T10:20:07.5Z' }, marked)).toBe(true);
    expect(marking.isMarked({ ...TOKEN, expiresAt: '2027-01-01T10:20:08Z' }, marked)).toBe(false);
    expect(marking.isMarked({ ...TOKEN, expiresAt: null }, marked)).toBe(false);
    const open = marking.mark(SPEC, '00000007', NOW);
    expect(marking.isMarked({ ...TOKEN, expiresAt: null }, open)).toBe(false);
    const soon = marking.mark({ ...SPEC, expiresAt: '2026-11-22T00:00:05Z' }, '00000000', NOW + 2_000);
    expect(soon.expiresAt).toBe('2026-11-22T00:00:05Z');
  });
});

describe('prefactor answers', () => {
  it('hold the secret beside the details', () => {
    const { item, secret } = has(tokens.create).decode(
      { status: 'success', details: DETAILS, token: 'eyJ.a.b' },
      SPEC,
    );
    expect(secret?.reveal()).toBe('eyJ.a.b');
    expect(item).toEqual({
      id: DETAILS.id,
      name: null,
      status: 'active',
      scopes: ['account'],
      createdAt: '2024-01-01T00:00:00Z',
      expiresAt: '2027-01-01T00:00:00Z',
      lastUsedAt: null,
      createdBy: DETAILS.created_by_admin_user_id,
      attributes: {
        type: 'api_token',
        token_scope: 'account',
        account_id: DETAILS.account_id,
        updated_at: DETAILS.updated_at,
        available_actions: DETAILS.available_actions,
      },
    });
  });

  it('list summaries, or details where the vendor says so', () => {
    for (const field of ['summaries', 'details']) {
      const { items } = has(tokens.list).decode({ status: 'success', [field]: [DETAILS] }, PAGE);
      expect(items[0]?.id).toBe(DETAILS.id);
    }
    for (const body of [{ summaries: {} }, { status: 'success' }, 'text', 7]) {
      expect(() => has(tokens.list).decode(body, PAGE)).toThrow(SchemaDrift);
    }
  });

  it.each([
    [{ next_page_offset: 110, item_count: 200 }, '110'],
    [{ next_page_offset: '110' }, '110'],
    [{ next_page_offset: null, item_count: 91 }, null],
    [{ next_page_offset: 190, item_count: 91 }, null],
    [{ next_page_offset: null, item_count: 200 }, '91'],
    [{ next_page_offset: null }, null],
    [{ next_page_offset: 0 }, null],
    [{}, null],
    [null, null],
  ])('with the pagination %j go on at %j', (pagination, offset) => {
    const page = pageContext({ taken: 90, size: 10 });
    const { paging } = has(tokens.list).decode({ summaries: [DETAILS], pagination }, page);
    expect(paging.next?.query['pagination[offset]'] ?? null).toBe(offset);
  });

  it('a full page without pagination is followed by another', () => {
    const query = { 'pagination[offset]': '4' };
    const page = pageContext({ size: 1, taken: 4, request: { method: 'GET', path: '/list', query } });
    const { paging } = has(tokens.list).decode({ summaries: [DETAILS], pagination: null }, page);
    expect(paging.next).toEqual({ query: { 'pagination[offset]': '5' }, replaces: false });
  });

  it.each([
    ['active', 'active'],
    ['suspended', 'disabled'],
    ['revoked', 'revoked'],
  ])('with the status %s mean %s', (status, expected) => {
    expect(has(tokens.get).decode({ details: { ...DETAILS, status } }, TARGET).item?.status).toBe(expected);
  });

  it('of a ping tell what the token is', () => {
    const body = { status: 'success', details: { token_type: 'api' } };
    expect(prefactor.probe.decode(body, undefined)).toMatchObject({ subject: 'api', account: null });
    expect(has(tokens.prove).decode(null, TOKEN)).toMatchObject({ subject: null });
  });

  it('of refusal are read by their code, even with a 2xx', () => {
    expect(
      prefactor.readError(answer(400, { status: 'error', code: 'invalid_action', message: 'No' })),
    ).toMatchObject({
      code: 'conflict',
    });
    expect(prefactor.readError(answer(409, { status: 'error', code: 'invalid_action' })).hint).toMatch(
      /tokens revoke/,
    );
    expect(
      prefactor.readError(answer(401, { status: 'error', code: 'bad_authtoken', message: 'Token expired' })),
    ).toMatchObject({ code: 'auth', message: expect.stringContaining('Token expired') });
    const errors = { expires_at: { status: 'error', code: 'required', message: 'is required' } };
    const body = { status: 'error', code: 'validation_errors', message: 'Validation failed', errors };
    expect(prefactor.readError(answer(422, body)).message).toContain(
      'Validation failed; expires_at: is required',
    );
    expect(prefactor.findRefusal(body)).toMatchObject({ code: 'failure' });
  });
});

describe('prefactor credentials', () => {
  it('are refused when they have expired; others pass', () => {
    const secret = (exp: number) => Secret.of(jwt({ exp }));
    expect(refused(() => prefactor.checkCredential(secret(NOW / 1000), NOW)).code).toBe('auth');
    expect(prefactor.checkCredential(secret(NOW / 1000 + 60), NOW).expiresAt).toBe('2026-11-22T00:01:00Z');
    expect(prefactor.checkCredential(Secret.of(jwt({ jti: DETAILS.id })), NOW).claims).toEqual([DETAILS.id]);
    expect(prefactor.checkCredential(Secret.of(jwt({ sub: DETAILS.id })), NOW).claims).toEqual([DETAILS.id]);
    expect(prefactor.checkCredential(Secret.of('pf_abc'), NOW).kind).toBe('SDK key');
    expect(prefactor.checkCredential(Secret.of('opaque'), NOW).expiresAt).toBeNull();
  });
});
