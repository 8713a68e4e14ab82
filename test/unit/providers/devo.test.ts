import { describe, expect, it } from 'vitest';
import { SchemaDrift } from '../../../src/domain/schema-drift.ts';
import { Secret } from '../../../src/domain/secret.ts';
import { devo } from '../../support/providers.ts';
import { answer, has, pageContext, refused, SPEC, TARGET, TOKEN } from './support.ts';

const SETTINGS = { region: 'eu', domain: 'child@parent' };
const BASE = '/ws/accounts/child@parent/credentials/tokens';
const PAGE = pageContext();
const { tokens } = devo;
const WANTED = {
  ...SPEC,
  name: 'ci',
  scopes: ['table://my.app.**', 'level://admin'],
  options: { user: 'user@example.com', audience: 'apiv2' },
};
/** The vendor's own example. */
const LISTED = {
  name: 'ci',
  id: 7,
  scope: 'table://my.app.** level://admin',
  owner: 'admin@example.com',
  user: 'user@example.com',
  audience: 'apiv2-admin aggregations apiv2',
  token_type: 'Bearer',
  active: true,
  expiration: '2024-11-26T14:38:18.000+0000',
  account: 'acme',
  created: '2024-11-25T14:38:18.000+0000',
  updated: '2024-11-25T14:38:18.000+0000',
  expires_in_seconds: 86400,
};

describe('devo requests', () => {
  it.each(['us', 'eu', 'ca', 'apac', 'es'])('go to the region %s', (region) => {
    expect(devo.origin({ region })).toBe(`https://api-${region}.devo.com`);
  });

  it.each(['', 'xx', 'us.evil.com', 'us@evil', 'US/'])('refuse the region %j', (region) => {
    expect(refused(() => devo.origin({ region })).code).toBe('usage');
  });

  it('take a child domain in full', () => {
    const domain = has(devo.settings.find((setting) => setting.name === 'domain'));
    expect(domain.check(' child@parent ')).toBe('child@parent');
    for (const value of ['', '@parent', 'a@b@c', 'a/b', 'a b'])
      expect(refused(() => domain.check(value)).code).toBe('usage');
  });

  it('create with exactly four fields', () => {
    expect(has(tokens.create).request(tokens.checkSpec(WANTED), SETTINGS)).toEqual({
      method: 'POST',
      path: BASE,
      body: {
        name: 'ci',
        user: 'user@example.com',
        audience: 'apiv2',
        scopes: 'table://my.app.** level://admin',
      },
    });
  });

  it('address a token by its id', () => {
    expect(has(tokens.get).request(TARGET, SETTINGS)).toEqual({ method: 'GET', path: `${BASE}/42` });
    expect(has(tokens.enable).request(TARGET, SETTINGS)).toEqual({
      method: 'PUT',
      path: `${BASE}/42/enable`,
      repeatable: true,
    });
    expect(has(tokens.disable).request(TARGET, SETTINGS).path).toBe(`${BASE}/42/disable`);
    expect(has(tokens.rename).request({ ...TARGET, newName: 'new' }, SETTINGS)).toEqual({
      method: 'PUT',
      path: `${BASE}/42/rename`,
      body: { name: 'new' },
      repeatable: true,
    });
    expect(has(tokens.remove).request(TARGET, SETTINGS)).toEqual({
      method: 'DELETE',
      path: `${BASE}/42`,
      repeatable: true,
    });
    expect(has(tokens.revoke).request(TARGET, SETTINGS)).toEqual(
      has(tokens.remove).request(TARGET, SETTINGS),
    );
  });
});

describe('devo specifications', () => {
  it('accept several audiences and scopes, however they are parted', () => {
    const checked = tokens.checkSpec({
      ...WANTED,
      scopes: ['table://a.** level://admin', 'table://a.**'],
      options: { user: ' u@e ', audience: 'apiv2, http http' },
    });
    expect(checked.options).toEqual({ user: 'u@e', audience: 'apiv2 http' });
    expect(checked.scopes).toEqual(['table://a.**', 'level://admin']);
  });

  it.each([
    ['no scope', { scopes: [] }],
    ['no user', { options: { audience: 'apiv2' } }],
    ['no audience', { options: { user: 'u@e', audience: ' , ' } }],
    ['no name', { name: ' ' }],
    ['an end', { expiresAt: '2027-01-01T00:00:00Z' }],
    ['no option', { options: { ...WANTED.options, 'token-scope': 'account' } }],
  ])('are refused: %s', (why, change) => {
    const error = refused(() => tokens.checkSpec({ ...WANTED, ...change }));
    expect(error.code).toBe('usage');
    expect(error.message).toContain(why);
  });

  it('carry scopes, user and audience over', () => {
    const token = has(tokens.list).decode([LISTED], PAGE).items[0] ?? TOKEN;
    expect(tokens.checkSpec(tokens.specOf(token))).toEqual({
      ...WANTED,
      options: { user: 'user@example.com', audience: 'apiv2-admin aggregations apiv2' },
    });
    expect(tokens.specOf(TOKEN).options).toEqual({});
  });

  it('are marked in the name', () => {
    const marking = has(tokens.marking);
    const marked = marking.mark(WANTED, '7f3a9c21', Date.UTC(2026, 10, 22));
    expect(marked.name).toBe('ci-20261122-7f3a9c21');
    expect(marking.isMarked({ ...TOKEN, name: 'ci-20261122-7f3a9c21' }, marked)).toBe(true);
    expect(marking.isMarked({ ...TOKEN, name: 'ci-20261122-7f3a9c22' }, marked)).toBe(false);
    expect(marking.isMarked({ ...TOKEN, name: null }, { ...marked, name: null })).toBe(false);
  });
});

describe('devo answers', () => {
  it('list a bare array, with dates without a colon and an integer id', () => {
    expect(has(tokens.list).decode([LISTED], PAGE)).toEqual({
      items: [
        {
          id: '7',
          name: 'ci',
          status: 'active',
          scopes: ['table://my.app.**', 'level://admin'],
          createdAt: '2024-11-25T14:38:18Z',
          expiresAt: '2024-11-26T14:38:18Z',
          lastUsedAt: null,
          createdBy: 'admin@example.com',
          attributes: {
            user: 'user@example.com',
            audience: 'apiv2-admin aggregations apiv2',
            token_type: 'Bearer',
            account: 'acme',
            updated: '2024-11-25T14:38:18.000+0000',
            expires_in_seconds: 86400,
          },
        },
      ],
      withoutId: 0,
      paging: { next: null, total: null, obstacle: null },
    });
    expect(has(tokens.list).decode([{ ...LISTED, active: 'false' }], PAGE).items[0]?.status).toBe('disabled');
  });

  it('of an endless life end in the year 9999', () => {
    const life = { expiration: 'x', expires_in_seconds: 999_999_999_999_999 };
    const [item] = has(tokens.list).decode([{ ...LISTED, ...life }], PAGE).items;
    expect(item?.expiresAt).toBe('9999-12-31T23:59:59Z');
  });

  it.each(['token', 'access_token', 'value'])('show the value in %s', (field) => {
    const { item, secret } = has(tokens.get).decode({ ...LISTED, [field]: '0f34' }, TARGET);
    expect(secret?.reveal()).toBe('0f34');
    expect(JSON.stringify(item)).not.toContain('0f34');
  });

  it('of a create may tell everything, no value, or nothing', () => {
    const create = (body: unknown) => has(tokens.create).decode(body, WANTED);
    expect(create({ ...LISTED, token: '0f34' }).secret?.reveal()).toBe('0f34');
    expect(create(LISTED)).toMatchObject({ item: { id: '7' }, secret: null });
    expect(create(null)).toEqual({ item: null, secret: null });
    expect(() => create('ok')).toThrow(SchemaDrift);
  });

  it('of a change may be empty; of a read they may not', () => {
    expect(has(tokens.enable).decode(null, TARGET)).toBeNull();
    expect(has(tokens.disable).decode({ ...LISTED, active: false }, TARGET)).toMatchObject({
      status: 'disabled',
    });
    expect(() => has(tokens.get).decode(null, TARGET)).toThrow(SchemaDrift);
  });

  it.each([
    ['Unrecognized field "x"', /report this message/],
    ['Invalid required value: user', /--user/],
    ['Request has invalid audiences required', /--audience/],
    ['Request has invalid scopes required', /table:\/\//],
  ])('of refusal %s say what to do, with the id of the request', (message, hint) => {
    const problem = devo.readError(answer(400, { error: { code: 400, message } }, { 'x-devo-cid': 'cid-1' }));
    expect(problem).toMatchObject({ code: 'failure', requestId: 'cid-1', hint: expect.stringMatching(hint) });
  });

  it('of 403 name all four causes', () => {
    const problem = devo.readError(answer(403, null));
    expect(problem).toMatchObject({
      code: 'auth',
      hint: expect.stringMatching(/domain.*region.*kind.*role/),
    });
  });

  it('with a mask hold no secret', () => {
    const masked = has(tokens.get).decode({ ...LISTED, token: 'tk.0f343b.18a3b' }, TARGET).secret;
    expect(refused(() => devo.checkIssued(masked ?? Secret.of(''))).code).toBe('auth');
  });
});
