import { describe, expect, onTestFinished, test } from 'vitest';
import { type RunOptions, runInProcess } from '../support/cli.ts';
import { COOKIE, type GetAnswer, startDocumentedErrova } from '../support/errova-documented.ts';
import { createTestHome } from '../support/temp.ts';

// Errova documents one field of the answer to a create, `tokenSecret`: the id may be missing, and no list tells it.

type Shape = (answer: Readonly<Record<string, unknown>>) => unknown;
const SHAPES: Readonly<Record<string, Shape>> = {
  'no id': ({ tokenSecret }) => ({ tokenSecret }),
  'an id of null': (answer) => ({ ...answer, id: null }),
  'no id in an envelope': ({ label, tokenSecret }) => ({ data: { label, tokenSecret } }),
};
const UNREAD: Readonly<Record<string, Shape>> = {
  'an unknown field': ({ tokenSecret, ...rest }) => ({ ...rest, xyz: tokenSecret }),
  'an unknown field and no id': ({ tokenSecret }) => ({ xyz: tokenSecret }),
  'the bare secret': ({ tokenSecret }) => tokenSecret,
};

const GETS: readonly (readonly [string, GetAnswer])[] = [
  ['404', { status: 404, body: '{}' }],
  ['401', { status: 401, body: '{"error":{"code":"unauthorized","message":"a machine token is required"}}' }],
  ['HTML', { status: 200, body: '<html>', type: 'text/html' }],
];

async function rig(gets: GetAnswer, reshape: Shape) {
  const home = createTestHome();
  onTestFinished(() => home.remove());
  const errova = await startDocumentedErrova(gets);
  onTestFinished(() => errova.close());
  errova.reshape = reshape;
  const manager = errova.addToken();
  const run = (args: readonly string[], more: Partial<RunOptions> = {}) =>
    runInProcess(args, {
      home: home.path,
      ...more,
      env: { ...home.env, KEYTURN_STORE: 'file', ...more.env },
    });
  const asManager = (args: readonly string[], more: Partial<RunOptions> = {}) =>
    run(args, {
      ...more,
      env: {
        KEYTURN_PROVIDER: 'errova',
        KEYTURN_ORG: 'acme-inc',
        KEYTURN_URL: errova.origin,
        KEYTURN_TOKEN: manager.secret,
      },
    });
  const login = ['login', 'errova', '--org', 'acme-inc', '--url', errova.origin, '--session'];
  const made = () => [...errova.tokens.entries()].at(-1) ?? ['', ''];
  return { errova, run, asManager, login, made };
}

const CREATE = ['tokens', 'create', '--session', '--name', 'ci', '--scope', 'org.read'];

describe.each(GETS)('reads are answered with %s', (_, gets) => {
  test.each(Object.entries(SHAPES))(
    'create with %s: the secret is delivered, the id is unknown',
    async (__, shape) => {
      const { asManager, made } = await rig(gets, shape);
      const result = await asManager([...CREATE, '--save', '--json'], { stdin: COOKIE });
      expect(result.code).toBe(0);
      const document = JSON.parse(result.stdout);
      expect(document).toMatchObject({ state: 'done', token: { id: null, name: 'ci' } });
      expect(document.differences).toEqual([
        expect.stringMatching(/without an id.*"ci" is unknown.*tokens list/),
      ]);
      expect(document.delivery.saved).toMatchObject({ name: 'ci', id: null });
      expect((await asManager(['credentials', 'get', 'ci', '--print'])).stdout.trim()).toBe(made()[1]);
      expect((await asManager(['rotations', 'list', '--json'])).stdout).toContain('"rotations": []');
      expect((await asManager(['audit', 'list', '--json'])).stdout).toContain('"action": "create"');
    },
  );

  test.each(Object.entries(SHAPES))(
    'create --print with %s prints the secret and warns',
    async (__, shape) => {
      const { asManager, made } = await rig(gets, shape);
      const result = await asManager([...CREATE, '--print'], { stdin: COOKIE });
      expect([result.code, result.stdout.trim()]).toEqual([0, made()[1]]);
      expect(result.stderr).toMatch(/the id of the new token "ci" is unknown/);
      expect(result.stderr).not.toContain('(id )');
    },
  );

  test.each(Object.entries(SHAPES))('login with %s: logged in, and the token is named', async (__, shape) => {
    const { run, login, made } = await rig(gets, shape);
    const result = await run([...login, '--name', 'laptop', '--json'], { stdin: COOKIE });
    expect(result.code).toBe(0);
    expect(JSON.parse(result.stdout).login).toMatchObject({ tokenId: null, current: 'errova' });
    expect(result.stderr).toMatch(/created the token \\"laptop\\"/);
    expect(result.stderr).toMatch(/the id of the new token/);
    expect(
      (await run(['credentials', 'get', 'errova', '--print', '--yes', '--allow-managing'])).stdout.trim(),
    ).toBe(made()[1]);
  });

  test.each(Object.entries(UNREAD))(
    'create with %s: attention names the answer',
    async (shapeName, shape) => {
      const { asManager, errova, made } = await rig(gets, shape);
      const result = await asManager([...CREATE, '--save', '--json'], { stdin: COOKIE });
      expect(result.code).toBe(11);
      const { error } = JSON.parse(result.stderr.trim().split('\n').at(-1) ?? '');
      expect(error.message).toContain('"ci"');
      expect(error.message).not.toMatch(/was lost/);
      if (shapeName === 'an unknown field') expect(error.message).toContain(made()[0]);
      if (shapeName !== 'the bare secret') expect(error.message).toContain('xyz');
      const id = error.attempt;
      expect(error.hint).toContain(`keyturn rotations show ${id} --print-answer`);
      const answer = await asManager(['rotations', 'show', id, '--print-answer', '--yes']);
      expect(answer.stdout).toContain(made()[1]);
      // A person may use the token by now: a resume does not end it.
      expect((await asManager(['rotations', 'resume', id])).code).toBe(11);
      expect(errova.tokens.size).toBe(2);
      expect((await asManager(['rotations', 'abort', id, '--yes'])).code).toBe(0);
      expect(errova.tokens.size).toBe(shapeName === 'an unknown field' ? 1 : 2);
      expect((await asManager(['rotations', 'list', '--json'])).stdout).toContain('"rotations": []');
    },
  );

  test.each(Object.entries(UNREAD))('login with %s: the live token is named', async (shapeName, shape) => {
    const { run, login, made } = await rig(gets, shape);
    const result = await run([...login, '--name', 'laptop', '--json'], { stdin: COOKIE });
    expect(result.code).toBe(11);
    const { error } = JSON.parse(result.stderr.trim().split('\n').at(-1) ?? '');
    expect(error.message).toContain('"laptop"');
    if (shapeName === 'an unknown field') expect(error.message).toContain(made()[0]);
    expect(error.hint).toMatch(/--print-answer.*login errova .*--with-token/);
    const answer = await run(['rotations', 'show', error.attempt, '--print-answer', '--yes']);
    expect(answer.stdout).toContain(made()[1]);
    const closed = await run(['rotations', 'abort', error.attempt, '--yes', '--json']);
    expect(closed.code).toBe(0);
    expect(closed.stdout).toContain('laptop');
  });

  test('a rotation with --session stops before the old token ends, and can go on or back', async () => {
    for (const way of ['accept', 'abort']) {
      const { asManager, errova } = await rig(gets, SHAPES['no id'] ?? ((answer) => answer));
      const old = errova.addToken();
      const rotate = ['tokens', 'rotate', `id:${old.id}`, '--session', '--name', 'ci', '--scope', 'org.read'];
      const result = await asManager([...rotate, '--allow-self', '--save', '--yes', '--json'], {
        stdin: COOKIE,
      });
      expect(result.code).toBe(6);
      expect(errova.tokens.has(old.id)).toBe(true);
      const { error } = JSON.parse(result.stderr.trim().split('\n').at(-1) ?? '');
      expect(error.message).toMatch(/id of the new token "ci" is unknown/);
      const on = ['rotations', way === 'accept' ? 'resume' : 'abort', error.attempt];
      const more = way === 'accept' ? ['--accept-differences'] : ['--yes'];
      expect((await asManager([...on, ...more])).code).toBe(0);
      expect(errova.tokens.has(old.id)).toBe(way === 'abort');
    }
  });

  test.each(Object.entries(UNREAD))(
    'a rotation with --session and %s: no whole answer is called lost',
    async (shapeName, shape) => {
      const { asManager, errova, made } = await rig(gets, shape);
      const old = errova.addToken();
      const rotate = ['tokens', 'rotate', `id:${old.id}`, '--session', '--name', 'ci', '--scope', 'org.read'];
      const result = await asManager([...rotate, '--allow-self', '--save', '--yes', '--json'], {
        stdin: COOKIE,
      });
      expect(errova.tokens.has(old.id)).toBe(true);
      expect(result.stderr).not.toMatch(/was lost|lives at the provider/);
      const { error } = JSON.parse(result.stderr.trim().split('\n').at(-1) ?? '');
      expect([result.code, errova.tokens.size]).toEqual([11, 3]);
      expect(error.hint).toContain(`keyturn rotations show ${error.attempt} --print-answer`);
      expect(error.message).toContain('"ci"');
      const answer = await asManager(['rotations', 'show', error.attempt, '--print-answer', '--yes']);
      expect(answer.stdout).toContain(made()[1]);
      expect((await asManager(['rotations', 'resume', error.attempt])).code).toBe(11);
      expect(errova.tokens.size).toBe(3);
      expect((await asManager(['rotations', 'abort', error.attempt, '--yes'])).code).toBe(0);
      // The answer that names the new token is enough to end it.
      expect(errova.tokens.size).toBe(shapeName === 'an unknown field' ? 2 : 3);
      expect(errova.tokens.has(old.id)).toBe(true);
    },
  );

  test('a key without an id is delivered too', async () => {
    const { asManager, errova } = await rig(gets, ({ id, ...rest }) => rest);
    const create = ['keys', 'create', '--project', 'web-app', '--name', 'be', '--print'];
    const result = await asManager(create);
    expect([result.code, result.stdout.trim()]).toEqual([0, [...errova.keys.values()].at(-1)?.secret]);
    expect(result.stderr).toMatch(/the id of the new key "be" is unknown.*keys list --project web-app/);
  });
});
