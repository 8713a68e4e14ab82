import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
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
