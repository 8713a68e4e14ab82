import { expect, onTestFinished, test } from 'vitest';
import type { RunResult } from '../support/cli.ts';
import { COOKIE, startDocumentedErrova } from '../support/errova-documented.ts';
import { createInProcessRig, DEVO, type InProcessRig } from './rig.ts';

// The provider accepts the change, and nobody can look whether it took effect.

const MORE = ['--expires-in', '30d'] as const;

const VENDORS: Readonly<Record<string, { login: readonly string[]; create: readonly string[] }>> = {
  devo: { login: ['--region', 'us', '--domain', 'acme'], create: DEVO },
  prefactor: { login: [], create: MORE },
  bluebricks: { login: [], create: [] },
};

type Change = 'revoke' | 'delete' | 'disable' | 'enable';

interface Made {
  readonly rig: InProcessRig;
  /** What is saved: the state of the saved copy of a token. */
  saved(name: string): Promise<unknown>;
  outcomes(): Promise<readonly string[]>;
}

async function made(vendor: string, names: readonly string[]): Promise<Made> {
  const rig = await createInProcessRig({}, undefined, { answers: { [vendor]: { writes: 'empty' } } });
  const { login = [], create = [] } = VENDORS[vendor] ?? {};
  const how = ['--with-token', '--store', 'file', '--url', rig.sandbox.origin];
  await rig.must(['login', vendor, ...login, ...how], { stdin: rig.sandbox.login(vendor) });
  for (const name of names) await rig.must(['tokens', 'create', '--name', name, ...create, '--save']);
  return {
    rig,
    async saved(name) {
      const list = JSON.parse(await rig.must(['credentials', 'list', '--json']));
      return list.credentials.find((each: { name: string }) => each.name === name)?.state;
    },
    async outcomes() {
      const { records } = JSON.parse(await rig.must(['audit', 'list', '--json']));
      return records.map(actionOf);
    },
  };
}

/** Runs the command so that every read works until the change is sent, and none afterwards. */
async function withoutLook(
  { sandbox, run, must }: InProcessRig,
  args: readonly string[],
): Promise<RunResult> {
  const before = sandbox.requests.length;
  await must([...args, '--dry-run']);
  const reads = sandbox.requests.slice(before).filter(({ method }) => method === 'GET').length;
  sandbox.setFaults([`GET * status:503 after:${reads}`]);
  const result = await run([...args, '--yes']);
  sandbox.setFaults([]);
  return result;
}

const CASES: readonly (readonly [string, Change])[] = [
  ['devo', 'revoke'],
  ['devo', 'delete'],
  ['devo', 'disable'],
  ['devo', 'enable'],
  ['prefactor', 'revoke'],
  ['prefactor', 'delete'],
  ['prefactor', 'disable'],
  ['prefactor', 'enable'],
  ['bluebricks', 'disable'],
  ['bluebricks', 'enable'],
];

for (const names of [['one'], ['one', 'two']]) {
  test.each(CASES)(
    `%s: tokens %s of ${names.length} says that the result is unknown`,
    async (vendor, verb) => {
      const { rig, saved, outcomes } = await made(vendor, names);
      if (verb === 'enable') await rig.must(['tokens', 'disable', ...names, '--yes']);
      // Prefactor deletes only what has ended.
      if (vendor === 'prefactor' && verb === 'delete')
        await rig.must(['tokens', 'revoke', ...names, '--yes']);
      const before = await saved('one');
      const result = await withoutLook(rig, ['tokens', verb, ...names, '--json']);
      expect(result, result.stderr).toMatchObject({ code: 0 });
      const { results } = JSON.parse(result.stdout);
      expect(results).toHaveLength(names.length);
      for (const each of results)
        expect(each).toMatchObject({
          result: 'unknown',
          status: null,
          message: expect.stringContaining('could not be looked up'),
        });
      expect(await saved('one')).toBe(before);
      expect((await outcomes()).slice(-names.length)).toEqual(names.map(() => `${verb} unknown`));
    },
  );
}

test('people read no success either', async () => {
  const { rig } = await made('devo', ['one', 'two']);
  const one = await withoutLook(rig, ['tokens', 'disable', 'one', '-o', 'human']);
  expect(one.stdout).toMatch(
    /^unknown: the request to disable "one" \(id .+\) at Devo, profile devo, was accepted/,
  );
  const both = await withoutLook(rig, ['tokens', 'disable', 'one', 'two', '-o', 'human']);
  expect(both.stderr).toMatch(
    /2 unknown \("one" \(id .+\), "two" \(id .+\)\), 0 skipped at Devo, profile devo/,
  );
  expect(both.stdout + both.stderr).not.toMatch(/disabled/);
});

test('what is confirmed keeps its word, and has the status that was seen', async () => {
  const { rig, saved } = await made('devo', ['one']);
  const run = async (verb: Change) =>
    JSON.parse(await rig.must(['tokens', verb, 'one', '--json', '--yes'])).results;
  expect(await run('disable')).toMatchObject([{ result: 'disabled', status: 'disabled' }]);
  expect(await saved('one')).toBe('disabled');
  expect(await run('enable')).toMatchObject([{ result: 'enabled', status: 'active' }]);
  expect(await run('revoke')).toMatchObject([{ result: 'revoked', status: null }]);
  expect(await saved('one')).toBe('ended');
});

test('logout --revoke', async () => {
  const logOut = ['logout', '--revoke', '--yes', '--json'];
  const duplicate = await made('prefactor', []);
  const before = duplicate.rig.sandbox.requests.length;
  expect(JSON.parse(await duplicate.rig.must(logOut))).toMatchObject({ result: 'revoked', revoked: true });
  const sent = duplicate.rig.sandbox.requests.slice(before).map(({ method }) => method);
  const reads = sent.slice(0, sent.indexOf('POST')).length;

  const { rig, outcomes } = await made('prefactor', []);
  rig.sandbox.setFaults([`GET * status:503 after:${reads}`]);
  const result = await rig.run(logOut);
  expect(result, result.stderr).toMatchObject({ code: 0 });
  expect(JSON.parse(result.stdout)).toMatchObject({ result: 'unknown', revoked: null, forgotten: true });
  expect((await outcomes()).at(-1)).toBe('revoke unknown');
});

/** Errova documents no GET at all: an ending there is often all that its answer says. */
async function errova() {
  const rig = await createInProcessRig({ KEYTURN_STORE: 'file' });
  const server = await startDocumentedErrova({ status: 404, body: '{}' });
  onTestFinished(() => server.close());
  const place = ['--org', 'acme-inc', '--url', server.origin];
  await rig.must(['login', 'errova', ...place, '--session'], { stdin: COOKIE });
  return { rig, server };
}

test('Errova: tokens revoke and keys expire', async () => {
  const { rig, server } = await errova();
  const token = server.addToken();
  const key = server.addKey();
  const json = async (args: readonly string[]) => JSON.parse(await rig.must([...args, '--json', '--yes']));
  expect(await json(['tokens', 'revoke', `id:${token.id}`])).toMatchObject({
    results: [{ id: token.id, result: 'unknown', status: null }],
  });
  server.keys.set(key.id, { ...key, expiresAt: null });
  server.isSilent = true;
  const expire = ['keys', 'expire', `id:${key.id}`, '--project', 'web-app', '--in', '30d'];
  expect(await json(expire)).toMatchObject({
    result: 'unknown',
    key: { id: key.id, status: null, expiresAt: null },
  });
  server.isSilent = false;
  expect(await json(expire)).toMatchObject({ result: 'scheduled', key: { id: key.id, status: 'active' } });
  const { records } = JSON.parse(await rig.must(['audit', 'list', '--json']));
  expect(records.map(actionOf).slice(-3)).toEqual(['revoke unknown', 'expire unknown', 'expire ok']);
});

function actionOf({ action, outcome }: Readonly<Record<string, string>>): string {
  return `${action} ${outcome}`;
}
