import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createInProcessRig, DEVO, type InProcessRig } from './rig.ts';

const PASSPHRASE = { KEYTURN_STORE: 'passphrase', KEYTURN_PASSPHRASE: 'correct-horse-battery' };
const NEW_PASSPHRASE = { KEYTURN_NEW_PASSPHRASE: 'another-horse-battery' };

/** A sealed store, and an operation whose sealed answer waits for a destination. */
async function createStopped(): Promise<InProcessRig & { readonly id: string }> {
  const rig = await createInProcessRig(PASSPHRASE);
  const place = ['--region', 'us', '--domain', 'acme', '--url', rig.sandbox.origin];
  const login = ['login', 'devo', ...place, '--with-token', '-p', 'work'];
  await rig.must(login, { stdin: rig.sandbox.login('devo') });
  const create = ['tokens', 'create', '--name', 'ci', ...DEVO, '--to', 'exec:false'];
  expect((await rig.run(create)).code).toBe(10);
  const { rotations } = JSON.parse(await rig.must(['rotations', 'list', '--json']));
  return { ...rig, id: rotations[0].id };
}

const operations = (rig: InProcessRig): string => join(rig.home.path, '.local/state/keyturn/attempts');
const storeOf = (rig: InProcessRig): string =>
  readFileSync(join(rig.home.path, '.config/keyturn/credentials.yaml'), 'utf8');

function damage(rig: InProcessRig): void {
  const [name = ''] = readdirSync(operations(rig)).filter((each) => each.endsWith('.journal'));
  const path = join(operations(rig), name);
  writeFileSync(path, readFileSync(path).fill(0x41, 200, 210));
}

const migrations: readonly (readonly [string, readonly string[], Readonly<Record<string, string>>])[] = [
  ['the clear store', ['--from', 'passphrase', '--to', 'file', '--yes'], {}],
  ['a new passphrase', ['--from', 'passphrase', '--to', 'passphrase'], NEW_PASSPHRASE],
];

describe('A5: a migration while an operation is unfinished', () => {
  test.each(migrations)('to %s is refused, names its commands, and changes nothing', async (_, args, env) => {
    const rig = await createStopped();
    const before = storeOf(rig);
    for (const more of [[], ['--dry-run']]) {
      const { code, stderr } = await rig.run(['credentials', 'migrate', ...args, ...more], { env });
      expect({ code, stderr }).toEqual({ code: 6, stderr: expect.stringContaining(rig.id) });
      expect(stderr).toContain(`keyturn rotations resume ${rig.id} -p work`);
      expect(stderr).toContain(`keyturn rotations abort ${rig.id} -p work`);
    }
    expect(storeOf(rig)).toBe(before);
    await rig.must(['rotations', 'resume', rig.id, '-p', 'work', '--to', 'file:taken']);
    await rig.must(['credentials', 'migrate', ...args], { env });
  });

  test.each(migrations)('to %s is refused while a record cannot be read', async (_, args, env) => {
    const rig = await createStopped();
    damage(rig);
    const before = storeOf(rig);
    const { code, stderr } = await rig.run(['credentials', 'migrate', ...args], { env });
    expect({ code, stderr }).toEqual({ code: 6, stderr: expect.stringContaining(rig.id) });
    expect(stderr).toContain(`keyturn rotations abort ${rig.id}`);
    expect(storeOf(rig)).toBe(before);
    for (const command of [
      ['rotations', 'show', rig.id],
      ['doctor', '--offline'],
      ['rotations', 'resume', rig.id],
    ]) {
      const told = await rig.run(command);
      expect(told.stdout + told.stderr).toContain(`keyturn rotations abort ${rig.id}`);
    }
    expect(await rig.must(['rotations', 'list', '--json'])).toContain('"state": "broken"');
    const unasked = await rig.run(['rotations', 'abort', rig.id]);
    expect(unasked).toMatchObject({ code: 2, stderr: expect.stringContaining('may exist at the provider') });
    const requests = rig.sandbox.requests.length;
    const aside = JSON.parse(await rig.must(['rotations', 'abort', rig.id, '--yes', '--json']));
    expect(aside).toMatchObject({ attempt: rig.id, state: 'set-aside' });
    for (const file of aside.files) expect(readFileSync(file).length).toBeGreaterThan(0);
    expect(rig.sandbox.requests.length).toBe(requests);
    expect(JSON.parse(await rig.must(['rotations', 'list', '--all', '--json'])).rotations).toEqual([]);
    await rig.must(['credentials', 'migrate', ...args], { env });
  });

  test.each(migrations)('after one to %s the audit log is proved', async (_, args, env) => {
    const rig = await createStopped();
    await rig.must(['rotations', 'abort', rig.id, '--yes']);
    await rig.must(['credentials', 'migrate', ...args], { env });
    const now = { KEYTURN_PASSPHRASE: env['KEYTURN_NEW_PASSPHRASE'] ?? PASSPHRASE.KEYTURN_PASSPHRASE };
    const store = args.includes('file') ? 'file' : 'passphrase';
    const verify = () => rig.run(['audit', 'verify'], { env: { ...now, KEYTURN_STORE: store } });
    expect(await verify()).toMatchObject({ code: 0 });
    const log = join(rig.home.path, '.local/state/keyturn/audit.jsonl');
    const before = readFileSync(log, 'utf8');
    expect(before).toContain('"carry":');
    for (const changed of [
      before.replace('"outcome":"ok"', '"outcome":"failed"'),
      before.replace(/"code":"[^"]+"/, `"code":"${'A'.repeat(43)}"`),
    ]) {
      writeFileSync(log, changed);
      expect(await verify()).toMatchObject({ code: 1 });
    }
  });

  test('A14 a log that was written anew before it is not proved afterwards, and the person is told', async () => {
    const rig = await createStopped();
    await rig.must(['rotations', 'abort', rig.id, '--yes']);
    const log = join(rig.home.path, '.local/state/keyturn/audit.jsonl');
    writeFileSync(log, readFileSync(log, 'utf8').replace('"outcome":"ok"', '"outcome":"failed"'));
    const migrated = await rig.run(['credentials', 'migrate', '--from', 'passphrase', '--to', 'passphrase'], {
      env: NEW_PASSPHRASE,
    });
    expect(migrated).toMatchObject({
      code: 0,
      stderr: expect.stringMatching(/line 1 of the audit log is not proved/),
    });
    const now = { KEYTURN_PASSPHRASE: NEW_PASSPHRASE.KEYTURN_NEW_PASSPHRASE };
    expect(await rig.run(['audit', 'verify'], { env: now })).toMatchObject({ code: 1 });
  });
});

describe('A28: moving to the clear store', () => {
  test('needs --yes off a terminal, says what it means, and a dry run asks nothing', async () => {
    const rig = await createInProcessRig(PASSPHRASE);
    await rig.must(['credentials', 'import', 'x'], { stdin: 'a-secret-of-somebody' });
    const before = storeOf(rig);
    const migrate = ['credentials', 'migrate', '--from', 'passphrase', '--to', 'file'];
    const refused = await rig.run(migrate);
    expect(refused).toMatchObject({ code: 2, stderr: expect.stringContaining('--yes') });
    expect(refused.stderr).toContain('holds every secret in clear');
    expect(storeOf(rig)).toBe(before);
    await rig.must([...migrate, '--dry-run']);
    expect(storeOf(rig)).toBe(before);
    const done = await rig.run([...migrate, '--yes']);
    expect(done).toMatchObject({ code: 0, stderr: expect.stringContaining('holds every secret in clear') });
    expect(storeOf(rig)).toContain('a-secret-of-somebody');
  });
});
