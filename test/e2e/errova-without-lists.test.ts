import { describe, expect, onTestFinished, test } from 'vitest';
import { type RunOptions, runInProcess } from '../support/cli.ts';
import {
  COOKIE,
  type DocumentedErrova,
  type GetAnswer,
  startDocumentedErrova,
} from '../support/errova-documented.ts';
import { createTestHome } from '../support/temp.ts';

const HTML = '<!doctype html><title>Errova</title><p>Log in';

const GETS: readonly (readonly [string, GetAnswer])[] = [
  ...[400, 401, 403, 404, 405, 410, 501].map((status) => [`${status}`, { status, body: '{}' }] as const),
  ['404 HTML', { status: 404, body: HTML, type: 'text/html' }],
  ['200 HTML', { status: 200, body: HTML, type: 'text/html' }],
  ['200 {}', { status: 200, body: '{}' }],
  ['200 and nothing', { status: 200 }],
  ['204', { status: 204 }],
  ['200 null', { status: 200, body: 'null' }],
  ['200 an empty list', { status: 200, body: '[]' }],
  ['200 text', { status: 200, body: 'OK', type: 'text/plain' }],
  ['200 an error', { status: 200, body: '{"error":{"code":"no_route","message":"no such route"}}' }],
  ['302', { status: 302, body: '' }],
  ['a connection that is dropped', 'dropped'],
];

async function rig(gets: GetAnswer) {
  const home = createTestHome();
  onTestFinished(() => home.remove());
  const errova = await startDocumentedErrova(gets);
  onTestFinished(() => errova.close());
  const run = (args: readonly string[], more: Partial<RunOptions> = {}) =>
    runInProcess(args, {
      home: home.path,
      ...more,
      env: { ...home.env, KEYTURN_STORE: 'file', ...more.env },
    });
  const login = ['login', 'errova', '--org', 'acme-inc', '--url', errova.origin];
  const manager = errova.addToken();
  const viaToken = () => run([...login, '--with-token', '--token-id', manager.id], { stdin: manager.secret });
  return { errova, run, login, manager, viaToken };
}

type Rig = Awaited<ReturnType<typeof rig>>;

interface Case {
  readonly args: (ids: { readonly token: string; readonly key: string }) => readonly string[];
  readonly stdin?: string;
  check(errova: DocumentedErrova, ids: { token: string; key: string; was: string }, out: string): void;
}

/** Every operation of the document, with an id in hand. */
const OPERATIONS: Readonly<Record<string, Case>> = {
  'tokens create with a session': {
    args: () => ['tokens', 'create', '--session', '--name', 'ci', '--scope', 'org.read', '--print'],
    stdin: COOKIE,
    check: ({ tokens }, _, out) => expect([...tokens.values()].at(-1)).toBe(out.trim()),
  },
  'tokens create with a token': {
    args: () => ['tokens', 'create', '--name', 'ci', '--scope', 'org.read', '--print'],
    check: ({ tokens }, _, out) => expect([...tokens.values()].at(-1)).toBe(out.trim()),
  },
  'tokens rotate': {
    args: ({ token }) => ['tokens', 'rotate', `id:${token}`, '--yes', '--print'],
    check: ({ tokens }, { token, was }, out) => {
      expect(tokens.get(token)).toBe(out.trim());
      expect(out.trim()).toBe(`${was}R`);
    },
  },
  'tokens rotate with a session': {
    args: ({ token }) => [
      ...['tokens', 'rotate', `id:${token}`, '--session', '--name', 'ci', '--scope', 'org.read'],
      ...['--yes', '--print'],
    ],
    stdin: COOKIE,
    check: ({ asked, tokens }, { token }, out) => {
      expect(tokens.has(token)).toBe(false);
      expect([...tokens.values()].at(-1)).toBe(out.trim());
      expect(asked.filter((line) => line.startsWith('POST')).at(-1)).toBe(
        'POST /api/organizations/acme-inc/machine-tokens',
      );
    },
  },
  'tokens revoke': {
    args: ({ token }) => ['tokens', 'revoke', `id:${token}`, '--yes'],
    check: ({ tokens }, { token }) => expect(tokens.has(token)).toBe(false),
  },
  'projects create': {
    args: () => [
      'projects',
      'create',
      '--name',
      'Web',
      '--platform',
      'nextjs',
      '--environment',
      'production',
    ],
    check: ({ asked }) => expect(asked).toContain('POST /api/organizations/acme-inc/projects'),
  },
  'keys create': {
    args: () => ['keys', 'create', '--project', 'web-app', '--name', 'be', '--print'],
    check: ({ keys }, _, out) => expect([...keys.values()].at(-1)?.secret).toBe(out.trim()),
  },
  'keys expire': {
    args: ({ key }) => ['keys', 'expire', `id:${key}`, '--project', 'web-app', '--in', '30d', '--yes'],
    check: ({ keys }, { key }) => expect(keys.get(key)?.expiresAt).not.toBeNull(),
  },
  'keys rotate': {
    args: ({ key }) => ['keys', 'rotate', `id:${key}`, '--project', 'web-app', '--yes', '--print'],
    check: ({ keys }, { key }, out) => expect(keys.get(key)?.secret).toBe(out.trim()),
  },
};

describe.each(GETS)('Errova answers every GET with %s', (_, gets) => {
  test('login with a token, whoami and doctor work, and claim nothing', async () => {
    const { run, viaToken, manager } = await rig(gets);
    const login = await viaToken();
    expect(login).toMatchObject({ code: 0 });
    if (gets !== 'dropped' && JSON.stringify(gets) !== JSON.stringify({ status: 200, body: '[]' }))
      expect(login.stderr).toContain('could not be proved: Errova documents no call that only reads');
    const who = await run(['whoami', '--json']);
    expect(who.code).toBe(0);
    expect(JSON.parse(who.stdout)).toMatchObject({ tokenId: manager.id });
    expect((await run(['doctor'])).code).toBe(0);
  });

  test('login with a session works, and says what it made', async () => {
    const { errova, run, login } = await rig(gets);
    const result = await run([...login, '--session', '--json'], { stdin: COOKIE });
    expect(result).toMatchObject({ code: 0 });
    const [id] = [...errova.tokens.keys()].slice(-1);
    expect(JSON.parse(result.stdout).login).toMatchObject({ tokenId: id, current: 'errova' });
    expect((await run(['keys', 'create', '--project', 'web-app', '--name', 'x', '--save'])).code).toBe(0);
  });

  test.each(['the name', 'the id'])('tokens rotate --session by %s takes what is saved', async (by) => {
    const { errova, run, viaToken } = await rig(gets);
    await viaToken();
    const create = ['tokens', 'create', '--session', '--name', 'ci', '--scope', 'org.read', '--save'];
    expect((await run(create, { stdin: COOKIE })).code).toBe(0);
    const [old] = [...errova.tokens.keys()].slice(-1);
    const rotate = ['tokens', 'rotate', by === 'the id' ? `id:${old}` : 'ci', '--session', '--save', '--yes'];
    const bodies = errova.bodies.length;
    expect(await run(rotate, { stdin: COOKIE })).toMatchObject({ code: 0 });
    expect(JSON.parse(errova.bodies.slice(bodies)[0] ?? '')).toEqual({ label: 'ci', scopes: ['org.read'] });
    expect(errova.tokens.has(old ?? '')).toBe(false);
  });

  test('a token that is wrong is refused, where the server says so', async () => {
    const { run, login } = await rig(gets);
    const refused = await run([...login, '--with-token'], { stdin: 'ert_wrongwrongwrongwrongwrong' });
    // Only a 401 or silence is asked about once more: everything else says nothing of the token.
    const isAsked = gets === 'dropped' || (typeof gets === 'object' && gets.status === 401);
    expect(refused.code).toBe(isAsked ? 4 : 0);
  });

  for (const [name, { args, stdin, check }] of Object.entries(OPERATIONS)) {
    test(name, async () => {
      const { errova, run, viaToken } = await rig(gets);
      await viaToken();
      const token = errova.addToken();
      const key = errova.addKey();
      const ids = { token: token.id, key: key.id };
      const result = await run(args(ids), stdin === undefined ? {} : { stdin });
      expect(result, result.stderr).toMatchObject({ code: 0 });
      check(errova, { ...ids, was: token.secret }, result.stdout);
    });
  }

  test('a name asks for an id, and nothing is changed', async () => {
    const { errova, run, viaToken } = await rig(gets);
    await viaToken();
    const before = [...errova.tokens];
    for (const args of [
      ['tokens', 'revoke', 'ci', '--yes'],
      ['tokens', 'rotate', 'ci', '--yes', '--print'],
      ['keys', 'expire', 'be', '--project', 'web-app', '--in', '1d', '--yes'],
      ['keys', 'rotate', 'be', '--project', 'web-app', '--yes', '--print'],
    ]) {
      const result = await run(args);
      expect([4, 5, 8]).toContain(result.code);
      if (result.code !== 5) expect(result.stderr).toContain('id:');
    }
    expect([...errova.tokens]).toEqual(before);
  });
});

test('an organization that is not there is no missing list', async () => {
  const { run, viaToken } = await rig({
    status: 404,
    body: '{"error":{"code":"not_found","message":"organization not found"}}',
  });
  expect((await viaToken()).code).toBe(5);
  expect((await run(['profiles', 'list'])).stdout).toBe('');
});

describe('a server that does not answer at all', () => {
  const dead = async (work: (rig: Rig) => Promise<{ code: number }>) => {
    const all = await rig({ status: 404 });
    await all.viaToken();
    all.errova.gets = 'all dropped';
    return (await work(all)).code;
  };

  test('is no login', async () => {
    const { run, login, errova, manager } = await rig('all dropped');
    const result = await run([...login, '--with-token'], { stdin: manager.secret });
    expect(result.code).toBe(7);
    expect(errova.asked.filter((line) => line.startsWith('POST'))).toEqual([]);
  });

  test.each([
    ['tokens rotate', ['tokens', 'rotate', 'id:mt_9', '--yes', '--print'], undefined],
    [
      'tokens create --session',
      ['tokens', 'create', '--session', '--name', 'x', '--scope', 'org.read', '--print'],
      COOKIE,
    ],
    ['keys create', ['keys', 'create', '--project', 'web-app', '--name', 'x', '--print'], undefined],
  ])('sends no %s that cannot be repeated', async (_, args, stdin) => {
    let asked: readonly string[] = [];
    const code = await dead(async ({ run, errova }) => {
      const result = await run(args, stdin === undefined ? {} : { stdin });
      asked = errova.asked;
      return result;
    });
    expect(code).toBe(7);
    expect(asked.filter((line) => line.startsWith('POST'))).toEqual([]);
  });
});

describe('a second login', () => {
  const again = async (more: readonly string[], options: Partial<RunOptions> = {}) => {
    const all = await rig({ status: 404 });
    const { errova, run, login } = all;
    await run([...login, '--session'], { stdin: COOKIE });
    const [first] = [...errova.tokens.keys()].slice(-1);
    const result = await run([...login, '--session', ...more], {
      env: { KEYTURN_SESSION: COOKIE },
      ...options,
    });
    const [second] = [...errova.tokens.keys()].slice(-1);
    return { ...all, first: first ?? '', second, result };
  };

  test.each<[string, readonly string[], readonly string[] | undefined, boolean]>([
    ['off a terminal keeps the first token, and names it', [], undefined, true],
    ['--old keep', ['--old', 'keep'], undefined, true],
    ['--old now', ['--old', 'now'], undefined, false],
    ['a person who says no', [], ['n'], true],
    ['a person who says yes', [], ['y'], false],
    ['a person who was not to be asked', ['--yes'], [], true],
  ])('%s', async (_, more, answers, isKept) => {
    const { errova, first, second, result } = await again(more, answers ? { answers } : {});
    expect(result, result.stderr).toMatchObject({ code: 0 });
    expect(errova.tokens.has(first)).toBe(isKept);
    expect(second).not.toBe(first);
    expect(result.stderr).toContain(`"${first}"`);
    if (isKept) expect(result.stderr).toContain(`keyturn tokens revoke id:${first} --profile errova`);
  });

  test('an ending that is refused is told, and the login stands', async () => {
    const all = await rig({ status: 404 });
    const { errova, run, login } = all;
    await run([...login, '--session'], { stdin: COOKIE });
    const [first] = [...errova.tokens.keys()].slice(-1);
    errova.refuse = { line: 'DELETE', status: 403 };
    const result = await run([...login, '--session', '--old', 'now', '--json'], { stdin: COOKIE });
    expect(result.code).toBe(9);
    expect(JSON.parse(result.stdout).login).toMatchObject({ old: { id: first, state: 'kept' } });
    expect((await run(['whoami'])).code).toBe(0);
  });

  test('the same token again replaces nothing', async () => {
    const { errova, run, login, manager, viaToken } = await rig({ status: 404 });
    await viaToken();
    const result = await run([...login, '--with-token', '--old', 'now', '--token-id', manager.id], {
      stdin: manager.secret,
    });
    expect(result, result.stderr).toMatchObject({ code: 0 });
    expect(errova.tokens.has(manager.id)).toBe(true);
  });

  test('a token whose id is not known is not ended by guess', async () => {
    const { errova, run, login, manager } = await rig({ status: 404 });
    await run([...login, '--with-token'], { stdin: manager.secret });
    const other = errova.addToken();
    const refused = await run([...login, '--with-token', '--old', 'now'], { stdin: other.secret });
    expect(refused.code).toBe(6);
    const kept = await run([...login, '--with-token'], { stdin: other.secret });
    expect(kept.stderr).toContain('its id is not known');
    expect(errova.tokens.size).toBe(2);
  });
});

describe('a rotation by a session', () => {
  const session = { env: { KEYTURN_SESSION: COOKIE } };
  const started = async (gets: GetAnswer = { status: 404 }) => {
    const all = await rig(gets);
    await all.viaToken();
    const saved = ['tokens', 'create', '--session', '--name', 'ci', '--scope', 'org.read', '--save'];
    await all.run(saved, { stdin: COOKIE });
    const [old] = [...all.errova.tokens.keys()].slice(-1);
    const rotate = ['tokens', 'rotate', 'ci', '--session', '--scope', 'org.read', '--yes', '--json'];
    return { ...all, old: old ?? '', rotate };
  };

  test('is planned without the cookie, and says who sends what', async () => {
    const { run, rotate, errova } = await started();
    const asked = errova.asked.length;
    const { code, stdout } = await run([...rotate, '--dry-run']);
    expect(code).toBe(0);
    expect(stdout).toContain('POST /api/organizations/acme-inc/machine-tokens (as the browser session)');
    expect(errova.asked.slice(asked).filter((line) => !line.startsWith('GET'))).toEqual([]);
  });

  test.each<[string, GetAnswer]>([
    ['without a list', { status: 404 }],
    ['with a list that is always empty', { status: 200, body: '[]' }],
  ])('keeps the old one for its grace, and a resume without the cookie ends it, %s', async (_, gets) => {
    const { errova, old, run, rotate } = await started(gets);
    const waiting = await run([...rotate, '--old', '1h'], session);
    expect(waiting, waiting.stderr).toMatchObject({ code: 10 });
    expect(errova.tokens.has(old)).toBe(true);
    const ended = await run(['rotations', 'resume', '--now', '--yes', '--json']);
    expect(ended, ended.stderr).toMatchObject({ code: 0 });
    expect(errova.tokens.has(old)).toBe(false);
    expect(errova.tokens.size).toBe(2);
  });

  test('leaves the old one with --old keep', async () => {
    const { errova, old, run, rotate } = await started();
    const kept = await run([...rotate, '--old', 'keep'], session);
    expect(kept, kept.stderr).toMatchObject({ code: 0 });
    expect(errova.tokens.has(old)).toBe(true);
    expect(JSON.parse(kept.stdout).old).toMatchObject({ id: old, outcome: 'kept' });
  });

  test('ends in attention, with the name, where the answer is lost and there is no list', async () => {
    const { errova, old, run, rotate } = await started();
    errova.loseNext = 'POST';
    const lost = await run(rotate, session);
    expect(lost, lost.stderr).toMatchObject({ code: 11 });
    expect(lost.stderr).toContain('ci');
    expect(errova.tokens.has(old)).toBe(true);
    expect(errova.tokens.size).toBe(3);
  });

  test('changes nothing where the cookie has ended', async () => {
    const { errova, old, run, rotate } = await started();
    const before = [...errova.tokens];
    const refused = await run(rotate, { env: { KEYTURN_SESSION: 'another-cookie-0123456789' } });
    expect(refused, refused.stderr).toMatchObject({ code: 4 });
    expect([...errova.tokens]).toEqual(before);
    expect(errova.tokens.has(old)).toBe(true);
  });

  test('needs a name and a scope that cannot be looked up', async () => {
    const { errova, run, old } = await started();
    expect((await run(['credentials', 'remove', 'ci', '--yes'])).code).toBe(0);
    const before = errova.asked.length;
    for (const more of [
      ['--name', 'x'],
      ['--scope', 'org.read'],
    ]) {
      const refused = await run(
        ['tokens', 'rotate', `id:${old}`, '--session', '--yes', '--print', ...more],
        session,
      );
      expect(refused).toMatchObject({ code: 2 });
    }
    expect(errova.asked.slice(before).filter((line) => !line.startsWith('GET'))).toEqual([]);
  });
});
