import { describe, expect, test } from 'vitest';
import type { SandboxOptions } from '../../../src/sandbox/sandbox.ts';
import { setUp } from './support.ts';

const WISH = {
  name: 'ingest',
  user: 'user@example.com',
  audience: 'http',
  scopes: 'table://my.app.test.tokenapi level://admin',
};

function devo(options?: Omit<SandboxOptions, 'world'>) {
  const it = setUp(options);
  const login = it.login('devo');
  const path = `/ws/accounts/${login.settings['domain']}/credentials/tokens`;
  const bearer = login.secret;
  const create = (change: object = {}, as = bearer) =>
    it.send('POST', path, { bearer: as, body: { ...WISH, ...change } });
  const value = (id: number, as = bearer): string =>
    it.send('GET', `${path}/${id}`, { bearer: as }).body.token;
  return { ...it, path, bearer, create, value };
}

describe('a create', () => {
  test('answers with the object of the list and without the value', () => {
    const { status, body } = devo().create();
    expect(status).toBe(201);
    expect(body).toEqual({
      name: 'ingest',
      id: 2,
      scope: 'table://my.app.test.tokenapi level://admin',
      owner: 'admin@example.com',
      user: 'user@example.com',
      audience: 'http',
      token_type: 'Bearer',
      active: true,
      expiration: '2026-11-23T10:00:00.000+0000',
      account: 'acme',
      created: '2026-11-22T10:00:00.000+0000',
      updated: '2026-11-22T10:00:00.000+0000',
      expires_in_seconds: 86_400,
    });
  });

  test('answers with the value where the switch says so', () => {
    const { body } = devo({ assumptions: { devoCreateReturnsToken: true } }).create();
    expect(body.token).toMatch(/^[0-9a-f]{32}$/);
  });

  test.each([
    [{ ...WISH, note: 'x' }, 'JSON parse error: Unrecognized field "note"'],
    [{ ...WISH, user: undefined }, 'Invalid required value: user'],
    [{ ...WISH, user: 'gone@example.com' }, 'User not found in the domain. The user may have been deleted'],
    [{ ...WISH, name: ' ' }, 'Invalid required value: name'],
    [{ ...WISH, audience: 'everything' }, 'Request has invalid audiences required'],
    [{ ...WISH, scopes: 'tables' }, 'Request has invalid scopes required'],
    ['', 'Required request body is missing'],
    ['[]', 'JSON parse error: Unexpected input'],
  ])('refuses %j', (body, message) => {
    const { send, path, bearer } = devo();
    expect(send('POST', path, { bearer, body })).toMatchObject({
      status: 400,
      body: { error: { code: 400, message } },
    });
  });

  test('without scopes opens every table, and several audiences are kept', () => {
    const { body } = devo().create({ scopes: undefined, audience: 'apiv2-admin aggregations' });
    expect(body).toMatchObject({ scope: 'table://*.**', audience: 'apiv2-admin aggregations' });
  });
});

describe('the value', () => {
  test('is shown again to owner and user, masked to others, and never in the list', () => {
    const { create, value, send, path, bearer, world } = devo();
    const { id } = create().body;
    const manager = (user: string) => value(create({ user, audience: 'credentials' }).body.id);
    const forUser = manager('user@example.com');
    const forOther = send('POST', path, {
      bearer: forUser,
      body: { ...WISH, user: 'ci@example.com', audience: 'credentials' },
    });
    const ci = value(forOther.body.id, forUser);

    const shown = value(id);
    expect(shown).toMatch(/^[0-9a-f]{32}$/);
    expect(value(id, forUser)).toBe(shown);
    expect(value(id, ci)).toMatch(new RegExp(`^tk\\.[0-9a-f]+\\.${shown.slice(-5)}$`));
    const listed = JSON.stringify(send('GET', path, { bearer }).body);
    for (const secret of world.secrets) expect(listed).not.toContain(secret);
  });
});

describe('a caller', () => {
  test('without a header is 401; with a wrong token, domain or region 403', () => {
    const { send, path, bearer } = devo();
    expect(send('GET', path)).toMatchObject({ status: 401, body: { error: { code: 401 } } });
    expect(send('GET', path, { bearer: 'f'.repeat(32) })).toMatchObject({
      status: 403,
      body: { error: { code: 403 } },
    });
    expect(send('GET', '/ws/accounts/other/credentials/tokens', { bearer }).status).toBe(403);
    expect(send('GET', path, { bearer, headers: { host: 'api-eu.devo.com' } }).status).toBe(403);
    expect(send('GET', path, { bearer, headers: { host: 'api-us.devo.com' } }).status).toBe(200);
  });

  test('of a child domain must name it in full; @ may be encoded', () => {
    const { send, bearer } = devo({ seed: { devoDomain: 'child@parent' } });
    const status = (account: string) =>
      send('GET', `/ws/accounts/${account}/credentials/tokens`, { bearer }).status;
    expect([status('child'), status('child@parent'), status('child%40parent')]).toEqual([403, 200, 200]);
  });

  test('needs a Credentials API token: an ingestion token changes nothing and reads nothing', () => {
    const { create, value, send, path } = devo();
    const bearer = value(create().body.id);
    expect(send('GET', path, { bearer }).status).toBe(403);
    expect(send('DELETE', `${path}/2`, { bearer }).status).toBe(403);
  });

  test('that is disabled, expired or deleted is refused', () => {
    const { create, value, send, path, bearer, world } = devo();
    const { id } = create({ audience: 'credentials' }).body;
    const own = value(id);
    const status = () => send('GET', path, { bearer: own }).status;
    expect(status()).toBe(200);
    send('PUT', `${path}/${id}/disable`, { bearer });
    expect(status()).toBe(403);
    send('PUT', `${path}/${id}/enable`, { bearer });
    expect(status()).toBe(200);
    world.advance(86_400);
    expect(status()).toBe(403);
    expect(send('DELETE', `${path}/${id}`, { bearer }).status).toBe(204);
    expect(status()).toBe(403);
  });
});

describe('a token', () => {
  test('is disabled, enabled and renamed', () => {
    const { create, send, path, bearer, world } = devo();
    const { id } = create().body;
    world.advance(5);
    expect(send('PUT', `${path}/${id}/disable`, { bearer }).body).toMatchObject({
      active: false,
      updated: '2026-11-22T10:00:05.000+0000',
    });
    expect(send('PUT', `${path}/${id}/enable`, { bearer }).body.active).toBe(true);
    expect(send('PUT', `${path}/${id}/rename`, { bearer, body: { name: 'new' } }).body.name).toBe('new');
    expect(send('PUT', `${path}/${id}/rename`, { bearer, body: { name: 'new', id } }).status).toBe(400);
    expect(send('PUT', `${path}/${id}/rename`, { bearer, body: {} }).status).toBe(400);
  });

  test('that has expired stays listed, inactive even when enabled', () => {
    const { create, send, path, bearer, world } = devo();
    const { id } = create().body;
    world.advance(86_400);
    const list = send('GET', path, { bearer }).body;
    expect(list.map((it: { active: boolean }) => it.active)).toEqual([true, false]);
    expect(send('PUT', `${path}/${id}/enable`, { bearer }).body.active).toBe(false);
  });

  test('that is deleted is gone for good, and its id is not given again', () => {
    const { create, send, path, bearer } = devo();
    const { id } = create().body;
    expect(send('DELETE', `${path}/${id}`, { bearer })).toMatchObject({ status: 204, body: null });
    expect(send('GET', `${path}/${id}`, { bearer }).status).toBe(404);
    expect(send('DELETE', `${path}/${id}`, { bearer }).status).toBe(404);
    expect(create().body.id).toBe(id + 1);
  });
});

test('every answer carries a correlation id of its own', () => {
  const { send, path, bearer, create } = devo();
  const answers = [
    send('GET', path),
    send('GET', path, { bearer }),
    create(),
    send('PATCH', path),
    send('GET', '/ws/accounts/x'),
  ];
  const ids = answers.map((it) => it.headers['x-devo-cid']);
  expect(answers.map((it) => it.status)).toEqual([401, 200, 201, 405, 404]);
  expect(new Set(ids).size).toBe(ids.length);
  for (const id of ids) expect(id).toMatch(/^[0-9a-f]{16}$/);
});
