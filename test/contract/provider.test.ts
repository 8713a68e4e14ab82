import { beforeEach, describe, expect, it } from 'vitest';
import { OPERATIONS } from '../../src/domain/capability.ts';
import { isAppError } from '../../src/domain/errors.ts';
import { Secret } from '../../src/domain/secret.ts';
import type { Token } from '../../src/domain/token.ts';
import type { Issued, Provider, TokenSpec } from '../../src/ports/provider.ts';
import { bluebricks, devo, errova, prefactor } from '../support/providers.ts';
import { type Caller, createWorld, idOf, logIn, START, type World } from './provider-host.ts';

const NONE: TokenSpec = { name: null, scopes: [], expiresAt: null, options: {}, idempotencyKey: null };
const NONCE = '7f3a9c21';

interface Case {
  readonly provider: Provider;
  /** Which credential creates; the first scheme drives everything else. */
  readonly creates: 'bearer' | 'session';
  readonly spec: TokenSpec;
}

const CASES: readonly Case[] = [
  { provider: errova, creates: 'session', spec: { ...NONE, name: 'ci', scopes: ['org.read'] } },
  {
    provider: devo,
    creates: 'bearer',
    spec: {
      ...NONE,
      name: 'ci',
      scopes: ['table://my.app.**', 'level://admin'],
      options: { user: 'admin@example.com', audience: 'apiv2' },
    },
  },
  { provider: prefactor, creates: 'bearer', spec: { ...NONE, expiresAt: '2026-12-22T12:00:00Z' } },
  { provider: bluebricks, creates: 'bearer', spec: { ...NONE, name: 'ci' } },
];

function codeOf(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    if (isAppError(error)) return error.code;
    throw error;
  }
  return 'ok';
}

describe.each(CASES)('$provider.title', ({ provider, creates, spec }) => {
  const { tokens } = provider;
  let world: World;
  let manager: Caller;
  let creator: Caller;

  beforeEach(() => {
    world = createWorld();
    manager = logIn(world, provider);
    creator = logIn(world, provider, creates);
  });

  /** As the core does it: what the create does not tell is read back. */
  function create(wanted: TokenSpec): { token: Token; secret: Secret } {
    const before = new Set(list().map((token) => token.id));
    const checked = tokens.checkSpec(wanted);
    const issued: Issued<Token> = tokens.create
      ? creator.call(tokens.create, checked)
      : { item: null, secret: null };
    const token = issued.item ?? list().find((listed) => !before.has(listed.id));
    if (!token) throw new Error('the new token is not listed');
    const secret = issued.secret ?? (tokens.get && manager.call(tokens.get, token).secret);
    if (!secret) throw new Error('no secret was shown');
    return { token, secret: provider.checkIssued(secret) };
  }

  function list(size?: number): readonly Token[] {
    return tokens.list ? manager.list(tokens.list, undefined, size) : [];
  }

  function find(id: string): Token | undefined {
    return list().find((token) => token.id === id);
  }

  function live(id: string): boolean | undefined {
    return world.sandbox.tokens(idOf(provider)).find((token) => token.id === id)?.live;
  }

  it('accepts its managing credential and proves it with a read', () => {
    expect(provider.checkCredential(manager.secret, world.now).kind).not.toBe('');
    expect(Object.keys(manager.call(provider.probe, undefined))).toEqual([
      'account',
      'subject',
      'scopes',
      'expiresAt',
    ]);
    expect(codeOf(() => manager.as(Secret.of('wrong')).call(provider.probe, undefined))).toBe('auth');
  });

  it('tells which token it is itself, where the credential says so', () => {
    const { claims } = provider.checkCredential(manager.secret, world.now);
    if (provider.id !== 'prefactor') return expect(claims).toEqual([]);
    const ids = list().map((token) => token.id);
    expect(claims.filter((id) => ids.includes(id))).toHaveLength(1);
  });

  it('creates a token whose secret is the one that was issued', () => {
    const { token, secret } = create(spec);
    expect(world.issued.at(-1)).toBe(secret.reveal());
    expect(find(token.id)).toMatchObject({ status: 'active', name: spec.name });
    expect(JSON.stringify([token, ...list()])).not.toContain(secret.reveal());
    expect(live(token.id)).toBe(true);
    if (tokens.prove)
      expect(codeOf(() => tokens.prove && manager.as(secret).call(tokens.prove, token))).toBe('ok');
  });

  it('refuses a secret that nobody issued', () => {
    const { token } = create(spec);
    const { prove } = tokens;
    if (prove) expect(codeOf(() => manager.as(Secret.of('wrong')).call(prove, token))).toBe('auth');
  });

  it('carries the attributes of a token over into the next specification', () => {
    const { token } = create(spec);
    const again = tokens.checkSpec({ ...tokens.specOf(find(token.id) ?? token), name: markedName('next') });
    expect(again.scopes).toEqual(tokens.checkSpec(spec).scopes);
    expect(again.options).toMatchObject(tokens.checkSpec(spec).options);
    create(again);
  });

  it('lists every token, whatever the size of a page', () => {
    world.sandbox.seedTokens(idOf(provider), 230);
    const all = list();
    expect(all.length).toBeGreaterThanOrEqual(230);
    expect(new Set(all.map((token) => token.id)).size).toBe(all.length);
    expect(list(7).map((token) => token.id)).toEqual(all.map((token) => token.id));
  });

  it('pauses and resumes, where the vendor can, as often as asked', () => {
    const { enable, disable } = tokens;
    if (!enable || !disable) return expect(Object.keys(provider.instead)).toContain('tokens disable');
    const { token } = create(spec);
    manager.call(disable, token);
    expect(find(token.id)?.status).toBe('disabled');
    expect(live(token.id)).toBe(false);
    manager.call(enable, token);
    expect(find(token.id)?.status).toBe('active');
    expect(live(token.id)).toBe(true);
  });

  it('ends a token for good, or says that the vendor cannot', () => {
    const { revoke, remove } = tokens;
    if (!revoke || !remove) return expect(provider.facts.ends).toBe('disable-only');
    const { token } = create(spec);
    if (provider.facts.ends === 'revoke-then-delete')
      expect(codeOf(() => manager.call(remove, token))).toBe('conflict');
    manager.call(revoke, token);
    expect(live(token.id) ?? false).toBe(false);
    if (provider.facts.ends === 'revoke-then-delete') {
      expect(find(token.id)?.status).toBe('revoked');
      manager.call(remove, token);
    }
    expect(find(token.id)).toBeUndefined();
    expect(codeOf(() => manager.call(remove, token))).toBe('not-found');
  });

  it('renames where it can, and tells the secret again where it can', () => {
    const { token, secret } = create(spec);
    if (tokens.rename) {
      manager.call(tokens.rename, { ...token, newName: 'other' });
      expect(find(token.id)?.name).toBe('other');
    }
    const again = tokens.get ? manager.call(tokens.get, token).secret : null;
    expect(again?.reveal() ?? null).toBe(provider.facts.secretShown === 'again' ? secret.reveal() : null);
  });

  it('rotates in place where it can: the old secret ends, the new one works', () => {
    const { rotate, prove } = tokens;
    if (!rotate || !prove) return expect(provider.facts.rotation).not.toBe('in-place');
    const { token, secret } = create(spec);
    const next = manager.call(rotate, token).secret;
    expect(next?.reveal()).toBe(world.issued.at(-1));
    expect(codeOf(() => manager.as(secret).call(prove, token))).toBe('auth');
    expect(codeOf(() => next && manager.as(next).call(prove, token))).toBe('ok');
  });

  it('recognises its own mark and nothing else, and a repeated issuing request does what the marking says', () => {
    const { marking } = tokens;
    if (!marking) return expect(provider.facts.rotation).toBe('in-place');
    const other = create({ ...spec, name: markedName('other') }).token;
    const marked = marking.mark(tokens.checkSpec(spec), NONCE, world.now);
    const first = create(marked);
    expect(marking.isMarked(find(first.token.id) ?? first.token, marked)).toBe(true);
    expect(marking.isMarked(other, marked)).toBe(false);

    const known = list().length;
    const { replay } = marking;
    const issueAgain = tokens.create;
    if (!issueAgain) throw new Error('every provider creates tokens');
    if (replay === 'conflict') {
      expect(codeOf(() => creator.call(issueAgain, marked))).toBe('conflict');
    } else {
      const second = creator.call(issueAgain, marked);
      if (replay === 'returns-secret') expect(second.secret?.reveal()).toBe(first.secret.reveal());
    }
    expect(list().length).toBe(known + (replay === 'duplicates' ? 1 : 0));
  });

  it('says what to do instead of everything that it lacks', () => {
    const has = new Set<string>(
      Object.keys(tokens).map((name) => `tokens ${name === 'remove' ? 'delete' : name}`),
    );
    for (const name of Object.keys(provider.keys ?? {})) has.add(`keys ${name}`);
    for (const name of Object.keys(provider.projects ?? {})) has.add(`projects ${name}`);
    // Composed by keyturn from create and the end of the old one.
    has.add('tokens rotate');
    const missing = OPERATIONS.filter((name) => !has.has(name));
    expect(Object.keys(provider.instead).sort()).toEqual([...missing].sort());
  });

  function markedName(name: string): string | null {
    return provider.facts.names === 'none' ? null : name;
  }
});

describe('Errova keys and projects', () => {
  const { keys, projects } = errova;
  if (!keys || !projects) throw new Error('Errova has both');
  const world = createWorld();
  const manager = logIn(world, errova);

  it('live a whole life', () => {
    const project = manager.call(projects.create, {
      name: 'Web App',
      platform: 'nextjs',
      environment: 'production',
    });
    expect(manager.list(projects.list, undefined)).toContainEqual(project);
    const slug = project.slug ?? '';

    const server = manager.call(keys.create, { project: slug, name: 'backend', type: 'server_signed' });
    const browser = manager.call(keys.create, { project: slug, name: 'page', type: 'browser_public' });
    expect(server.secret?.reveal()).toBe(world.issued.at(-1));
    expect(browser.secret).toBeNull();
    expect(browser.item?.publicKey).toEqual(expect.any(String));

    const target = { project: slug, id: server.item?.id ?? '' };
    manager.call(keys.expire, { ...target, expiresAt: '2026-12-22T12:00:00.500Z' });
    const listed = manager.list(keys.list, { project: slug });
    expect(listed.find((key) => key.id === target.id)).toMatchObject({
      name: 'backend',
      type: 'server_signed',
      expiresAt: '2026-12-22T12:00:00Z',
    });
    expect(manager.call(keys.rotate, target).secret?.reveal()).toBe(world.issued.at(-1));
    expect(codeOf(() => manager.list(keys.list, { project: 'nowhere' }))).toBe('not-found');
  });
});

describe('what a vendor may answer either way', () => {
  it('Devo: a create that shows the value', () => {
    const world = createWorld({ devoCreateReturnsToken: true });
    const caller = logIn(world, devo);
    const spec = CASES[1]?.spec ?? NONE;
    const issued = devo.tokens.create && caller.call(devo.tokens.create, devo.tokens.checkSpec(spec));
    expect(issued?.secret?.reveal()).toBe(world.issued.at(-1));
  });

  it("Devo: another user's value is a mask, and a mask is no secret", () => {
    const world = createWorld();
    const admin = logIn(world, devo);
    const { create, get } = devo.tokens;
    if (!create || !get) throw new Error('Devo has both');
    const specFor = (user: string, audience: string): TokenSpec =>
      devo.tokens.checkSpec({ ...(CASES[1]?.spec ?? NONE), options: { user, audience } });
    const { item: own } = admin.call(create, specFor('ci@example.com', 'credentials'));
    const { item: theirs } = admin.call(create, specFor('user@example.com', 'apiv2'));
    const secret = own && admin.call(get, own).secret;
    if (!own || !secret || !theirs) throw new Error('nothing was made');
    const shown = admin.as(secret).call(get, theirs).secret;
    if (!shown) throw new Error('nothing was shown');
    expect(codeOf(() => devo.checkIssued(shown))).toBe('auth');
    expect(codeOf(() => devo.checkCredential(shown, START))).toBe('auth');
    expect(codeOf(() => devo.checkIssued(secret))).toBe('ok');
  });

  it('Prefactor: the last page without a next offset', () => {
    const world = createWorld({ prefactorLastPage: 'missing' });
    world.sandbox.seedTokens('prefactor', 120);
    const { list } = prefactor.tokens;
    expect(list && logIn(world, prefactor).list(list, undefined).length).toBeGreaterThanOrEqual(120);
  });

  it('Prefactor: a replay without the secret still names the token', () => {
    const world = createWorld({ prefactorIdempotency: 'redacted' });
    const caller = logIn(world, prefactor);
    const { create } = prefactor.tokens;
    if (!create) throw new Error('Prefactor creates');
    const spec = prefactor.tokens.checkSpec({ ...NONE, idempotencyKey: `keyturn-${NONCE}` });
    const first = caller.call(create, spec);
    const second = caller.call(create, spec);
    expect(second.item?.id).toBe(first.item?.id);
    expect(second.secret).toBeNull();
    expect(second.drift?.message).toMatch(/no secret; it has the fields/);
  });

  it('Errova: a token that may only read changes nothing', () => {
    const world = createWorld();
    const { create, rotate, list } = errova.tokens;
    if (!create || !rotate || !list) throw new Error('Errova has all three');
    const spec = errova.tokens.checkSpec({ ...NONE, name: 'inventory', scopes: ['org.read'] });
    const other = logIn(world, errova, 'session').call(create, { ...spec, name: 'other' }).item;
    const issued = logIn(world, errova, 'session').call(create, spec);
    if (!issued.secret || !other) throw new Error('no secret');
    const reader = logIn(world, errova).as(issued.secret);
    expect(reader.list(list, undefined).length).toBeGreaterThanOrEqual(2);
    expect(codeOf(() => reader.call(rotate, other))).toBe('auth');
    expect(codeOf(() => reader.call(create, spec))).toBe('auth');
  });

  it('Bluebricks: an API token is told what it cannot do before it is sent, and by the vendor', () => {
    const world = createWorld();
    const caller = logIn(world, bluebricks);
    const { create, list } = bluebricks.tokens;
    if (!create || !list) throw new Error('Bluebricks has both');
    const { secret } = caller.call(create, bluebricks.tokens.checkSpec({ ...NONE, name: 'ci' }));
    if (!secret) throw new Error('no secret');
    expect(codeOf(() => bluebricks.checkCredential(secret, START))).toBe('auth');
    expect(codeOf(() => caller.as(secret).list(list, undefined))).toBe('auth');
    expect(bluebricks.checkCredential(caller.secret, START).expiresAt).toBe('2026-11-23T00:00:00Z');
    expect(codeOf(() => bluebricks.checkCredential(caller.secret, START + 86_400_000))).toBe('auth');
  });
});
