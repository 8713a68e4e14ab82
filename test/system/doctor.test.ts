import { chmodSync, readFileSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createCanary } from '../support/canary.ts';
import { createTestTime } from '../support/sandbox.ts';
import { createRig, type Rig } from './rig.ts';

interface Check {
  readonly check: string;
  readonly result: string;
  readonly message: string;
  readonly fix: string | null;
}

async function createDoctorRig(): Promise<Rig> {
  const rig = await createRig({ KEYTURN_STORE: 'file' });
  await rig.must(
    ['login', 'prefactor', '--url', rig.sandbox.origin, '--with-token'],
    rig.sandbox.login('prefactor'),
  );
  return rig;
}

async function examine(
  rig: Rig,
  args: readonly string[] = [],
  env = {},
): Promise<{ code: number; checks: readonly Check[] }> {
  const { code, stdout, stderr } = await rig.keyturn(['doctor', '--json', ...args], '', env);
  const { healthy, checks } = JSON.parse(stdout);
  expect(healthy).toBe(code === 0);
  expect(createCanary(rig.sandbox.secrets).find(stdout + stderr)).toBe(null);
  return { code, checks };
}

const wrong = (checks: readonly Check[]) => checks.filter((each) => each.result === 'wrong');
const store = (rig: Rig) => join(rig.home.path, '.config/keyturn/credentials.yaml');

describe('doctor', () => {
  test('finds nothing wrong where nothing is, and in an empty home', async () => {
    const rig = await createDoctorRig();
    const { code, checks } = await examine(rig);
    expect({ code, wrong: wrong(checks) }).toEqual({ code: 0, wrong: [] });
    expect(checks).toContainEqual(expect.objectContaining({ check: 'login prefactor', result: 'ok' }));
    expect(checks).toContainEqual(expect.objectContaining({ check: 'clock', result: 'ok' }));
    const human = await rig.must(['doctor', '-o', 'human', '--offline']);
    expect(human).toMatch(/^ok +environment: /m);
    expect(human).toMatch(/→ keyturn credentials migrate --from file --to keychain/);
    const empty = await createRig({ KEYTURN_STORE: 'file' });
    expect((await examine(empty)).code).toBe(0);
    expect([...empty.home.files().keys()]).toEqual([]);
  });

  test('names what others can read, with the exact chmod, and it helps', async () => {
    const rig = await createDoctorRig();
    const file = store(rig);
    chmodSync(file, 0o644);
    const loose = await examine(rig, ['--offline']);
    expect(loose.code).toBe(1);
    expect(wrong(loose.checks).map((each) => each.fix)).toContainEqual(
      expect.stringContaining(`chmod 600 ${file}`),
    );
    const refused = await rig.keyturn(['credentials', 'get', 'prefactor', '--print']);
    expect({ code: refused.code, stdout: refused.stdout }).toEqual({ code: 2, stdout: '' });
    expect(refused.stderr).toContain('chmod 600');
    chmodSync(file, 0o600);
    const folder = join(rig.home.path, '.config/keyturn');
    chmodSync(folder, 0o755);
    const open = await examine(rig, ['--offline']);
    expect(open.code).toBe(1);
    expect(wrong(open.checks).map((each) => each.fix)).toContainEqual(
      expect.stringContaining(`chmod 700 ${folder}`),
    );
    chmodSync(folder, 0o700);
    expect((await examine(rig, ['--offline'])).code).toBe(0);
  });

  test.each([
    ['torn', (text: string) => text.slice(0, text.length - 20).replace('versions:', 'versions'), /line \d+/],
    ['of a newer schema', (text: string) => text.replace('schema: 1', 'schema: 9'), /newer/],
    ['with a changed origin', (text: string) => text.replace('http://127.0.0.1', 'http://127.0.0.2'), /./],
  ])('a credentials file %s is told, and stays as it is', async (_title, change, said) => {
    const rig = await createDoctorRig();
    const changed = change(readFileSync(store(rig), 'utf8'));
    writeFileSync(store(rig), changed);
    const { code, checks } = await examine(rig);
    expect(code).toBe(1);
    expect(
      wrong(checks)
        .map((each) => each.message)
        .join('\n'),
    ).toMatch(said);
    expect(
      (await rig.keyturn(['credentials', 'import', 'more', '--store', 'file'], 'more-0123456789')).code,
    ).toBe(said.source === '.' ? 0 : 2);
    if (said.source !== '.') expect(readFileSync(store(rig), 'utf8')).toBe(changed);
  });

  test('a planted link in the place of a file is refused', async () => {
    const rig = await createDoctorRig();
    const elsewhere = join(rig.home.path, 'elsewhere');
    writeFileSync(elsewhere, 'not ours', { mode: 0o666 });
    chmodSync(elsewhere, 0o666);
    const config = join(rig.home.path, '.config/keyturn/config.yaml');
    unlinkSync(config);
    symlinkSync(elsewhere, config);
    const { code } = await examine(rig, ['--offline']);
    expect(code).toBe(1);
    expect(readFileSync(elsewhere, 'utf8')).toBe('not ours');
  });

  test('a provider that is away and a credential that it rejects are told apart', async () => {
    const rig = await createDoctorRig();
    rig.sandbox.setFaults(['status:503']);
    const away = await examine(rig, ['--timeout', '2s']);
    expect(away.code).toBe(1);
    expect(wrong(away.checks)).toEqual([
      expect.objectContaining({ check: 'login prefactor', message: expect.stringContaining('503') }),
    ]);
    rig.sandbox.setFaults([]);
    const own = (await rig.must(['tokens', 'list', '-o', 'name'])).trim();
    await rig.must(['tokens', 'revoke', own, '--allow-self', '--yes']);
    const rejected = await examine(rig);
    expect(wrong(rejected.checks)).toEqual([
      expect.objectContaining({
        message: expect.stringContaining('rejected'),
        fix: expect.stringContaining('keyturn login'),
      }),
    ]);
  });

  test('a clock that is off, a proxy, an environment that weakens TLS: each is told', async () => {
    const time = createTestTime();
    time.advance(3_600_000);
    const rig = await createRig({ KEYTURN_STORE: 'file' }, time);
    await rig.must(
      ['login', 'prefactor', '--url', rig.sandbox.origin, '--with-token'],
      rig.sandbox.login('prefactor'),
    );
    const off = await examine(rig);
    expect(off.code).toBe(0);
    expect(off.checks).toContainEqual(
      expect.objectContaining({
        check: 'clock',
        result: 'warning',
        message: expect.stringContaining('behind'),
      }),
    );
    const unsafe = await examine(rig, ['--offline'], { NODE_TLS_REJECT_UNAUTHORIZED: '0' });
    expect(wrong(unsafe.checks)).toEqual([
      expect.objectContaining({ message: expect.stringContaining('NODE_TLS_REJECT_UNAUTHORIZED') }),
    ]);
  });

  test.each([
    ['correct horse battery', 0, 'opens the credentials'],
    ['another one altogether', 1, 'passphrase'],
    [undefined, 0, 'not tried'],
  ])('D9 the key is tried: with the passphrase %j', async (passphrase, code, words) => {
    const rig = await createRig({ KEYTURN_STORE: 'passphrase' });
    await rig.must(['credentials', 'import', 'one'], 'tok_0123456789', {
      KEYTURN_PASSPHRASE: 'correct horse battery',
    });
    const result = await rig.keyturn(['doctor', '--offline'], '', { KEYTURN_PASSPHRASE: passphrase });
    expect(result.code === 0 ? 0 : 1).toBe(code);
    expect(result.stdout).toContain(words);
  });

  test('an unfinished rotation and a credential that ends soon are told', async () => {
    const rig = await createDoctorRig();
    await rig.must(['tokens', 'create', '--name', 'soon', '--expires-in', '3d', '--save']);
    await rig.keyturn(['tokens', 'rotate', 'soon', '--grace', '1d', '--yes']);
    const { checks } = await examine(rig);
    expect(checks).toContainEqual(
      expect.objectContaining({
        check: 'credentials',
        result: 'warning',
        message: expect.stringContaining('"soon" ends at'),
      }),
    );
    expect(checks).toContainEqual(
      expect.objectContaining({ check: 'rotations', fix: expect.stringContaining('keyturn rotations') }),
    );
  });
});

describe('whoami', () => {
  test('names where each part came from, and never the value', async () => {
    const rig = await createDoctorRig();
    const stored = JSON.parse(await rig.must(['whoami', '--json']));
    expect(stored.sources).toEqual({
      profile: 'current profile',
      provider: 'profile',
      origin: 'profile',
      credential: 'credential "prefactor"',
    });
    expect(stored).toMatchObject({
      provider: 'prefactor',
      origin: rig.sandbox.origin,
      expiresAt: expect.any(String),
    });
    const byEnv = JSON.parse(await rig.must(['whoami', '--json'], '', { KEYTURN_PROFILE: 'prefactor' }));
    expect(byEnv.sources.profile).toBe('KEYTURN_PROFILE');
    for (const format of ['human', 'tsv', 'json', 'yaml', 'ndjson']) {
      const { stdout, stderr } = await rig.keyturn(['whoami', '-o', format]);
      expect(createCanary(rig.sandbox.secrets).find(stdout + stderr)).toBe(null);
    }
    const both = await rig.keyturn(['whoami', '--profile', 'prefactor'], '', {
      KEYTURN_TOKEN: 'x'.repeat(30),
    });
    expect(both.code).toBe(2);
  });
});
