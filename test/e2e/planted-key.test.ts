import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createInProcessRig, DEVO, type InProcessRig } from './rig.ts';

type Env = Readonly<Record<string, string>>;

const PASSPHRASE = { KEYTURN_STORE: 'passphrase', KEYTURN_PASSPHRASE: 'correct-horse-battery' };
const VARIABLE = { KEYTURN_JOURNAL_KEY: 'a-secret-of-the-ci-'.repeat(3) };
const OTHER = { KEYTURN_JOURNAL_KEY: 'another-value-of-it-'.repeat(3) };

const stateOf = (rig: InProcessRig) => join(rig.home.path, '.local/state/keyturn');

function tokenOf(rig: InProcessRig): Env {
  return {
    ...{ KEYTURN_PROVIDER: 'devo', KEYTURN_REGION: 'us', KEYTURN_DOMAIN: 'acme' },
    ...{ KEYTURN_URL: rig.sandbox.origin, KEYTURN_TOKEN: rig.sandbox.login('devo') },
  };
}

/** A rotation in its grace period, begun under `env` in a state folder of its own. Resolves with its id. */
async function beginIn(rig: InProcessRig, folder: string, env: Env): Promise<string> {
  const own = { ...tokenOf(rig), ...env, KEYTURN_STATE_DIR: folder };
  await rig.must(['tokens', 'create', '--name', 'job', ...DEVO, '--to', 'file:a'], { env: own });
  const rotate = ['tokens', 'rotate', 'job', '--old', '24h', '--yes', '--to', 'file:b'];
  expect((await rig.run(rotate, { env: own })).code).toBe(10);
  const listed = await rig.must(['rotations', 'list', '-o', 'name'], { env: own });
  return listed.trim().replace(/^id:/, '');
}

async function sendsNothing(rig: InProcessRig, args: readonly string[], env: Env) {
  const before = rig.sandbox.requests.length;
  const result = await rig.run(args, { env });
  expect(rig.sandbox.requests.slice(before), result.stdout + result.stderr).toEqual([]);
  return result;
}

describe('B3 an operation that was written under a planted journal.key', () => {
  test.each<[string, Env, string]>([
    ['KEYTURN_JOURNAL_KEY is set', VARIABLE, 'unset'],
    ['the credential store is sealed', PASSPHRASE, 'rotations abort'],
  ])('sends nothing where %s, and can be set aside', async (reason, env, way) => {
    const rig = await createInProcessRig();
    const foreign = join(rig.home.path, 'foreign');
    const id = await beginIn(rig, foreign, {});
    const sealed = 'KEYTURN_PASSPHRASE' in env;
    if (sealed) await rig.must(['credentials', 'import', 'x'], { env, stdin: 'a-secret-of-somebody' });
    mkdirSync(stateOf(rig), { recursive: true, mode: 0o700 });
    cpSync(foreign, stateOf(rig), { recursive: true });
    const own = { ...tokenOf(rig), ...env };
    for (const command of [
      ['resume', '--all', '--yes'],
      ['resume', id, '--now', '--yes'],
    ]) {
      const { code, stdout, stderr } = await sendsNothing(rig, ['rotations', ...command, '-o', 'human'], own);
      expect(code).toBe(1);
      for (const text of [id, reason, way]) expect(stdout + stderr).toContain(text);
    }
    const doctor = await rig.run(['doctor', '--offline'], { env: own });
    expect(doctor.stdout).toContain(reason);
    const aside = await sendsNothing(rig, ['rotations', 'abort', id, '--yes'], own);
    expect(aside).toMatchObject({ code: 0, stderr: expect.stringContaining('set aside') });
  });

  test('an operation of before a sealed store is finished before the store is made', async () => {
    const rig = await createInProcessRig();
    const id = await beginIn(rig, stateOf(rig), {});
    const login = ['login', 'devo', '--region', 'us', '--domain', 'acme', '--url', rig.sandbox.origin];
    const stdin = rig.sandbox.login('devo');
    const refused = await rig.run([...login, '--with-token'], { env: PASSPHRASE, stdin });
    expect(refused).toMatchObject({ code: 6, stderr: expect.stringContaining(`rotations resume ${id}`) });
    await rig.must(['rotations', 'resume', id, '--now', '--yes'], { env: tokenOf(rig) });
    await rig.must([...login, '--with-token'], { env: PASSPHRASE, stdin });
  });

  test('the first secret that is saved makes the store before the operation begins', async () => {
    const rig = await createInProcessRig();
    const env = { ...tokenOf(rig), ...PASSPHRASE };
    const create = ['tokens', 'create', '--name', 'ci', ...DEVO, '--save', '--to', 'exec:false'];
    expect((await rig.run(create, { env })).code).toBe(10);
    await rig.must(['rotations', 'resume', '--to', 'file:ci'], { env });
  });
});

test('B4 a seal under a planted journal.key sends the session of a vendor CLI nowhere', async () => {
  const rig = await createInProcessRig({ KEYTURN_STORE: 'file' });
  const bricks = join(rig.home.path, '.bricks');
  mkdirSync(bricks, { mode: 0o700 });
  const session = `token: Bearer ${rig.sandbox.login('bluebricks')}\n`;
  writeFileSync(join(bricks, 'credentials.yaml'), session, { mode: 0o600 });
  // Whoever writes both folders agrees to the session as a person without the variable would.
  await rig.must(['login', 'bluebricks', '--from-cli', '--url', rig.sandbox.origin]);
  await rig.must(['tokens', 'list']);
  const sealed = { KEYTURN_STORE: 'passphrase', KEYTURN_PASSPHRASE: PASSPHRASE.KEYTURN_PASSPHRASE };
  for (const env of [VARIABLE, sealed]) {
    if (env === sealed)
      await rig.must(['credentials', 'import', 'x'], { env, stdin: 'a-secret-of-somebody' });
    const refused = await sendsNothing(rig, ['tokens', 'list'], env);
    expect(refused).toMatchObject({ code: 4, stderr: expect.stringContaining('--from-cli') });
    await rig.must(['login', 'bluebricks', '--from-cli', '--url', rig.sandbox.origin], { env });
    await rig.must(['tokens', 'list'], { env });
    const config = readFileSync(join(rig.home.path, '.config/keyturn/config.yaml'), 'utf8');
    expect(config).toMatch(env === sealed ? /seal: store-/ : /seal: variable-/);
    await rig.must(['logout', 'bluebricks', '--yes'], { env });
    await rig.must(['login', 'bluebricks', '--from-cli', '--url', rig.sandbox.origin], {
      env: env === VARIABLE ? {} : env,
    });
  }
  const migrate = ['credentials', 'migrate', '--from', 'passphrase', '--to', 'passphrase'];
  const env = { ...sealed, KEYTURN_NEW_PASSPHRASE: 'another-horse-battery' };
  expect((await rig.run(migrate, { env })).stderr).toContain('keyturn login bluebricks --from-cli');
});

describe('B5 an audit log under a planted journal.key', () => {
  /** A log with a record, signed under a key file beside it. */
  async function forge(rig: InProcessRig): Promise<void> {
    const foreign = join(rig.home.path, 'foreign');
    const env = { ...tokenOf(rig), KEYTURN_STATE_DIR: foreign, KEYTURN_CONFIG_DIR: join(foreign, 'config') };
    await rig.must(['tokens', 'create', '--name', 'forged', ...DEVO, '--to', 'file:forged'], { env });
    await rig.must(['audit', 'verify'], { env });
    for (const name of ['audit.jsonl', 'journal.key'])
      writeFileSync(join(stateOf(rig), name), readFileSync(join(foreign, name)), { mode: 0o600 });
  }

  test('is not proved where the store is sealed, and a migration does not sign it', async () => {
    const rig = await createInProcessRig();
    const env = { ...PASSPHRASE, KEYTURN_NEW_PASSPHRASE: 'another-horse-battery' };
    await rig.must(['credentials', 'import', 'x'], { env, stdin: 'a-secret-of-somebody' });
    await forge(rig);
    expect(await rig.run(['audit', 'verify'], { env })).toMatchObject({ code: 1 });
    const migrated = await rig.run(['credentials', 'migrate', '--from', 'passphrase', '--to', 'passphrase'], {
      env,
    });
    expect(migrated).toMatchObject({ code: 0, stderr: expect.stringContaining('is not proved') });
    rmSync(join(stateOf(rig), 'journal.key'));
    const now = { ...PASSPHRASE, KEYTURN_PASSPHRASE: env.KEYTURN_NEW_PASSPHRASE };
    expect(await rig.run(['audit', 'verify'], { env: now })).toMatchObject({ code: 1 });
  });

  test('is not proved where KEYTURN_JOURNAL_KEY is set', async () => {
    const rig = await createInProcessRig();
    mkdirSync(stateOf(rig), { recursive: true, mode: 0o700 });
    await forge(rig);
    expect(await rig.run(['audit', 'verify'])).toMatchObject({ code: 0 });
    expect(await rig.run(['audit', 'verify'], { env: VARIABLE })).toMatchObject({ code: 1 });
  });

  test('a migration from the clear store carries the log, and says that its key lay beside it', async () => {
    const rig = await createInProcessRig();
    const clear = { ...tokenOf(rig), KEYTURN_STORE: 'file' };
    await rig.must(['tokens', 'create', '--name', 'ci', ...DEVO, '--save'], { env: clear });
    const env = { ...PASSPHRASE, KEYTURN_NEW_PASSPHRASE: PASSPHRASE.KEYTURN_PASSPHRASE };
    await rig.must(['credentials', 'migrate', '--from', 'file', '--to', 'passphrase'], { env });
    expect(await rig.run(['audit', 'verify'], { env: PASSPHRASE })).toMatchObject({
      code: 0,
      stderr: expect.stringContaining('is, or was, a file'),
    });
  });
});

describe('B10 an operation whose KEYTURN_JOURNAL_KEY is missing or has another value', () => {
  test.each<[string, Env]>([
    ['another value', OTHER],
    ['none', {}],
  ])('%s: the variable is named, nothing is sent or set aside', async (_, env) => {
    const rig = await createInProcessRig();
    const id = await beginIn(rig, stateOf(rig), VARIABLE);
    const own = { ...tokenOf(rig), ...env };
    for (const command of [
      ['resume', id, '--now', '--yes'],
      ['resume', '--all', '--yes'],
      ['abort', id, '--yes'],
    ]) {
      const { code, stdout, stderr } = await sendsNothing(rig, ['rotations', ...command, '-o', 'human'], own);
      const shown = stdout + stderr;
      expect(code, shown).toBe(7);
      expect(shown).toContain('set KEYTURN_JOURNAL_KEY to the value');
      expect(shown).not.toMatch(/broken|aside/);
    }
    expect((await rig.run(['doctor', '--offline'], { env: own })).stdout).toContain('KEYTURN_JOURNAL_KEY');
    // Other operations go on.
    await rig.must(['tokens', 'create', '--name', 'other', ...DEVO, '--to', 'file:c'], { env: own });
    await rig.must(['rotations', 'resume', id, '--now', '--yes'], { env: { ...own, ...VARIABLE } });
  });
});
