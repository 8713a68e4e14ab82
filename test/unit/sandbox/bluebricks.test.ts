import { describe, expect, test } from 'vitest';
import type { SandboxOptions } from '../../../src/sandbox/sandbox.ts';
import { setUp } from './support.ts';

function bluebricks(options?: Omit<SandboxOptions, 'world'>) {
  const it = setUp(options);
  const bearer = it.login('bluebricks').secret;
  const create = (name: string) => it.send('POST', '/api/v1/auth/key', { bearer, body: { name } });
  const list = (query = '') => it.send('GET', `/api/v1/auth/keys${query}`, { bearer });
  const set = (action: string, name: string) =>
    it.send('POST', `/api/v1/auth/key/${action}`, { bearer, body: { name } });
  return { ...it, bearer, create, list, set };
}

describe('a create', () => {
  test('answers with the secret alone, which is live at once', () => {
    const { create, send } = bluebricks();
    const { status, body } = create('ci');
    expect(status).toBe(200);
    expect(Object.keys(body)).toEqual(['api_key']);
    expect(body.api_key).toMatch(/^bbx_/);
    expect(send('GET', '/api/v1/environments', { bearer: body.api_key }).status).toBe(200);
  });

  test('takes the name for ever, even when the key is deactivated', () => {
    const { create, set, sandbox } = bluebricks();
    create('ci');
    set('deactivate', 'ci');
    expect(create('ci')).toMatchObject({
      status: 409,
      body: { statusCode: 409, message: 'Key already exists in organization', error: 'Conflict' },
    });
    expect(sandbox.tokens('bluebricks')).toHaveLength(1);
  });

  test('without a name is called "default"; a name that is no text is refused', () => {
    const { send, bearer, list } = bluebricks();
    expect(send('POST', '/api/v1/auth/key', { bearer }).status).toBe(200);
    expect(list().body.list[0].name).toBe('default');
    expect(send('POST', '/api/v1/auth/key', { bearer, body: { name: 7 } }).status).toBe(400);
    expect(send('POST', '/api/v1/auth/key', { bearer, body: '{' }).status).toBe(400);
  });
});

describe('the list', () => {
  test('shows what there is to know of a key, and no secret', () => {
    const { create, list, world } = bluebricks();
    create('ci');
    const { body } = list();
    expect(body).toEqual({
      total: 1,
      list: [
        {
          id: expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/),
          name: 'ci',
          created_at: '2026-11-22T10:00:00.000Z',
          expiration_time: null,
          updated_at: null,
          created_by: { id: 'auth0|sandbox', name: 'Sandbox Admin', nickname: 'sandbox', picture: '' },
          is_disabled: false,
        },
      ],
    });
    for (const secret of world.secrets) expect(JSON.stringify(body)).not.toContain(secret);
  });

  test('comes in pages of 20, newest first, the other way round on request', () => {
    const { list, sandbox } = bluebricks();
    sandbox.seedTokens('bluebricks', 45);
    const names = (query: string) => list(query).body.list.map((it: { name: string }) => it.name);
    expect(names('')).toHaveLength(20);
    expect(names('?offset=40')).toEqual(['seed-5', 'seed-4', 'seed-3', 'seed-2', 'seed-1']);
    expect(names('?order=asc&limit=2&offset=1&sort=created_at')).toEqual(['seed-2', 'seed-3']);
    expect(list('?offset=99').body).toEqual({ total: 45, list: [] });
    expect(names('?limit=100')).toHaveLength(45);
  });

  test.each(['?limit=101', '?limit=0', '?offset=x', '?order=up', '?sort=id'])('refuses %s', (query) => {
    expect(bluebricks().list(query).status).toBe(400);
  });
});

describe('activation', () => {
  test('a deactivated key stops working until it is activated', () => {
    const { create, set, send, list, world } = bluebricks();
    const bearer = create('ci').body.api_key;
    const status = () => send('GET', '/api/v1/environments', { bearer }).status;
    world.advance(60);
    expect(set('deactivate', 'ci')).toMatchObject({ status: 200, body: {} });
    expect(status()).toBe(401);
    expect(list().body.list[0]).toMatchObject({ is_disabled: true, updated_at: '2026-11-22T10:01:00.000Z' });
    expect(set('deactivate', 'ci').status).toBe(200);
    expect(set('activate', 'ci').status).toBe(200);
    expect(status()).toBe(200);
  });

  test('needs a name that exists', () => {
    const { set, send, bearer } = bluebricks();
    expect(set('activate', 'none')).toMatchObject({
      status: 404,
      body: { message: 'Key not found in organization' },
    });
    expect(send('POST', '/api/v1/auth/key/activate', { bearer, body: {} }).status).toBe(400);
  });
});

describe('a caller', () => {
  test('with an API token may not manage keys', () => {
    const { create, send } = bluebricks();
    const bearer = create('ci').body.api_key;
    const answers = [
      send('POST', '/api/v1/auth/key', { bearer, body: { name: 'more' } }),
      send('GET', '/api/v1/auth/keys', { bearer }),
      send('POST', '/api/v1/auth/key/activate', { bearer, body: { name: 'ci' } }),
      send('POST', '/api/v1/auth/key/deactivate', { bearer, body: { name: 'ci' } }),
    ];
    expect(answers.map((it) => it.status)).toEqual([403, 403, 403, 403]);
    expect(answers[0]?.body.message).toBe(
      'Missing required scopes. Requires the create:organization_api_key permission',
    );
  });

  test('who is a person without the role Admin may not either', () => {
    const { create, send, bearer } = bluebricks({ seed: { bluebricksRole: 'Deployer' } });
    expect(create('ci').status).toBe(403);
    expect(send('GET', '/api/v1/environments', { bearer }).status).toBe(200);
  });

  test('unknown or without a header is 401', () => {
    const { send } = bluebricks();
    const refused = { status: 401, body: { statusCode: 401, message: 'Failed to authenticate user' } };
    expect(send('GET', '/api/v1/auth/keys')).toMatchObject(refused);
    expect(send('GET', '/api/v1/auth/keys', { bearer: 'bbx_unknown' })).toMatchObject(refused);
  });

  test('has a session whose end is written in its JWT', () => {
    const { bearer, list, world } = bluebricks({ assumptions: { bluebricksSessionSeconds: 600 } });
    const { iat, exp } = JSON.parse(Buffer.from(bearer.split('.')[1] ?? '', 'base64url').toString());
    expect(exp - iat).toBe(600);
    world.advance(599);
    expect(list().status).toBe(200);
    world.advance(1);
    expect(list().status).toBe(401);
  });
});

test('other paths are 404, other methods 405', () => {
  const { send, bearer } = bluebricks();
  expect(send('DELETE', '/api/v1/auth/key', { bearer }).status).toBe(405);
  expect(send('GET', '/api/v1/auth/nothing', { bearer }).status).toBe(404);
});
