import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, onTestFinished, test } from 'vitest';
import { BUILT, runProgram } from '../support/cli-process.ts';
import { describeWithTerminal } from '../support/pty.ts';
import { createRig, type Rig } from './rig.ts';

const SECRET = 'tok_Zm9yLXRoZS1ydW4tdGVzdHM';

async function createRunRig(): Promise<Rig> {
  const rig = await createRig({ KEYTURN_STORE: 'file' });
  await rig.must(['credentials', 'import', 'ci'], SECRET);
  return rig;
}

describe('keyturn run', () => {
  test('gives the program the secret in its environment, and nothing else of keyturn’s', async () => {
    const rig = await createRunRig();
    const env = { KEYTURN_TOKEN: 'managing', KEYTURN_PASSPHRASE: 'passphrase', MINE: 'kept' };
    await rig.must(['run', '--env', 'API_TOKEN=ci', '--', 'sh', '-c', 'env > seen'], '', env);
    const seen = readFileSync(join(rig.home.path, 'seen'), 'utf8').split('\n');
    expect(seen).toContain(`API_TOKEN=${SECRET}`);
    expect(seen).toContain('MINE=kept');
    expect(seen.filter((line) => /^KEYTURN/i.test(line))).toEqual([]);
    expect(seen.filter((line) => line.includes(SECRET))).toHaveLength(1);
  });

  test('the program’s options are its own, and keyturn’s still work before it', async () => {
    const rig = await createRunRig();
    const show = ['sh', '-c', 'printf "%s\\n" "$@"', 'sh'];
    const own = ['--json', '-o', 'yaml', '--env', 'X=y', '--help', '--version', '-q', '--', '-p'];
    expect(await rig.must(['run', '--env', 'A=ci', '--', ...show, ...own])).toBe(`${own.join('\n')}\n`);
    expect(await rig.must(['-q', 'run', '--no-mask', '--env', 'A=ci', '--', 'sh', '-c', 'echo "$A"'])).toBe(
      `${SECRET}\n`,
    );
    const option = await rig.keyturn(['run', 'sh', '--no-such-option']);
    expect(option.code).toBe(2);
  });

  test('ends as the program ended: its code, 128 and the signal, 127, 126', async () => {
    const rig = await createRunRig();
    const code = async (...command: readonly string[]) => (await rig.keyturn(['run', '--', ...command])).code;
    writeFileSync(join(rig.home.path, 'plain'), 'x', { mode: 0o644 });
    expect(await code('sh', '-c', 'exit 42')).toBe(42);
    expect(await code('sh', '-c', 'kill -TERM $$')).toBe(143);
    expect(await code('no-such-command-here')).toBe(127);
    expect(await code('./plain')).toBe(126);
  });

  test.each(['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGUSR1'] as const)('hands on %s', async (signal) => {
    const rig = await createRunRig();
    const short = signal.slice(3);
    const script = `trap 'echo got ${short}; exit 5' ${short}; echo > ready; while :; do sleep 0.02; done`;
    const { code, stdout } = await rig.keyturn(
      ['run', '--', 'sh', '-c', script],
      '',
      {},
      {
        onStart: (pid) => void whenThere(join(rig.home.path, 'ready')).then(() => process.kill(pid, signal)),
      },
    );
    expect({ code, stdout }).toEqual({ code: 5, stdout: `got ${short}\n` });
  });

  test('passes stdin on, and its own output whole', async () => {
    const rig = await createRunRig();
    const input = Buffer.alloc(300_000, 'line of text\n');
    const { code, stdout } = await rig.keyturn(['run', '--env', 'A=ci', '--', 'cat'], input);
    expect(code).toBe(0);
    expect(stdout === input.toString()).toBe(true);
  });

  test('off a terminal, masks what the program prints: across writes, in colours, in other forms', async () => {
    const rig = await createRunRig();
    const half = SECRET.length >> 1;
    const program = `
      const secret = process.env.A;
      const red = (text) => '\\u001b[31m' + text + '\\u001b[0m';
      process.stdout.write(red(secret) + ' ' + Buffer.from(secret).toString('base64') + '\\n');
      process.stderr.write('error: ' + secret + '\\n');
      process.stdout.write(secret.slice(0, ${half}));
      setTimeout(() => process.stdout.write(secret.slice(${half}) + '!\\nprompt> '), 200);`;
    const { stdout, stderr } = await rig.keyturn([
      'run',
      '--env',
      'A=ci',
      '--',
      process.execPath,
      '-e',
      program,
    ]);
    expect(stdout).toContain('\u001b[31m[secret]\u001b[0m ');
    expect(stdout).toContain('\n[secret]!\nprompt> ');
    expect(stderr).toBe('error: [secret]\n');
    expect(stdout).not.toContain(SECRET.slice(0, 12));
    expect(stdout).not.toContain(Buffer.from(SECRET).toString('base64').slice(0, 12));
  });

  test('a credential that is not kept runs nothing', async () => {
    const rig = await createRunRig();
    const { code } = await rig.keyturn(['run', '--env', 'A=absent', '--', 'sh', '-c', 'echo > ran']);
    expect(code).toBe(5);
    const loader = await rig.keyturn(['run', '--env', 'LD_PRELOAD=ci', '--', 'sh', '-c', 'echo > ran']);
    expect(loader.code).toBe(2);
    expect([...rig.home.files().keys()]).not.toContain('ran');
  });
});

/** A script of bash in the rig's home; `K` is the command, and `out` what came out of both streams together. */
async function bash(rig: Rig, script: string) {
  const { stdout, code, signal } = await runProgram(
    'bash',
    ['-c', `exec 2>&1; K() { "${process.execPath}" "${BUILT}" "$@"; }; ${script}`],
    { env: rig.env, cwd: rig.home.path },
  );
  return { out: stdout, code, signal };
}

describe('the streams of a program that is masked', () => {
  test.each([
    [
      '/dev/stderr is opened',
      `K run --env T=ci -- sh -c 'echo warn > /dev/stderr; echo $?' 2>&1 | cat`,
      'warn\n0\n',
    ],
    [
      '/dev/stdout is opened',
      `K run --env T=ci -- sh -c 'echo out $T > /dev/stdout' | cat`,
      'out [secret]\n',
    ],
    ['/dev/fd/1 is opened', `K run --env T=ci -- sh -c 'echo out > /dev/fd/1' | cat`, 'out\n'],
    ['/dev/stdin is opened', `echo in | K run --env T=ci -- cat /dev/stdin | cat`, 'in\n'],
    ['tee writes to both', `K run --env T=ci -- sh -c 'echo x | tee /dev/stderr' | sort`, 'x\nx\n'],
    [
      'only stderr is a file',
      `K run --env T=ci -- sh -c 'echo $T > /dev/stderr' 2>err; cat err`,
      '[secret]\n',
    ],
    [
      'a reader that leaves is a SIGPIPE',
      `K run --env T=ci -- sh -c 'yes; echo $? >&2' 2>err | head -1; cat err`,
      'y\n141\n',
    ],
    [
      'a reader that left before /dev/stdout is opened',
      `K run --env T=ci -- sh -c 'echo a; for i in 1 2 3 4 5; do sleep 0.2; echo b > /dev/stdout; done' | head -1; echo $PIPESTATUS`,
      'a\n141\n',
    ],
    ['no folder for a pipe', `TMPDIR=/nonexistent K run --env T=ci -- sh -c 'echo $T' | cat`, '[secret]\n'],
    [
      'no mkfifo',
      `mkdir b; ln -s "$(command -v sh)" b/sh; N="${process.execPath}"; PATH="$PWD/b" "$N" "${BUILT}" run --env T=ci -- sh -c 'echo $T; echo $T >&2' | cat`,
      '[secret]\n[secret]\n',
    ],
  ])('D2 %s', async (_, script, out) => {
    expect((await bash(await createRunRig(), script)).out).toBe(out);
  });

  test.each(['| cat', '> both; cat both'])('D5 keep their order: %s', async (where) => {
    const lines = Array.from({ length: 200 }, (_, n) => `${n}\ne${n} [secret]\n`).join('');
    const script = 'n=0; while [ $n -lt 200 ]; do echo $n; echo e$n $T >&2; n=$((n+1)); done';
    const { out } = await bash(
      await createRunRig(),
      `{ K run --env T=ci -- sh -c '${script}' 2>&1; } ${where}`,
    );
    expect(out === lines).toBe(true);
  });

  test('D5 stay two where they are two', async () => {
    const { out } = await bash(
      await createRunRig(),
      `K run --env T=ci -- sh -c 'echo 1; echo 2 >&2; echo 3' > a 2> b; cat b a`,
    );
    expect(out).toBe('2\n1\n3\n');
  });

  test('carry 3 MB of anything unchanged', async () => {
    const { out } = await bash(
      await createRunRig(),
      'head -c 3000000 /dev/urandom > data; K run --env T=ci -- cat < data | cmp - data && echo same',
    );
    expect(out).toBe('same\n');
  });

  test('D18 are still there for a program that the child left behind, which does not hold us up', async () => {
    const rig = await createRunRig();
    const script =
      '(sleep 4; echo up $T; echo >&2 err $T; sleep 1; echo on; echo alive > mark) & echo started';
    const start = performance.now();
    const { out } = await bash(rig, `K run --env T=ci -- sh -c '${script}' > log; echo "code $?"; cat log`);
    expect(out).toBe('code 0\nstarted\nerr [secret]\n');
    await whenThere(join(rig.home.path, 'mark'));
    expect(performance.now() - start).toBeGreaterThan(4_000);
    expect(readFileSync(join(rig.home.path, 'log'), 'utf8')).toBe('started\nup [secret]\non\n');
  });

  test('D18 return at once where the child left something behind that writes all the time', async () => {
    const rig = await createRunRig();
    const script =
      '(n=0; while [ $n -lt 400 ]; do echo $T; n=$((n+1)); sleep 0.01; done; echo > mark) & exit 3';
    const { out } = await bash(
      rig,
      `K run --env T=ci -- sh -c '${script}' > log; echo "code $?"; test -e mark; echo $?`,
    );
    expect(out).toBe('code 3\n1\n');
    await whenThere(join(rig.home.path, 'mark'));
    expect(readFileSync(join(rig.home.path, 'log'), 'utf8')).toBe('[secret]\n'.repeat(400));
  });
});

describe('the end of a program', () => {
  test.each([
    ...(['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGKILL', 'SIGUSR1', 'SIGPIPE', 'SIGALRM'] as const),
    ...(process.platform === 'linux' ? (['SIGQUIT', 'SIGABRT', 'SIGSEGV', 'SIGTRAP'] as const) : []),
  ])('D6 by %s is ours', async (signal) => {
    const rig = await createRunRig();
    const result = await rig.keyturn(['run', '--', 'sh', '-c', `kill -${signal.slice(3)} $$`]);
    expect(result.signal).toBe(signal);
  });

  test.each(['QUIT', 'ABRT', 'SEGV'])('D6 by SIG%s leaves no core of ours', async (name) => {
    const rig = await createRunRig();
    const { out } = await bash(
      rig,
      `ulimit -c unlimited; K run -- sh -c 'ulimit -c 0; kill -${name} $$'; echo; ls core* 2>/dev/null; echo $?`,
    );
    expect(out).toMatch(/\n2\n$/);
    expect(out).not.toContain('core dumped');
  });

  test.each(['SIGALRM', 'SIGUSR2', 'SIGCONT', 'SIGABRT', 'SIGQUIT', 'SIGTSTP', 'SIGURG'] as const)(
    'hands on %s, too',
    async (signal) => {
      const rig = await createRunRig();
      const script = `trap 'exit 5' ${signal.slice(3)}; echo > ready; while :; do sleep 0.02; done`;
      const { code } = await rig.keyturn(
        ['run', '--', 'sh', '-c', script],
        '',
        {},
        {
          onStart: (pid) =>
            void whenThere(join(rig.home.path, 'ready')).then(() => process.kill(pid, signal)),
        },
      );
      expect(code).toBe(5);
    },
  );
});

describeWithTerminal('keyturn run at a terminal', () => {
  test('the program has the terminal: it is one, of the same size, also later', async () => {
    const rig = await createRunRig();
    const program = `
      const size = () => process.stdout.columns + 'x' + process.stdout.rows;
      console.log([0, 1, 2].map((fd) => require('node:tty').isatty(fd)).join() + ' ' + size());
      process.stdout.on('resize', () => { console.log('now ' + size()); });
      process.stdin.on('data', (line) => { console.log('<' + String(line).trim() + '>'); process.exit(7); });`;
    const terminal = rig.terminal(['run', '--env', 'A=ci', '--', process.execPath, '-e', program]);
    await terminal.until('true,true,true 200x40');
    terminal.resize(91, 23);
    await terminal.until('now 91x23');
    terminal.type('answer\r');
    await terminal.until('<answer>');
    expect(await terminal.end).toBe(7);
  });

  test('Ctrl-C reaches the program once, which decides', async () => {
    const rig = await createRunRig();
    const script =
      'trap "echo got it" INT; echo ready; n=0; while [ $n -lt 40 ]; do sleep 0.02; n=$((n+1)); done; exit 9';
    const terminal = rig.terminal(['run', '--', 'sh', '-c', script]);
    await terminal.until('ready');
    terminal.type('\u0003');
    expect(await terminal.end).toBe(9);
    expect(terminal.seen().match(/got it/g)).toHaveLength(1);
  });

  test('Ctrl-C ends a program that does not mind it: 130', async () => {
    const rig = await createRunRig();
    const terminal = rig.terminal(['run', '--', 'sh', '-c', 'echo ready; exec sleep 20']);
    await terminal.until('ready');
    terminal.type('\u0003');
    expect(await terminal.end).toBe(130);
  });

  test.each([
    ['a program', '$KEYTURN run --env A=ci -- sleep 30'],
    ['a program that is masked', '$KEYTURN run --mask --env A=ci -- sleep 30'],
    ['a request', '$KEYTURN tokens list'],
  ])('D6 Ctrl-C ends the loop round %s', async (_, command) => {
    const rig = await createRunRig();
    const silent = createServer().listen(0, '127.0.0.1');
    onTestFinished(() => void silent.close());
    await once(silent, 'listening');
    const address = silent.address();
    const port = typeof address === 'object' ? address?.port : 0;
    const env = {
      KEYTURN_PROVIDER: 'devo',
      KEYTURN_REGION: 'us',
      KEYTURN_DOMAIN: 'acme',
      KEYTURN_TOKEN: SECRET,
    };
    const terminal = rig.shell(
      `exec bash -c 'for i in 1 2 3; do echo round $i; ${command.replace('$KEYTURN', '$0 $1')}; echo "code $?"; done' $KEYTURN`,
      { ...env, KEYTURN_URL: `http://127.0.0.1:${port}` },
    );
    await terminal.until('round 1');
    await pause(1_500);
    terminal.type('\u0003');
    await terminal.end;
    expect(terminal.seen()).not.toContain('round 2');
  });

  test.each(['INT', 'QUIT', 'TERM'])(
    'D7 a SIG%s that is sent to keyturn alone reaches the program',
    async (name) => {
      const rig = await createRunRig();
      const terminal = rig.terminal([
        'run',
        '--',
        'sh',
        '-c',
        `trap "echo got it; exit 9" ${name}; echo ready; while :; do sleep 0.02; done`,
      ]);
      await terminal.until('ready');
      process.kill(terminal.pid, `SIG${name}`);
      expect(await terminal.end).toBe(9);
      expect(terminal.seen().match(/got it/g)).toHaveLength(1);
    },
  );

  test('Ctrl-C reaches the program once each time, also where none of its streams is the terminal', async () => {
    const rig = await createRunRig();
    const script =
      'trap "echo got it" INT; echo ready; n=0; while [ $n -lt 60 ]; do sleep 0.05; n=$((n+1)); done';
    const terminal = rig.shell(
      `$KEYTURN run --env A=ci -- sh -c '${script}' < /dev/null 2>&1 | (trap "" INT; cat); echo over`,
    );
    await terminal.until('ready');
    for (const _ of [1, 2]) {
      terminal.type('\u0003');
      await pause(700);
    }
    await terminal.end;
    expect(terminal.seen().match(/got it/g)).toHaveLength(2);
  });

  test('with --mask the secret is not seen even there, and a prompt is not held back', async () => {
    const rig = await createRunRig();
    const script = 'printf "%s\\n" "$A"; printf "really? "; read -r answer; echo "<$answer>"';
    const terminal = rig.terminal(['run', '--mask', '--env', 'A=ci', '--', 'sh', '-c', script]);
    await terminal.until('[secret]');
    await terminal.until('really? ', 2_000);
    terminal.type('yes\r');
    await terminal.until('<yes>');
    expect(await terminal.end).toBe(0);
    expect(terminal.seen()).not.toContain(SECRET);
  });
});

async function whenThere(path: string): Promise<void> {
  for (let n = 0; n < 500; n += 1) {
    try {
      readFileSync(path);
      return;
    } catch {
      await pause(10);
    }
  }
}
