import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createCanary, formsOf } from '../support/canary.ts';
import { runProgram } from '../support/cli-process.ts';
import { type Engine, playTranscript } from '../support/transcript.ts';
import { parseTranscript } from '../support/transcript-parse.ts';

// The harness itself: a canary that never sings would make every other test here worthless.
const SECRET = 'ert_Zq7pKx2vLm9sRt4wYb6nCd8fGh/+';

describe('the canary', () => {
  test.each(formsOf(SECRET))('finds the %s form, and a part of it', (_, form) => {
    const canary = createCanary([SECRET]);
    expect(canary.find(`before ${form} behind`)).not.toBeNull();
    expect(canary.find(form.slice(2, 20))).not.toBeNull();
  });

  test.each([1, 2, 3, 4, 5])('finds it in base64 behind %i other bytes', (count) => {
    const text = Buffer.from(`${'x'.repeat(count)}${SECRET}{"more":1}`).toString('base64');
    expect(createCanary([SECRET]).find(text)).not.toBeNull();
  });

  test('finds nothing where there is nothing', () => {
    const canary = createCanary([SECRET]);
    expect(canary.find(`[secret] ert_ ${SECRET.slice(0, 11)} ${SECRET.slice(-11)}`)).toBeNull();
  });
});

describe('a played transcript', () => {
  const answering =
    (
      answer: Partial<Awaited<ReturnType<Engine>>>,
      effect: (home: string) => void = () => undefined,
    ): Engine =>
    async (_, { home }) => {
      effect(home.path);
      return { code: 0, stdout: '', stderr: '', ...answer };
    };
  const leaksOf = async (engine: Engine, text = '$ keyturn x <<< "$DEVO_LOGIN"\n') =>
    (await playTranscript(text, engine)).leaks.join('\n');

  test.each<[string, Partial<Awaited<ReturnType<Engine>>>]>([
    ['stdout', { stdout: 'a report ##[stop-commands]x\n' }],
    ['stderr', { stderr: '::set-output name=a::b\n' }],
    ['a mask line that nobody asked for', { stderr: '::add-mask::abc\n' }],
  ])('A3 must hold no command for a CI runner: %s', async (_, answer) => {
    expect(await leaksOf(answering(answer))).toContain('a command for a CI runner');
  });

  test('A3 nor may any program that a test runs', async () => {
    const run = (text: string) =>
      runProgram(process.execPath, ['-e', `console.log(${JSON.stringify(text)})`], { env: {}, cwd: '/' });
    await expect(run('##vso[task.setvariable variable=a]b')).rejects.toThrow('azure would obey');
    expect((await run('##vso\\x5btask.setvariable]')).code).toBe(0);
  });

  // The engine is given the secret as its input, and puts it where it must not be.
  const leaking =
    (put: (secret: string, home: string) => Partial<Awaited<ReturnType<Engine>>>): Engine =>
    async (_, { stdin, home }) => ({
      code: 0,
      stdout: '',
      stderr: '',
      ...put((stdin ?? '').trim(), home.path),
    });

  test.each<[string, Engine]>([
    ['stderr', leaking((secret) => ({ stderr: `failed: ${secret.slice(5, 20)}\n` }))],
    ['part of stdout', leaking((secret) => ({ stdout: `${secret.slice(0, 16)}…\n` }))],
    ['base64 on stdout', leaking((secret) => ({ stdout: Buffer.from(secret).toString('base64') }))],
    ['a command line', leaking((secret) => ({ commandLines: [`node\0x\0--token=${secret}`] }))],
    [
      'a file',
      leaking((secret, home) => {
        writeFileSync(join(home, 'debug.log'), secret);
        return {};
      }),
    ],
    [
      'the name of a file',
      leaking((secret, home) => {
        writeFileSync(join(home, secret), '');
        return {};
      }),
    ],
  ])('tells a secret in %s', async (_, engine) => {
    expect(await leaksOf(engine)).not.toBe('');
  });

  test('tells a fault of keyturn itself', async () => {
    expect(
      await leaksOf(answering({ stderr: 'Error: x\n    at main (x.js:1:1)\n' }), '$ keyturn x\n'),
    ).not.toBe('');
  });

  test('tells more than a secret in what was captured', async () => {
    const engine = leaking((secret) => ({ stdout: `token: ${secret}\n` }));
    expect(await leaksOf(engine, '$ T=$(keyturn x <<< "$DEVO_LOGIN")\n')).toContain('T holds more');
  });

  test.each([
    ['another code', { code: 1 }],
    ['more on stdout', { stdout: 'a\nb\n' }],
    ['less on stdout', { stdout: '' }],
    ['something on stderr', { stdout: 'a\n', stderr: 'b\n' }],
    ['a secret where the transcript says none', { stdout: '[secret]\n' }],
  ])('tells %s', async (_, answer) => {
    const { differences } = await playTranscript('$ keyturn x\na\n', answering({ stdout: 'a\n', ...answer }));
    expect(differences).not.toEqual([]);
  });

  test('takes [..] and [...] for anything, and nothing else for anything', async () => {
    const play = async (expected: string) =>
      (await playTranscript(`$ keyturn x\n${expected}`, answering({ stdout: 'one two\nthree\nfour\n' })))
        .differences;
    expect(await play('one [..]\n[...]\n')).toEqual([]);
    expect(await play('[...]\nfour\n')).toEqual([]);
    expect(await play('one .*\n[...]\n')).not.toEqual([]);
    expect(await play('[..]\nfour\n')).not.toEqual([]);
  });
});

test('a transcript is read as people read it', () => {
  const [prose, stage, step] = parseTranscript(
    '# why\n\n> time 1d\n$ a b\nout\n\n\\# out\n! err\n= 2\n~ GET /x 200\n\n',
  );
  expect(prose).toMatchObject({ kind: 'prose' });
  expect(stage).toEqual({ kind: 'stage', line: 'time 1d' });
  expect(step).toMatchObject({
    text: 'a b',
    stdout: ['out', '', '# out'],
    stderr: ['err'],
    code: 2,
    sent: ['GET /x 200'],
  });
});
