import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { BUILT, ROOT } from '../support/cli-process.ts';
import { createInProcessRig, DEVO, type InProcessRig } from './rig.ts';

const has = (shell: string) => spawnSync(shell, ['-c', 'true']).status === 0;

/** What a shell offers for the words before the cursor; the last one is being typed. */
type Complete = (words: readonly string[]) => readonly string[];

/** The command under its own name in front of the search path, so that the scripts find this one. */
function environment(rig: InProcessRig): Readonly<Record<string, string>> {
  const bin = join(rig.home.path, 'bin');
  mkdirSync(bin, { recursive: true });
  writeFileSync(join(bin, 'keyturn'), `#!/bin/sh\nexec "${process.execPath}" "${BUILT}" "$@"\n`);
  chmodSync(join(bin, 'keyturn'), 0o755);
  // No way to a provider, a keychain or a passphrase: nothing of it may be needed.
  return {
    ...rig.home.env,
    PATH: `${bin}:${rig.home.env['PATH']}`,
    DBUS_SESSION_BUS_ADDRESS: 'unix:path=/nonexistent',
  };
}

const quote = (word: string) => `'${word.replaceAll("'", "'\\''")}'`;

function lines(program: string, args: readonly string[], rig: InProcessRig): readonly string[] {
  const done = spawnSync(program, args, { env: environment(rig), cwd: rig.home.path, encoding: 'utf8' });
  expect({ stderr: done.stderr, status: done.status }).toEqual({ stderr: '', status: 0 });
  return done.stdout.split('\n').filter((line) => line !== '');
}

const SHELLS: Readonly<Record<string, (rig: InProcessRig) => Complete>> = {
  bash: (rig) => (words) => {
    // As readline cuts them: "=" is a word of its own.
    const cut = words.flatMap((word) => (word.startsWith('--') ? word.split(/(=)/) : [word]));
    const parts = cut.at(-1) === '' && words.at(-1) !== '' ? cut.slice(0, -1) : cut;
    const script = `source ${quote(`${ROOT}/completions/keyturn.bash`)}
      COMP_WORDS=(${parts.map(quote).join(' ')}); COMP_CWORD=${parts.length - 1}; _keyturn; printf '%s\\n' "\${COMPREPLY[@]}"`;
    return lines('bash', ['--norc', '-c', script], rig);
  },
  zsh: (rig) => (words) => {
    // What zsh's own widgets do with the answer is theirs; here it is told.
    const script = `compadd() { local n="$2"; for one in "\${(@P)n}"; do [[ "$one" == "$PREFIX"* ]] && print -r -- "$one"; done }
      compset() { PREFIX="\${PREFIX#*=}" }
      compdef() { : }
      _files() { : }
      _describe() { local n="$2"; for one in "\${(@P)n}"; do one="\${one%%:*}"; [[ "$one" == "$PREFIX"* ]] && print -r -- "$one"; done; return 0 }
      source ${quote(`${ROOT}/completions/_keyturn`)}
      words=(${words.map(quote).join(' ')}); CURRENT=${words.length}; PREFIX=${quote(words.at(-1) ?? '')}; _keyturn; true`;
    return lines('zsh', ['-f', '-c', script], rig);
  },
  fish: (rig) => (words) => {
    const script = `source ${quote(`${ROOT}/completions/keyturn.fish`)}; complete -C ${quote(words.join(' '))}; true`;
    const told = lines('fish', ['--no-config', '-c', script], rig);
    // Where nothing else is known, fish offers files.
    return told
      .map((line) => (line.split('\t')[0] ?? '').replace(/^--[a-z-]+=/, ''))
      .filter((word) => word !== 'bin/');
  },
};

const STORES = ['file', 'keychain', 'passphrase'];

describe.each(Object.entries(SHELLS))('%s', (shell, make) => {
  let rig: InProcessRig;
  let complete: Complete;
  let operation = '';
  let sent = 0;
  const cleaning: (() => void | Promise<void>)[] = [];

  beforeAll(async () => {
    if (!has(shell)) return;
    rig = await createInProcessRig({}, (clean) => cleaning.push(clean));
    await rig.loginDevo('--profile', 'work');
    await rig.loginDevo('--profile', 'spare');
    await rig.must(['profiles', 'use', 'work']);
    const create = ['tokens', 'create', '--name', 'ci', ...DEVO, '--save', 'kept', '--to', 'exec:false'];
    expect((await rig.run(create)).code).toBe(10);
    operation = (await rig.must(['rotations', 'list', '-o', 'name'])).trim();
    complete = make(rig);
    sent = rig.sandbox.requests.length;
  });

  afterAll(async () => {
    for (const clean of cleaning) await clean();
  });

  const cases: readonly (readonly [string, readonly string[]])[] = [
    ['keyturn login devo --store ', STORES],
    ['keyturn login devo --region us --store f', ['file']],
    ['keyturn login devo --store=', STORES],
    ['keyturn login devo --store=p', ['passphrase']],
    ['keyturn -o js', ['json']],
    ['keyturn tokens list --output ', ['human', 'json', 'name', 'ndjson', 'tsv', 'yaml']],
    ['keyturn tokens list --status d', ['disabled']],
    ['keyturn keys create --type ', ['browser_public', 'server_signed']],
    ['keyturn credentials migrate --from file --to ', STORES],
    ['keyturn --provider p', ['prefactor']],
    ['keyturn providers ', ['bluebricks', 'devo', 'errova', 'prefactor']],
    ['keyturn completion z', ['zsh']],
    ['keyturn -p ', ['spare', 'work']],
    ['keyturn tokens list --profile w', ['work']],
    ['keyturn profiles use ', ['spare', 'work']],
    ['keyturn profiles rename spare ', []],
    ['keyturn logout s', ['spare']],
    ['keyturn credentials get ', ['kept', 'spare', 'work']],
    ['keyturn credentials export kept s', ['spare']],
    ['keyturn -p work credentials remove k', ['kept']],
    ['keyturn helper git --credential k', ['kept']],
    ['keyturn rotations resume ', ['ATTEMPT']],
    ['keyturn rotations abort ', ['ATTEMPT']],
    ['keyturn tokens l', ['list']],
    // The value of an option is no command.
    ['keyturn -p tokens l', ['login', 'logout']],
  ];

  test.skipIf(!has(shell)).each(cases)('%s', (line, wanted) => {
    const told = complete(line.split(' ')).filter((word) => !word.startsWith('-'));
    const names = wanted.map((word) => (word === 'ATTEMPT' ? operation : word));
    expect([...new Set(told)].sort()).toEqual(names.toSorted());
  });

  test.skipIf(!has(shell))('offers the options of the command, and nothing that is not one', () => {
    const told = complete(['keyturn', 'login', 'devo', '--re']);
    expect(told).toEqual(['--region']);
    // And in all of the above no provider was asked.
    expect(rig.sandbox.requests).toHaveLength(sent);
  });
});
