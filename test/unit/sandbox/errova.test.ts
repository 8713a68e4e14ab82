import { describe, expect, test } from 'vitest';
import type { SandboxOptions } from '../../../src/sandbox/sandbox.ts';
import { START, setUp } from './support.ts';

const ORG = '/api/organizations/acme-inc';
const OWN_PAGE = { origin: 'https://errova.com', referer: 'https://errova.com/' };

function errova(options?: Omit<SandboxOptions, 'world'>) {
  const it = setUp(options);
  const admin = it.login('errova').secret;
  const cookie = `theme=dark; errova_session=${it.login('errova', 'session-cookie').secret}`;
  const create = (scopes: string[], label = 'ci') =>
    it.send('POST', `${ORG}/machine-tokens`, { headers: { cookie, ...OWN_PAGE }, body: { label, scopes } });
  return { ...it, admin, cookie, create };
}

describe('machine tokens', () => {
  test('a session creates one, and its secret works at once', () => {
    const { create, send } = errova();
    const { status, body } = create(['org.read']);
    expect(status).toBe(201);
    expect(body).toEqual({
      id: expect.stringMatching(/^mt_[0-9a-f]{24}$/),
      label: 'ci',
      scopes: ['org.read'],
      createdAt: '2026-11-22T10:00:00Z',
      tokenSecret: expect.stringMatching(/^ert_/),
    });
    expect(send('GET', `${ORG}/machine-tokens`, { bearer: body.tokenSecret }).status).toBe(200);
  });

  test.each([
    ['no Origin', { referer: OWN_PAGE.referer }],
    ['another Origin', { ...OWN_PAGE, origin: 'https://evil.example' }],
    ['no Referer', { origin: OWN_PAGE.origin }],
    ['a Referer that only begins alike', { ...OWN_PAGE, referer: 'https://errova.com.evil.example/' }],
  ])('a session with %s is refused', (_, headers) => {
    const { cookie, send, sandbox } = errova();
    const sent = { headers: { cookie, ...headers }, body: { label: 'ci', scopes: ['org.read'] } };
    const { status, body } = send('POST', `${ORG}/machine-tokens`, sent);
    expect([status, body.error.code]).toEqual([403, 'origin_mismatch']);
    expect(sandbox.tokens('errova')).toHaveLength(1);
  });

  test('creating needs a session that exists and has not expired', () => {
    const { cookie, create, send, world } = errova();
    const body = { label: 'ci', scopes: ['org.read'] };
    const path = `${ORG}/machine-tokens`;
    expect(send('POST', path, { headers: OWN_PAGE, body }).status).toBe(401);
    expect(send('POST', path, { headers: { ...OWN_PAGE, cookie: 'errova_session=x' }, body }).status).toBe(
      401,
    );
    expect(create(['org.read']).status).toBe(201);
    world.advance(8 * 86_400);
    expect(send('POST', path, { headers: { ...OWN_PAGE, cookie }, body }).status).toBe(401);
  });

  test('a machine token creates another one only where the switch says so', () => {
    const body = { label: 'ci', scopes: ['org.read'] };
    const strict = errova();
    expect(strict.send('POST', `${ORG}/machine-tokens`, { bearer: strict.admin, body }).status).toBe(403);
    const lax = errova({ assumptions: { errovaBearerCreate: true } });
    expect(lax.send('POST', `${ORG}/machine-tokens`, { bearer: lax.admin, body }).status).toBe(201);
    const reader = lax.create(['org.read']).body.tokenSecret;
    expect(lax.send('POST', `${ORG}/machine-tokens`, { bearer: reader, body }).status).toBe(403);
    expect(lax.send('POST', `${ORG}/machine-tokens`, { bearer: 'wrong', body }).status).toBe(401);
  });

  test.each([
    [{ label: '', scopes: ['org.read'] }, 422],
    [{ label: 'ci', scopes: [] }, 422],
    [{ label: 'ci', scopes: ['org.everything'] }, 422],
    [{ label: 'ci' }, 422],
    ['{"label":', 400],
    ['', 400],
  ])('the body %j is refused with %i', (body, status) => {
    const { cookie, send } = errova();
    expect(send('POST', `${ORG}/machine-tokens`, { headers: { cookie, ...OWN_PAGE }, body }).status).toBe(
      status,
    );
  });

  test('the list shows every token and no secret', () => {
    const { create, send, admin, world } = errova();
    create(['org.admin'], 'deploy');
    const { status, body } = send('GET', `${ORG}/machine-tokens`, { bearer: admin });
    expect(status).toBe(200);
    expect(body.machineTokens.map((it: { label: string }) => it.label)).toEqual([
      'made in the settings page',
      'deploy',
    ]);
    for (const secret of world.secrets) expect(JSON.stringify(body)).not.toContain(secret);
  });

  test('a rotation keeps the id and ends the old secret at once', () => {
    const { create, send, admin } = errova();
    const old = create(['org.read']).body;
    const { status, body } = send('POST', `${ORG}/machine-tokens/${old.id}/rotate`, {
      bearer: admin,
      body: {},
    });
    expect([status, body.id]).toEqual([200, old.id]);
    expect(body.tokenSecret).not.toBe(old.tokenSecret);
    expect(send('GET', `${ORG}/projects`, { bearer: old.tokenSecret }).status).toBe(401);
    expect(send('GET', `${ORG}/projects`, { bearer: body.tokenSecret }).status).toBe(200);
  });

  test('an overlap keeps the old secret working for as long as it says', () => {
    const { create, send, admin, world } = errova({ assumptions: { errovaRotateOverlapSeconds: 60 } });
    const old = create(['org.read']).body;
    const fresh = send('POST', `${ORG}/machine-tokens/${old.id}/rotate`, { bearer: admin, body: {} }).body;
    world.advance(59);
    expect(send('GET', `${ORG}/projects`, { bearer: old.tokenSecret }).status).toBe(200);
    world.advance(1);
    expect(send('GET', `${ORG}/projects`, { bearer: old.tokenSecret }).status).toBe(401);
    expect(send('GET', `${ORG}/projects`, { bearer: fresh.tokenSecret }).status).toBe(200);
  });

  test('an overlap covers the last rotation only', () => {
    const { create, send, admin } = errova({ assumptions: { errovaRotateOverlapSeconds: 60 } });
    const first = create(['org.read']).body;
    const rotate = () =>
      send('POST', `${ORG}/machine-tokens/${first.id}/rotate`, { bearer: admin, body: {} }).body;
    const secrets = [first, rotate(), rotate()].map((it) => it.tokenSecret);
    const statuses = secrets.map((bearer) => send('GET', `${ORG}/projects`, { bearer }).status);
    expect(statuses).toEqual([401, 200, 200]);
  });

  test('a token may rotate and delete itself', () => {
    const { send, admin, sandbox } = errova();
    const [{ id } = { id: '' }] = sandbox.tokens('errova');
    const fresh = send('POST', `${ORG}/machine-tokens/${id}/rotate`, { bearer: admin, body: {} }).body
      .tokenSecret;
    expect(send('DELETE', `${ORG}/machine-tokens/${id}`, { bearer: fresh })).toMatchObject({
      status: 204,
      body: null,
    });
    expect(send('GET', `${ORG}/projects`, { bearer: fresh }).status).toBe(401);
    expect(sandbox.tokens('errova')).toEqual([]);
  });

  test('org.read changes nothing, not even itself', () => {
    const { create, send, sandbox } = errova();
    const reader = create(['org.read']).body;
    const bearer = reader.tokenSecret;
    const before = sandbox.save();
    const changes = [
      send('POST', `${ORG}/machine-tokens/${reader.id}/rotate`, { bearer, body: {} }),
      send('DELETE', `${ORG}/machine-tokens/${reader.id}`, { bearer }),
      send('POST', `${ORG}/projects`, { bearer, body: { name: 'A', platform: 'node', environment: 'test' } }),
    ];
    expect(changes.map((it) => it.status)).toEqual([403, 403, 403]);
    expect(sandbox.save()).toEqual(before);
  });

  test('what does not exist is 404, a wrong method 405, no token 401', () => {
    const { send, admin: bearer } = errova();
    expect(send('DELETE', `${ORG}/machine-tokens/mt_none`, { bearer }).status).toBe(404);
    expect(send('GET', '/api/organizations/other/projects', { bearer }).status).toBe(404);
    expect(send('GET', `${ORG}/nothing`, { bearer }).status).toBe(404);
    expect(send('PUT', `${ORG}/projects`, { bearer }).status).toBe(405);
    expect(send('GET', `${ORG}/projects`).body).toEqual({
      error: { code: 'unauthorized', message: 'a machine token is required' },
    });
  });
});

describe('projects and DSN keys', () => {
  function withProject() {
    const it = errova();
    const bearer = it.admin;
    const body = { name: 'Web App', platform: 'nextjs', environment: 'production' };
    const project = it.send('POST', `${ORG}/projects`, { bearer, body });
    const keys = `${ORG}/projects/web-app/keys`;
    const key = (keyType: string) => it.send('POST', keys, { bearer, body: { label: 'backend', keyType } });
    return { ...it, bearer, body, project, keys, key };
  }

  test('a project is addressed by the slug of its name, which is taken from then on', () => {
    const { project, send, bearer, body } = withProject();
    expect(project).toMatchObject({
      status: 201,
      body: { slug: 'web-app', name: 'Web App', platform: 'nextjs' },
    });
    expect(send('POST', `${ORG}/projects`, { bearer, body: { ...body, name: 'web app!' } }).status).toBe(409);
    expect(send('POST', `${ORG}/projects`, { bearer, body: { ...body, platform: 1 } }).status).toBe(422);
    expect(send('GET', `${ORG}/projects`, { bearer }).body.projects).toEqual([project.body]);
  });

  test('a signed key has a public half and a secret that is shown once', () => {
    const { key, send, bearer, keys } = withProject();
    const { status, body } = key('server_signed');
    expect(status).toBe(201);
    const { secret, ...rest } = body;
    expect(secret).toMatch(/^dsk_/);
    expect(rest).toMatchObject({ label: 'backend', keyType: 'server_signed', expiresAt: null });
    expect(rest.publicKey).toMatch(/^[0-9a-f]{32}$/);
    expect(send('GET', keys, { bearer }).body).toEqual({ keys: [rest] });
  });

  test('a browser key has no secret', () => {
    expect(withProject().key('browser_public').body).not.toHaveProperty('secret');
    expect(withProject().key('magic').status).toBe(422);
  });

  test('an expiry is set to the second and ends rotation when it has passed', () => {
    const { key, send, bearer, keys, world } = withProject();
    const { id } = key('server_signed').body;
    const expiresAt = new Date(START + 60_000).toISOString().replace('.000', '');
    const patched = send('PATCH', `${keys}/${id}`, { bearer, body: { expiresAt } });
    expect(patched).toMatchObject({ status: 200, body: { id, expiresAt } });
    expect(send('PATCH', `${keys}/${id}`, { bearer, body: { expiresAt: '2026-12-01' } }).status).toBe(422);
    world.advance(60);
    expect(send('POST', `${keys}/${id}/rotate`, { bearer, body: {} }).status).toBe(409);
  });

  test('a rotation gives a signed key a new secret and a browser key a new public half', () => {
    const { key, send, bearer, keys } = withProject();
    const signed = key('server_signed').body;
    const rotated = send('POST', `${keys}/${signed.id}/rotate`, { bearer, body: {} }).body;
    expect(rotated).toMatchObject({ id: signed.id, publicKey: signed.publicKey });
    expect(rotated.secret).not.toBe(signed.secret);
    const open = key('browser_public').body;
    const reopened = send('POST', `${keys}/${open.id}/rotate`, { bearer, body: {} }).body;
    expect(reopened.publicKey).not.toBe(open.publicKey);
    expect(reopened).not.toHaveProperty('secret');
  });

  test('a key is found in its own project only', () => {
    const { key, send, bearer, body } = withProject();
    const { id } = key('server_signed').body;
    send('POST', `${ORG}/projects`, { bearer, body: { ...body, name: 'Other' } });
    expect(send('POST', `${ORG}/projects/other/keys/${id}/rotate`, { bearer, body: {} }).status).toBe(404);
    expect(send('GET', `${ORG}/projects/none/keys`, { bearer }).status).toBe(404);
  });
});
