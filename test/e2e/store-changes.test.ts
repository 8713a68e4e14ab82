import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createInProcessRig, DEVO, type InProcessRig } from './rig.ts';

const operations = (rig: InProcessRig): string => join(rig.home.path, '.local/state/keyturn/attempts');
const storeOf = (rig: InProcessRig): string =>
  readFileSync(join(rig.home.path, '.config/keyturn/credentials.yaml'), 'utf8');

async function stop(rig: InProcessRig, args: readonly string[]): Promise<string> {
  expect((await rig.run(args)).code).not.toBe(0);
  const { rotations } = JSON.parse(await rig.must(['rotations', 'list', '--json']));
  return rotations.find(({ state }: { state: string }) => state === 'open' || state === 'attention').id;
}

/** Each leaves one operation in a state of its own, beside the saved token `ci`. */
const STATES: Readonly<Record<string, (rig: InProcessRig) => Promise<string>>> = {
  'whose secret was not delivered': (rig) =>
    stop(rig, ['tokens', 'create', '--name', 'job', ...DEVO, '--save', 'job', '--to', 'exec:false']),
  'whose secret is nowhere else': (rig) =>
    stop(rig, ['tokens', 'create', '--name', 'job', ...DEVO, '--to', 'exec:false']),
  'in its grace period': (rig) => stop(rig, ['tokens', 'rotate', 'ci', '--old', '24h', '--yes']),
  'that needs a person': async (rig) => {
    const place = ['--org', 'acme-inc', '--url', rig.sandbox.origin];
    const login = ['login', 'errova', ...place, '--with-token', '--store', 'file'];
    await rig.must(login, { stdin: rig.sandbox.login('errova') });
    rig.sandbox.seedTokens('errova', 1);
    const tokens = JSON.parse(await rig.must(['tokens', 'list', '-p', 'errova', '--json'])).tokens;
    const token = tokens.find(({ inUse }: { inUse: boolean }) => !inUse);
    rig.sandbox.setFaults(['POST * empty x1']);
    const rotate = ['tokens', 'rotate', `id:${token.id}`, '--save', 'job', '--allow-self', '--yes'];
    return stop(rig, [...rotate, '-p', 'errova']);
  },
  'whose record cannot be read': async (rig) => {
    const id = await stop(rig, ['tokens', 'create', '--name', 'job', ...DEVO, '--to', 'exec:false']);
    const [name = ''] = readdirSync(operations(rig)).filter((each) => each.endsWith('.journal'));
    const path = join(operations(rig), name);
    writeFileSync(path, readFileSync(path).fill(0x41, 200, 210));
    return id;
  },
};

const CHANGES: [string, readonly string[], string?][] = [
  ['login again', ['login', 'devo', '--region', 'us', '--domain', 'acme', '--with-token'], 'login'],
  ['logout', ['logout', 'devo', '--yes']],
  ['import a new one', ['credentials', 'import', 'fresh'], 'a-secret-of-somebody'],
  ['import over one', ['credentials', 'import', 'ci', '--force', '--yes'], 'a-secret-of-somebody'],
  ['import over the unfinished one', ['credentials', 'import', 'job', '--force', '--yes'], 'a-secret'],
  ['create and save', ['tokens', 'create', '--name', 'more', ...DEVO, '--save']],
  ['create over the unfinished one', ['tokens', 'create', '--name', 'more', ...DEVO, '--save', 'job']],
  ['remove one', ['credentials', 'remove', 'ci', '--yes']],
  ['remove the unfinished one', ['credentials', 'remove', 'job', '--yes']],
  ['rename one', ['credentials', 'rename', 'ci', 'cd']],
  ['rename the profile', ['profiles', 'rename', 'devo', 'work']],
  ['migrate', ['credentials', 'migrate', '--from', 'file', '--to', 'passphrase']],
];

async function createRig(state: string): Promise<InProcessRig & { readonly id: string }> {
  const rig = await createInProcessRig();
  await rig.loginDevo();
  await rig.must(['tokens', 'create', '--name', 'ci', ...DEVO, '--save']);
  return { ...rig, id: (await (STATES[state] ?? STATES['in its grace period'])?.(rig)) ?? '' };
}

/** How the operation ends when a person takes it back, and whether the commands that explain it answer. */
async function endOf(rig: InProcessRig & { readonly id: string }): Promise<unknown> {
  const show = await rig.run(['rotations', 'show', rig.id]);
  const aborted = await rig.run(['rotations', 'abort', rig.id, '--yes']);
  return { show: show.code, abort: aborted.code, gone: /key .* is gone/.test(show.stderr + aborted.stderr) };
}

describe.each(Object.keys(STATES))('A5 an operation %s', (state) => {
  test.each(CHANGES)('ends as it would have, after: %s', async (_title, args, stdin = '') => {
    const untouched = await endOf(await createRig(state));
    expect(untouched).toMatchObject({ gone: false });
    const rig = await createRig(state);
    const before = storeOf(rig);
    const place = args[0] === 'login' ? ['--url', rig.sandbox.origin] : [];
    const given = stdin === 'login' ? rig.sandbox.login('devo') : stdin;
    const env = { KEYTURN_PASSPHRASE: 'correct-horse-battery' };
    const { code, stderr } = await rig.run([...args, ...place], { env, stdin: given });
    if (code !== 0) expect(storeOf(rig), stderr).toBe(before);
    expect(await endOf(rig), `${code}: ${stderr}`).toEqual(untouched);
  });
});

test('resume --all is not done while an operation needs a person, and names it', async () => {
  const rig = await createRig('that needs a person');
  const { code, stdout, stderr } = await rig.run(['rotations', 'resume', '--all', '--yes', '--json']);
  expect(code, stderr).toBe(10);
  expect(JSON.parse(stdout).results).toMatchObject([
    { reference: rig.id, result: 'attention', hint: `run \`keyturn rotations show ${rig.id} -p errova\`` },
  ]);
  const elsewhere = await rig.run(['rotations', 'resume', '--all', '--yes', '-p', 'devo']);
  expect(elsewhere.code).toBe(0);
});
