import { describe, expect, it } from 'vitest';
import { Client } from '../../../../src/core/client.ts';
import { SchemaDrift } from '../../../../src/domain/schema-drift.ts';
import { Secret } from '../../../../src/domain/secret.ts';
import type { Provider } from '../../../../src/ports/provider.ts';
import { interpret } from '../../../../src/providers/definition/interpret.ts';
import { FakeTransport, ORIGIN } from '../../../support/fakes.ts';
import { answer, has, jwt, pageContext, refused, SPEC, TARGET, TOKEN } from '../support.ts';
import { changed, FIXTURE, type Raw, read } from './support.ts';

const SETTINGS = { region: 'eu', org: 'acme-inc' };
const NOW = Date.parse('2026-11-28T12:00:00Z');
const SECRET = `act_${'a1B2'.repeat(8)}`;
const acme = interpret(await read(FIXTURE));
const WANTED = {
  ...SPEC,
  name: 'ci',
  scopes: ['builds:write'],
  expiresAt: '2026-11-29T12:00:00Z',
  options: { 'allowed-ips': '["203.0.113.0/24"]' },
};

async function provider(change: (raw: Raw) => void): Promise<Provider> {
  return interpret(await read(changed(change)));
}

function clientOf(of: Provider, status: number, body: unknown): { client: Client; transport: FakeTransport } {
  const transport = new FakeTransport(() => ({ status, body }));
  const secret = Secret.of('own_0123456789abcdef');
  const base = { provider: of, profile: null, settings: SETTINGS, origin: ORIGIN, auth: of.auth[0], secret };
  return { client: new Client({ ...base, credentialName: null, tokenId: null }, transport), transport };
}

describe('requests of a definition', () => {
  it('take typed values, forms, constants and the time', () => {
    const request = has(acme.tokens.create).request(acme.tokens.checkSpec(WANTED), SETTINGS, NOW);
    expect(request).toEqual({
      method: 'POST',
      path: '/v2/orgs/acme-inc/tokens',
      headers: { 'accept-version': '2' },
      body: {
        label: 'ci',
        grants: ['builds:write'],
        environment: 'staging',
        allowed_ips: ['203.0.113.0/24'],
        ttl: 86_400,
      },
    });
  });

  it('leave out what is optional and absent, and refuse what is needed', () => {
    const { create } = acme.tokens;
    const spec = acme.tokens.checkSpec({ ...WANTED, expiresAt: null, options: {} });
    expect(has(create).request(spec, SETTINGS).body).not.toHaveProperty('ttl');
    expect(refused(() => has(create).request({ ...spec, name: null }, SETTINGS)).code).toBe('usage');
    expect(refused(() => has(create).request(acme.tokens.checkSpec(WANTED), SETTINGS)).message).toMatch(
      /"expires" cannot/,
    );
    const odd = { ...spec, options: { ...spec.options, 'allowed-ips': '[' } };
    expect(refused(() => has(create).request(odd, SETTINGS)).message).toMatch(/"option.allowed-ips" cannot/);
    expect(refused(() => has(create).request(spec, { region: 'eu' })).message).toMatch(/"org" is missing/);
  });

  it('keep a value within its segment, and a host within the choices', () => {
    expect(has(acme.tokens.get).request({ id: 'a/../b', name: null }, SETTINGS).path).toBe(
      '/v2/orgs/acme-inc/tokens/a%2F..%2Fb',
    );
    expect(acme.origin(SETTINGS)).toBe('https://api.eu.acme.example');
    expect(refused(() => acme.origin({ ...SETTINGS, region: 'evil.example/' })).code).toBe('usage');
  });
});

describe('answers of a definition', () => {
  const create = (body: unknown) => has(acme.tokens.create).decode(body, WANTED, Secret.of('own'));

  it('hold the token and the secret in their places', () => {
    const token = { id: 7, label: 'ci', grants: ['a'], expires: 1_795_348_800, creator: { email: 'a@b' } };
    const { item, secret } = create({ token: { ...token, environment: 'staging' }, secret: SECRET });
    expect(secret?.reveal()).toBe(SECRET);
    expect(item).toMatchObject({ id: '7', name: 'ci', createdBy: 'a@b', expiresAt: '2026-11-22T12:00:00Z' });
    expect(item?.attributes).toEqual({ environment: 'staging' });
  });

  it('that repeat the secret in what is shown tell nothing beside the id', () => {
    const { item } = create({ token: { id: 7, label: SECRET, environment: SECRET }, secret: SECRET });
    expect(JSON.stringify(item)).not.toContain(SECRET);
    expect(item).toMatchObject({ id: '7', name: 'ci' });
  });

  it('show no attribute with the form of a secret', () => {
    const { items } = has(acme.tokens.list).decode(
      { tokens: [{ id: 1, environment: SECRET }] },
      pageContext(),
    );
    expect(items[0]?.attributes).toEqual({});
  });

  it('without the secret keep the id; with neither they are drift', () => {
    expect(create({ token: { id: 7 } })).toMatchObject({ item: { id: '7' }, secret: null });
    expect(create({ token: { id: 7 } }).drift).toBeInstanceOf(SchemaDrift);
    for (const body of [null, {}, [], { token: {} }]) expect(() => create(body)).toThrow(SchemaDrift);
  });

  it('lack nothing that must be there', () => {
    const probe = (body: unknown) => acme.probe.decode(body, undefined);
    expect(probe({ id: 'u1', org: { id: 'o1' } })).toMatchObject({ subject: 'u1', account: 'o1' });
    for (const body of [null, {}, { id: null }, 'ok']) expect(() => probe(body)).toThrow(SchemaDrift);
  });

  it('are read by their documented words of refusal', () => {
    const problem = acme.readError(
      answer(400, { error: { code: 'token_name_taken', detail: 'Taken' } }, { 'x-acme-request': 'r1' }),
    );
    expect(problem).toMatchObject({
      code: 'conflict',
      message: expect.stringContaining('"Taken"'),
      requestId: 'r1',
    });
  });
});

describe('a refusal that quotes a secret', () => {
  it('is shown without it, by the form that the definition publishes', () => {
    const { message } = acme.readError(answer(422, { error: { detail: `the token ${SECRET} is odd` } }));
    expect(message).toBe('the provider refused the request (status 422): "the token [secret] is odd"');
  });
});

describe('pages of a definition', () => {
  const wish = { size: 500, isPlain: false, newestFirst: false };

  it('by cursor go on where it is told, and end where it is not', async () => {
    const list = has(acme.tokens.list);
    expect(list.request(undefined, SETTINGS, wish).query).toEqual({ include_revoked: 'true', limit: '100' });
    const next = (meta: unknown) => list.decode({ tokens: [{ id: 1 }], meta }, pageContext()).paging.next;
    expect(next({ next: 'c2' })).toEqual({ query: { after: 'c2' }, replaces: false });
    expect(next({ next: 'https://evil.example/x?after=c3&limit=9' })).toEqual({
      query: { after: 'c3' },
      replaces: false,
    });
    for (const nothing of [null, '']) expect(next({ next: nothing })).toBeNull();
  });

  it('by number go on until one is empty, or all have come', async () => {
    const { tokens } = await provider((d) => {
      d.tokens.list.pages = { by: 'page', param: 'page', size: 'per', most: 50, total: '/total' };
    });
    const list = has(tokens.list);
    expect(list.request(undefined, SETTINGS, wish).query).toMatchObject({ page: '1', per: '50' });
    const next = (rows: readonly unknown[], more: object, taken = 0) =>
      list.decode({ tokens: rows, ...more }, pageContext({ taken, index: 2 })).paging.next?.query['page'] ??
      null;
    expect(next([{ id: 1 }], {})).toBe('4');
    expect(next([], {})).toBeNull();
    expect(next([{ id: 1 }], { total: 9 }, 8)).toBeNull();
  });

  it('by the last row send its cursor', async () => {
    const { tokens } = await provider((d) => {
      d.tokens.list.pages = { by: 'cursor', param: 'after', last: '/id', more: '/has_more' };
      d.token.only = [{ at: '/kind', is: 'token' }];
    });
    const rows = [
      { id: 1, kind: 'token' },
      { id: 2, kind: 'session' },
    ];
    const page = has(tokens.list).decode({ tokens: rows, has_more: true }, pageContext());
    expect(page.items.map(({ id }) => id)).toEqual(['1']);
    expect(page.paging.next).toEqual({ query: { after: '2' }, replaces: false });
    expect(has(tokens.list).decode({ tokens: rows, has_more: false }, pageContext()).paging.next).toBeNull();
  });
});

describe('a definition through the client', () => {
  it('a secret that may not do this is proved, and one that is unknown is not', async () => {
    const prove = has(acme.tokens.prove);
    await expect(clientOf(acme, 403, { error: {} }).client.call(prove, TOKEN)).resolves.toMatchObject({
      subject: null,
    });
    await expect(clientOf(acme, 401, {}).client.call(prove, TOKEN)).rejects.toMatchObject({ code: 'auth' });
    await expect(clientOf(acme, 200, null).client.call(prove, TOKEN)).rejects.toBeInstanceOf(SchemaDrift);
  });

  it('an end of what is gone is done', async () => {
    await expect(
      clientOf(acme, 404, {}).client.call(has(acme.tokens.remove), TARGET),
    ).resolves.toBeUndefined();
  });

  it('a success whose body refuses is a refusal', async () => {
    const inside = await provider((d) => {
      d.errors.inside = [{ at: '/fault/no', least: 400 }];
    });
    const { client } = clientOf(inside, 200, { fault: { no: 403, detail: 'No' } });
    await expect(client.call(has(inside.tokens.disable), TARGET)).rejects.toMatchObject({ code: 'failure' });
  });
});

describe('the credential of a definition', () => {
  it('is refused by its prefix, as a mask, as another vendor’s, and as a JWT that it is not', async () => {
    const check = (value: string, of = acme) => of.checkCredential(Secret.of(value), NOW);
    expect(refused(() => check('acp_x')).message).toBe('a project key cannot manage tokens');
    for (const value of [`ghp_${'a'.repeat(36)}`, '****', jwt({ sub: 'x' })])
      expect(refused(() => check(value)).code).toBe('auth');
    expect(check('opaque-0123456789').kind).toBe('a token with the scope tokens:admin');
    const sessions = await provider((d) => {
      d.credential.jwt = { ids: true };
    });
    expect(check(jwt({ jti: 'j1' }), sessions).claims).toEqual(['j1']);
    expect(refused(() => check(jwt({ exp: NOW / 1_000 - 1 }), sessions)).message).toMatch(/expired at/);
  });

  it('is put where the vendor wants it', async () => {
    const [bearer, key] = acme.auth;
    expect(bearer.headers(Secret.of('s'))).toEqual({ authorization: 'Bearer s' });
    expect(key?.headers(Secret.of('$&'))).toEqual({ 'x-api-key': '$&' });
    const basic = await provider((d) => {
      d.auth.bearer = { basic: 'api:<secret>' };
    });
    expect(basic.auth[0].headers(Secret.of('ü'))).toEqual({
      authorization: `Basic ${Buffer.from('api:ü').toString('base64')}`,
    });
  });
});
