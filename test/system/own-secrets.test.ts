import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createRig, type Rig } from './rig.ts';

const SECRET = 'tok_Zm9yLXRoZS1vd24tc2VjcmV0cw';
const OWN = {
  KEYTURN_NEW_PASSPHRASE: 'own-new-passphrase-1',
  KEYTURN_TOKEN: 'own-managing-token-2',
  KEYTURN_SESSION: 'own-browser-session-3',
  KEYTURN_JOURNAL_KEY: 'own-journal-key-4-own-journal-key-4-xyz',
};
const PASSPHRASE = { KEYTURN_STORE: 'passphrase', KEYTURN_PASSPHRASE: 'own-passphrase-0' };
const ALL = { ...OWN, ...PASSPHRASE, KEYTURN_PROVIDER: 'devo' };
const VALUES = [...Object.values(OWN), PASSPHRASE.KEYTURN_PASSPHRASE];
/** Everything that the process that started this one was started with, and MINE to show that it was read. */
const READ = `tr '\\0' '\\n' < /proc/$PPID/environ`;

async function createOwnRig(): Promise<Rig> {
  const rig = await createRig({ ...PASSPHRASE, MINE: 'was-read' });
  await rig.must(['credentials', 'import', 'svc'], SECRET);
  return rig;
}

function expectClean(seen: string): void {
  expect(seen).toContain('MINE=was-read');
  expect(VALUES.filter((value) => seen.includes(value))).toEqual([]);
  expect(seen).not.toMatch(/KEYTURN_(PASSPHRASE|NEW_PASSPHRASE|TOKEN|SESSION|JOURNAL_KEY)/);
}

describe.runIf(process.platform === 'linux')('A18: the environment that a child can read of keyturn', () => {
  test.each([['--mask'], ['--no-mask']])('run %s', async (mask) => {
    const rig = await createOwnRig();
    const run = ['run', mask, '--env', 'T=svc', '--', 'sh', '-c'];
    expectClean(await rig.must([...run, READ], '', ALL));
    await rig.must([...run, `${READ} > seen`], '', ALL);
    expectClean(readFileSync(join(rig.home.path, 'seen'), 'utf8'));
  });

  test('exec: and the git that a destination asks', async () => {
    const rig = await createOwnRig();
    const bin = join(rig.home.path, 'bin');
    mkdirSync(bin);
    mkdirSync(join(rig.home.path, '.git'));
    writeFileSync(join(bin, 'git'), `#!/bin/sh\n${READ} >> ${rig.home.path}/git-saw\nexit 0\n`);
    writeFileSync(join(bin, 'deliver'), `#!/bin/sh\n${READ}\n`);
    for (const name of ['git', 'deliver']) chmodSync(join(bin, name), 0o755);
    await rig.must(
      ['login', 'prefactor', '--url', rig.sandbox.origin, '--with-token', '-p', 'pf'],
      rig.sandbox.login('prefactor'),
    );
    const env = { ...PASSPHRASE, KEYTURN_JOURNAL_KEY: OWN.KEYTURN_JOURNAL_KEY, MINE: 'was-read' };
    const path = { PATH: `${bin}:${rig.env['PATH']}` };
    const { code, stderr } = await rig.keyturn(
      ['tokens', 'create', '-p', 'pf', '--name', 'a', '--to', 'exec:deliver', '--to', 'file:token'],
      '',
      { ...env, ...path },
    );
    expect(code).toBe(0);
    expectClean(stderr);
    expectClean(readFileSync(join(rig.home.path, 'git-saw'), 'utf8'));
  });

  test('a value with "=" and line breaks', async () => {
    const rig = await createOwnRig();
    const env = { ...ALL, KEYTURN_SESSION: `${OWN.KEYTURN_SESSION}=\nx=KEYTURN_TOKEN=y` };
    const seen = await rig.must(['run', '--env', 'T=svc', '--', 'sh', '-c', READ], '', env);
    expectClean(seen);
    expect(seen).not.toContain('x=KEYTURN');
  });
});

describe('A18: keyturn’s own secrets in the output of a program', () => {
  test('run masks what it was given, also in other forms', async () => {
    const rig = await createOwnRig();
    const program = 'for v in $GIVEN; do echo "<$v>"; printf %s "$v" | base64; done';
    const shown = await rig.must(['run', '--env', 'T=svc', '--', 'sh', '-c', program], '', {
      ...ALL,
      GIVEN: VALUES.join(' '),
    });
    for (const value of VALUES) {
      expect(shown).not.toContain(value);
      expect(shown).not.toContain(Buffer.from(value).toString('base64').slice(0, 12));
    }
    expect(shown.match(/<\[secret\]>/g)).toHaveLength(VALUES.length);
  });

  test('exec: masks them', async () => {
    const rig = await createOwnRig();
    await rig.must(
      ['login', 'prefactor', '--url', rig.sandbox.origin, '--with-token', '-p', 'pf'],
      rig.sandbox.login('prefactor'),
    );
    const say = `exec:sh -c 'cat >/dev/null; echo "it is ${PASSPHRASE.KEYTURN_PASSPHRASE}"'`;
    const { code, stderr } = await rig.keyturn(['tokens', 'create', '-p', 'pf', '--name', 'a', '--to', say]);
    expect(code).toBe(0);
    expect(stderr).toContain('it is [secret]');
  });
});
