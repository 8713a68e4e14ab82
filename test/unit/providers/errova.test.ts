import { describe, expect, it } from 'vitest';
import { SchemaDrift } from '../../../src/domain/schema-drift.ts';
import { Secret } from '../../../src/domain/secret.ts';
import { errova } from '../../support/providers.ts';
import { answer, has, pageContext, refused, SPEC, TARGET, TOKEN } from './support.ts';

const ORG = { org: 'acme-inc' };
const BASE = '/api/organizations/acme-inc';
const { tokens } = errova;
const keys = has(errova.keys);
const projects = has(errova.projects);
const KEY = { project: 'web-app', id: 'k1' };

describe('errova requests', () => {
  it('are those of the documentation', () => {
    expect(errova.origin(ORG)).toBe('https://api.errova.com');
    const spec = { ...SPEC, name: 'CI deploy token', scopes: ['org.admin'] };
    expect(has(tokens.create).request(spec, ORG)).toEqual({
      method: 'POST',
      path: `${BASE}/machine-tokens`,
      body: { label: 'CI deploy token', scopes: ['org.admin'] },
    });
    expect(has(tokens.rotate).request(TARGET, ORG)).toEqual({
      method: 'POST',
      path: `${BASE}/machine-tokens/42/rotate`,
      body: {},
    });
    expect(has(tokens.revoke).request(TARGET, ORG)).toEqual({
      method: 'DELETE',
      path: `${BASE}/machine-tokens/42`,
      repeatable: true,
    });
    expect(
      projects.create.request({ name: 'Web App', platform: 'nextjs', environment: 'production' }, ORG),
    ).toEqual({
      method: 'POST',
      path: `${BASE}/projects`,
      body: { name: 'Web App', platform: 'nextjs', environment: 'production' },
    });
    expect(
      keys.create.request({ project: 'web-app', name: 'backend ingest', type: 'server_signed' }, ORG),
    ).toEqual({
      method: 'POST',
      path: `${BASE}/projects/web-app/keys`,
      body: { label: 'backend ingest', keyType: 'server_signed' },
    });
    expect(keys.expire.request({ ...KEY, expiresAt: '2026-12-22T12:00:00.9Z' }, ORG)).toEqual({
      method: 'PATCH',
      path: `${BASE}/projects/web-app/keys/k1`,
      body: { expiresAt: '2026-12-22T12:00:00Z' },
      repeatable: true,
    });
    expect(keys.rotate.request(KEY, ORG)).toEqual({
      method: 'POST',
      path: `${BASE}/projects/web-app/keys/k1/rotate`,
      body: {},
    });
  });

  it('never repeat an issuing request', () => {
    for (const request of [
      has(tokens.create).request({ ...SPEC, name: 'ci', scopes: ['org.read'] }, ORG),
      has(tokens.rotate).request(TARGET, ORG),
      keys.rotate.request(KEY, ORG),
    ]) {
      expect(request.repeatable).toBeUndefined();
    }
  });

  it('need an organization, with a slug', () => {
    expect(refused(() => has(tokens.revoke).request(TARGET, {})).code).toBe('usage');
    for (const value of ['', 'a/b', '../x', 'a b', '-x']) {
      expect(refused(() => errova.settings[0]?.check(value)).code).toBe('usage');
    }
  });

  it('cannot be sent to another endpoint by an id', () => {
    expect(has(tokens.revoke).request({ id: '../projects', name: null }, ORG).path).toBe(
      `${BASE}/machine-tokens/..%2Fprojects`,
    );
    expect(refused(() => has(tokens.revoke).request({ id: '..', name: null }, ORG)).code).toBe('usage');
  });
});

describe('errova authentication', () => {
  const session = has(errova.auth.find((scheme) => scheme.id === 'session'));

  it('sends a bearer by default, and a session as the browser would', () => {
    expect(errova.auth[0].headers(Secret.of('s'))).toEqual({ authorization: 'Bearer s' });
    for (const value of ['abc==', 'errova_session=abc==']) {
      expect(session.headers(Secret.of(value))).toEqual({
        cookie: 'errova_session=abc==',
        origin: 'https://errova.com',
        referer: 'https://errova.com/',
      });
    }
    expect(has(tokens.create).auth).toEqual(['session', 'bearer']);
  });

  it.each(['a; other=1', 'a\r\nx: y', 'a b', '"a"', '', 'ü'])(
    'refuses %j as a cookie, without quoting it',
    (value) => {
      expect(refused(() => session.headers(Secret.of(value))).message).toBe(
        'that is not the value of one cookie',
      );
    },
  );
});

describe('errova specifications', () => {
  const spec = { ...SPEC, name: 'ci', scopes: ['org.read'] };

  it('need a name and a scope, and take no expiry', () => {
    expect(tokens.checkSpec(spec)).toEqual(spec);
    expect(tokens.checkSpec({ ...spec, scopes: ['org.future'] }).scopes).toEqual(['org.future']);
    expect(refused(() => tokens.checkSpec({ ...spec, scopes: [] })).facts.hint).toMatch(
      /org\.read.*org\.admin/,
    );
    expect(refused(() => tokens.checkSpec({ ...spec, name: null })).code).toBe('usage');
    expect(refused(() => tokens.checkSpec({ ...spec, expiresAt: '2027-01-01T00:00:00Z' })).code).toBe(
      'usage',
    );
    expect(refused(() => tokens.checkSpec({ ...spec, options: { user: 'u' } })).code).toBe('usage');
  });

  it('carry name and scopes over', () => {
    expect(tokens.specOf({ ...TOKEN, scopes: ['org.read'] })).toEqual(spec);
  });
});

describe('errova answers', () => {
  const create = (body: unknown) => has(tokens.create).decode(body, SPEC);

  it.each([
    [
      {
        id: 't1',
        label: 'ci',
        scopes: ['org.read'],
        createdAt: '2026-11-22T12:00:00.000Z',
        tokenSecret: 's3',
      },
    ],
    [
      {
        data: {
          id: 't1',
          label: 'ci',
          scopes: ['org.read'],
          createdAt: '2026-11-22T12:00:00Z',
          tokenSecret: 's3',
        },
      },
    ],
    [
      {
        token: { id: 't1', name: 'ci', scopes: ['org.read'], created_at: '2026-11-22T12:00:00Z' },
        tokenSecret: 's3',
      },
    ],
    [
      {
        machineToken: {
          tokenId: 't1',
          label: 'ci',
          scope: 'org.read',
          createdAt: 1795348800,
          token_secret: 's3',
        },
      },
    ],
  ])('tell a new token in case %#', (body) => {
    const { item, secret } = create(body);
    expect(item).toMatchObject({ id: 't1', name: 'ci', status: 'active', scopes: ['org.read'] });
    expect(item?.createdAt).toBe('2026-11-22T12:00:00Z');
    expect(secret?.reveal()).toBe('s3');
  });

  it('are worth having for the secret alone', () => {
    expect(create({ tokenSecret: 's3' })).toMatchObject({ item: null });
  });

  it('without a secret still name what was made; with neither they are drift', () => {
    const issued = create({ id: 't1', tokenSecret: '' });
    expect(issued).toMatchObject({ item: { id: 't1' }, secret: null });
    expect(issued.drift?.message).toBe('the answer has no secret; it has the fields id, tokenSecret');
    for (const body of [null, {}, [], 'x', { ok: true }]) expect(() => create(body)).toThrow(SchemaDrift);
  });

  it('of a rotation must hold a secret', () => {
    const rotate = (body: unknown) => has(tokens.rotate).decode(body, TARGET);
    expect(rotate({ tokenSecret: 'n3w' }).secret?.reveal()).toBe('n3w');
    expect(() => rotate({ id: '42', label: 'ci' })).toThrow(SchemaDrift);
    expect(() => rotate(null)).toThrow(SchemaDrift);
  });

  it('tell keys: a browser key has no secret, a public key is never taken for one', () => {
    const input = { project: 'p', name: 'n', type: 'server_signed' } as const;
    const body = {
      key: { id: 'k1', keyType: 'server_signed', publicKey: 'pub', expiresAt: null },
      secret: 's3',
    };
    expect(keys.create.decode(body, input).secret?.reveal()).toBe('s3');
    expect(keys.create.decode(body, input).item).toMatchObject({
      id: 'k1',
      publicKey: 'pub',
      expiresAt: null,
    });
    expect(keys.create.decode(body, { ...input, type: 'browser_public' }).secret).toBeNull();
    expect(keys.create.decode({ id: 'k1', publicKey: 'pub', secret: 'pub' }, input).secret).toBeNull();
    expect(
      keys.rotate.decode({ id: 'k1', keyType: 'browser_public', publicKey: 'p2' }, KEY).secret,
    ).toBeNull();
    expect(() => keys.rotate.decode({ id: 'k1', publicKey: 'p2' }, KEY)).toThrow(SchemaDrift);
    expect(keys.expire.decode(null, { ...KEY, expiresAt: '' })).toBeNull();
  });

  it('tell statuses however they are written', () => {
    const page = pageContext();
    const statusOf = (fields: object) =>
      has(tokens.list).decode([{ id: 1, ...fields }], page).items[0]?.status;
    expect(statusOf({})).toBe('active');
    expect(statusOf({ status: null, revokedAt: null })).toBe('active');
    expect(statusOf({ revokedAt: '2026-01-01T00:00:00Z' })).toBe('revoked');
    expect(statusOf({ revoked_at: '', deletedAt: '2026-01-01T00:00:00Z' })).toBe('revoked');
    for (const none of ['', false, 'never', '0001-01-01T00:00:00Z', 'soon'])
      expect(statusOf({ revokedAt: none }), String(none)).toBe('active');
    for (const word of ['quarantined', 'terminated', 'revoking'])
      expect(statusOf({ status: word, active: false }), word).toBe('active');
    expect(statusOf({ isActive: 'false' })).toBe('disabled');
    expect(statusOf({ status: 'ACTIVE ' })).toBe('active');
  });

  it('list in one page, or by a cursor that moves on', () => {
    const list = has(tokens.list);
    const next = (body: unknown) => list.decode(body, pageContext()).paging;
    expect(next({ machineTokens: [{ id: 1 }] })).toMatchObject({ next: null, obstacle: null });
    expect(next({ data: [{ id: 1 }], nextCursor: 'c2' })).toMatchObject({
      next: { query: { cursor: 'c2' } },
    });
    expect(
      list.request(undefined, ORG, { size: 5, isPlain: false, newestFirst: false }).query,
    ).toBeUndefined();
    const tooLong = { data: [{ id: 1 }], nextCursor: 'x'.repeat(3_000) };
    expect(next(tooLong)).toMatchObject({ next: null, obstacle: expect.stringContaining('cursor') });
  });

  it('prove a token by finding it in the list', () => {
    const prove = has(tokens.prove);
    const body = [{ id: '42', label: 'ci', scopes: ['org.read'] }];
    expect(prove.decode(body, TOKEN)).toMatchObject({ subject: 'ci', scopes: ['org.read'] });
    expect(prove.decode([], TOKEN)).toMatchObject({ subject: null, scopes: null });
  });

  it('tell projects, by slug where there is no id', () => {
    const input = { name: 'n', platform: 'p', environment: 'e' };
    expect(projects.create.decode({ project: { slug: 'web-app', name: 'Web App' } }, input)).toMatchObject({
      id: 'web-app',
      slug: 'web-app',
    });
    expect(() => projects.create.decode(null, input)).toThrow(SchemaDrift);
  });

  it('of refusal say what to do', () => {
    expect(
      errova.readError(answer(403, { error: { code: 'forbidden', message: 'Admin only' } })),
    ).toMatchObject({
      code: 'auth',
      message: 'the credential is not allowed to do this: "Admin only"',
      hint: expect.stringContaining('{tokens create}'),
    });
  });
});
