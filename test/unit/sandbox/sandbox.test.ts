import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import type { ProviderId } from '../../../src/sandbox/vendor.ts';
import { driver, request, setUp } from './support.ts';

const PROVIDERS: readonly ProviderId[] = ['errova', 'devo', 'prefactor', 'bluebricks'];
const READS: Readonly<Record<ProviderId, string>> = {
  errova: '/api/organizations/acme-inc/machine-tokens',
  devo: '/ws/accounts/acme/credentials/tokens',
  prefactor: '/api/v1/api_token',
  bluebricks: '/api/v1/auth/keys',
};

test.each(PROVIDERS)('%s is reached by its path, with the login that the sandbox hands out', (provider) => {
  const { send, login } = setUp();
  expect(send('GET', READS[provider], { bearer: login(provider).secret }).status).toBe(200);
  expect(send('GET', READS[provider]).status).toBe(401);
});

test("no vendor accepts another vendor's credential", () => {
  const { send, login } = setUp();
  for (const own of PROVIDERS)
    for (const other of PROVIDERS.filter((it) => it !== own))
      expect([401, 403]).toContain(send('GET', READS[own], { bearer: login(other).secret }).status);
});

test('a path of nobody is 404', () => {
  expect(setUp().send('GET', '/').status).toBe(404);
});

test('the same world gives the same answers', () => {
  const run = () => {
    const { send, login } = setUp();
    return send('POST', '/api/v1/auth/key', { bearer: login('bluebricks').secret, body: { name: 'ci' } });
  };
  expect(run()).toEqual(run());
});

test('every secret that is issued is told to the world', () => {
  const { world, sandbox, send, login } = setUp();
  expect(sandbox.logins.map((it) => it.secret).filter((it) => !world.secrets.includes(it))).toEqual([]);
  const bearer = login('bluebricks').secret;
  const { api_key } = send('POST', '/api/v1/auth/key', { bearer, body: { name: 'ci' } }).body;
  expect(world.secrets.at(-1)).toBe(api_key);
});

test('a test can ask which tokens live, by the hash of their secret', () => {
  const { sandbox, send, login } = setUp();
  const bearer = login('bluebricks').secret;
  const { api_key } = send('POST', '/api/v1/auth/key', { bearer, body: { name: 'ci' } }).body;
  const fingerprint = createHash('sha256').update(api_key).digest('hex');
  const found = () => sandbox.tokens('bluebricks').find((it) => it.fingerprint === fingerprint);
  expect(found()).toMatchObject({ name: 'ci', live: true });
  send('POST', '/api/v1/auth/key/deactivate', { bearer, body: { name: 'ci' } });
  expect(found()?.live).toBe(false);
});

test.each(PROVIDERS)('5,000 tokens of %s are made quickly and are all there', (provider) => {
  const { sandbox } = setUp();
  const before = sandbox.tokens(provider).length;
  const started = performance.now();
  sandbox.seedTokens(provider, 5_000);
  expect(performance.now() - started).toBeLessThan(2_000);
  const views = sandbox.tokens(provider);
  expect(views).toHaveLength(before + 5_000);
  expect(new Set(views.map((it) => it.fingerprint)).size).toBe(views.length);
});

describe('a saved state', () => {
  test('brings everything back after a restart, beside fresh logins', () => {
    const before = setUp();
    for (const provider of PROVIDERS) before.sandbox.seedTokens(provider, 3);
    const after = setUp({}, 'restarted');
    after.sandbox.load(JSON.parse(JSON.stringify(before.sandbox.save())));

    for (const provider of PROVIDERS) {
      const old = before.sandbox.tokens(provider).map((it) => it.fingerprint);
      expect(after.sandbox.tokens(provider).map((it) => it.fingerprint)).toEqual(expect.arrayContaining(old));
      const secrets = [before.login(provider).secret, driver(after.sandbox).login(provider).secret];
      expect(secrets[0]).not.toBe(secrets[1]);
      for (const bearer of secrets) expect(after.send('GET', READS[provider], { bearer }).status).toBe(200);
    }
  });

  test('keeps names, ids and states', () => {
    const before = setUp();
    const bearer = before.login('bluebricks').secret;
    before.send('POST', '/api/v1/auth/key', { bearer, body: { name: 'ci' } });
    before.send('POST', '/api/v1/auth/key/deactivate', { bearer, body: { name: 'ci' } });
    const listed = before.send('GET', READS.bluebricks, { bearer });
    const after = setUp({}, 'restarted');
    after.sandbox.load(JSON.parse(JSON.stringify(before.sandbox.save())));
    expect(after.send('GET', READS.bluebricks, { bearer })).toEqual(listed);
  });

  test("holds no secret, except Devo's values", () => {
    const { sandbox, world, login } = setUp();
    const text = JSON.stringify(sandbox.save());
    const found = world.secrets.filter((secret) => text.includes(secret));
    expect(found).toEqual([login('devo').secret]);
  });

  test.each([
    [null],
    [{}],
    [{ schema: 'other/1', vendors: {} }],
    [{ schema: 'keyturn.sandbox/1', vendors: {} }],
  ])('that is %j is refused', (state) => {
    expect(() => setUp().sandbox.load(state)).toThrow(expect.objectContaining({ code: 'usage' }));
  });

  test('that somebody edited is refused, with the place and without the content', () => {
    const { sandbox } = setUp();
    const text = JSON.stringify(sandbox.save()).replace('"enabled":true', '"enabled":"canary"');
    const load = () => sandbox.load(JSON.parse(text));
    expect(load).toThrow('the saved state of the sandbox is damaged at "devo.tokens[0].enabled"');
  });
});

test('an answer as of an earlier state leaves the present alone', () => {
  const { sandbox, send, login } = setUp();
  const bearer = login('bluebricks').secret;
  const past = sandbox.save();
  send('POST', '/api/v1/auth/key', { bearer, body: { name: 'ci' } });
  const list = request('GET', READS.bluebricks, { bearer });
  expect(sandbox.handleAsOf(past, list).body).toMatchObject({ total: 0 });
  expect(sandbox.handle(list).body).toMatchObject({ total: 1 });
});
