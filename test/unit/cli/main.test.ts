import { describe, expect, it } from 'vitest';
import { main } from '../../../src/cli/main.ts';
import { ClosedPipe } from '../../../src/cli/runtime.ts';
import { VERSION } from '../../../src/cli/version.ts';
import { AppError, type ErrorCode, EXIT } from '../../../src/domain/errors.ts';
import { fakeRuntime, type World } from './support.ts';

async function run(
  argv: readonly string[],
  world: World & { closed?: 'stdout' | 'both'; full?: boolean } = {},
) {
  const made = fakeRuntime(world);
  if (world.closed) made.stdout.broken = new ClosedPipe();
  if (world.closed === 'both') made.stderr.broken = new ClosedPipe();
  if (world.full)
    made.stdout.broken = new AppError({ code: 'failure', message: 'the output could not be written' });
  const code = await main(argv, made.runtime);
  return { code, stdout: made.stdout.text, stderr: made.stderr.text };
}

describe('the version', () => {
  it.each([[['--version']], [['-V']], [['tokens', 'list', '--help', '--version']]])('%j', async (argv) => {
    expect(await run(argv)).toEqual({ code: 0, stdout: `${VERSION}\n`, stderr: '' });
  });
});

describe('help', () => {
  it.each([
    [['--help']],
    [[]],
    [['tokens', '--help']],
    [['tokens', 'list', '--help']],
    [['help', 'tokens', 'list']],
  ])('asked for by %j goes to stdout', async (argv) => {
    const { code, stdout, stderr } = await run(argv);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toContain('Usage: keyturn');
  });

  it('for an unfinished command goes to stderr, exit 2', async () => {
    const { code, stdout, stderr } = await run(['tokens']);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain('Usage: keyturn tokens');
  });
});

describe('an error', () => {
  it('is told on stderr, with nothing on stdout', async () => {
    expect(await run(['whoami'])).toEqual({
      code: 4,
      stdout: '',
      stderr: 'keyturn: keyturn is not logged in anywhere\n  run `keyturn login --help`\n',
    });
  });

  it.each<[readonly string[], Readonly<Record<string, string>>]>([
    [['whoami', '--json'], {}],
    [['--json', 'whoami'], {}],
    [['whoami', '-o', 'json'], {}],
    [['whoami'], { KEYTURN_OUTPUT: 'json' }],
    [['--json', 'frobnicate'], {}],
    [['-o', 'json', 'frobnicate'], {}],
    [['-ojson', 'frobnicate'], {}],
    [['--output=json', 'tokens', 'list', '--nope'], {}],
    [['frobnicate'], { KEYTURN_OUTPUT: 'json' }],
    [['whoami', '--json', '-o', 'yaml'], {}],
  ])('%j with %j is JSON', async (argv, env) => {
    const { code, stdout, stderr } = await run(argv, { env });
    const { error } = JSON.parse(stderr);
    const fields = ['code', 'message', 'hint', 'provider', 'status', 'requestId'];
    expect(Object.keys(error)).toEqual([...fields, 'attempt', 'id', 'profile', 'next']);
    const known = Object.entries(EXIT).find(([name]) => name === error.code)?.[1].code;
    expect([code, stdout]).toEqual([known, '']);
  });

  it.each<[readonly string[], Readonly<Record<string, string>>]>([
    [['whoami', '-o', 'yaml'], { KEYTURN_OUTPUT: 'json' }],
    [['-o', 'yaml', 'frobnicate'], { KEYTURN_OUTPUT: 'json' }],
    [['run', '--nope', '--', 'x', '--json'], {}],
    [['run', '--nope', '--', 'x', '-o', 'json'], {}],
  ])('%j with %j is text', async (argv, env) => {
    expect((await run(argv, { env })).stderr).toMatch(/^keyturn: /);
  });

  it.each<[readonly string[], World, ErrorCode]>([
    [['whoami', '-o', 'xml'], {}, 'usage'],
    [['whoami', '--timeout', '5'], {}, 'usage'],
    [['whoami'], { env: { KEYTURN_OUTPUT: 'xml' } }, 'usage'],
    [['whoami'], { env: { KEYTURN_STORE: 'cupboard' } }, 'usage'],
    [['whoami'], { env: { KEYTURN_TOKEN: '' } }, 'usage'],
    [['whoami'], { env: { KEYTURN_TOKEN: 'kt', KEYTURN_PROVIDER: 'nobody' } }, 'usage'],
    [['profiles', 'show', 'gone'], {}, 'not-found'],
    [['credentials', 'get', 'gone'], {}, 'not-found'],
    [['help', 'frobnicate'], {}, 'usage'],
    [['completion', 'tcsh'], {}, 'usage'],
    [['tokens', 'get'], {}, 'usage'],
  ])('%j with %j', async (argv, world, name) => {
    const { code, stdout } = await run(argv, world);
    expect([code, stdout]).toEqual([EXIT[name].code, '']);
  });
});

describe('a closed output', () => {
  it.each([
    [['--version']],
    [['--help']],
    [['providers']],
    [['providers', '--json']],
    [['help', 'exit-codes']],
  ])('%j is no failure: the reader has seen enough', async (argv) => {
    expect(await run(argv, { closed: 'stdout' })).toEqual({ code: 0, stdout: '', stderr: '' });
  });

  it('stderr too: nobody is left to tell, the exit code remains', async () => {
    expect(await run(['whoami'], { closed: 'both' })).toEqual({ code: 4, stdout: '', stderr: '' });
    expect(await run(['tokens'], { closed: 'both' })).toEqual({ code: 2, stdout: '', stderr: '' });
  });

  it('a full disk is a failure', async () => {
    for (const argv of [['--version'], ['providers']]) {
      expect(await run(argv, { full: true })).toMatchObject({
        code: 1,
        stderr: expect.stringContaining('could not be written'),
      });
    }
  });
});

describe('a bug', () => {
  const canary = 'kt_canary_0123456789';
  class kt_canary_0123456789 extends Error {}

  it.each<[string, unknown]>([
    ['an error with a secret in its message', new Error(`connect https://user:${canary}@host`)],
    ['an error with a secret as its cause', new Error('x', { cause: new Error(canary) })],
    [
      'an error with a secret in its name',
      Object.assign(new Error('x'), { name: `E ${'a'.repeat(50)} ${canary}` }),
    ],
    ['a text', canary],
    ['nothing', undefined],
    ['an object', { canary }],
    ['an error of an odd class', new kt_canary_0123456789(canary)],
  ])('%s is told by its kind alone', async (_, thrown) => {
    for (const argv of [['whoami'], ['whoami', '--json'], ['whoami', '--verbose']]) {
      const made = fakeRuntime();
      const runtime = {
        ...made.runtime,
        prompter: () => {
          throw thrown;
        },
      };
      expect(await main(argv, runtime)).toBe(1);
      expect(made.stderr.text).toContain('keyturn stopped on a fault of its own');
      expect(made.stderr.text + made.stdout.text).not.toMatch(/canary|at .*main/);
    }
  });
});

describe('the product', () => {
  it('is a table on a terminal, tsv elsewhere, one document as JSON', async () => {
    expect((await run(['providers'], { terminal: true, env: { NO_COLOR: '1' } })).stdout).toMatch(
      /^OPERATION +ERROVA +DEVO/,
    );
    expect((await run(['providers'])).stdout).toMatch(/^tokens create\tyes\tyes\tyes\tyes\n/);
    expect(JSON.parse((await run(['providers', '--json'])).stdout)).toMatchObject({
      schema: 'keyturn.providers/1',
      providers: [{ id: 'errova' }, { id: 'devo' }, { id: 'prefactor' }, { id: 'bluebricks' }],
    });
  });

  it('has colour only where it is wanted', async () => {
    const colour = async (world: World, ...more: readonly string[]) =>
      (await run(['providers', ...more], world)).stdout.includes('\u001b');
    expect(await colour({ terminal: true })).toBe(true);
    expect(await colour({ terminal: true, env: { NO_COLOR: '' } })).toBe(true);
    expect(await colour({ terminal: true, env: { NO_COLOR: '1' } })).toBe(false);
    expect(await colour({ terminal: true, env: { TERM: 'dumb' } })).toBe(false);
    expect(await colour({ terminal: true }, '--no-color')).toBe(false);
    expect(await colour({ terminal: true }, '-o', 'tsv')).toBe(false);
    expect(await colour({}, '-o', 'human')).toBe(false);
  });

  it('notes go to stderr, and nowhere with --quiet', async () => {
    expect(await run(['profiles', 'list'])).toMatchObject({
      code: 0,
      stdout: '',
      stderr: expect.stringMatching(/.\n$/),
    });
    expect(await run(['profiles', 'list', '--quiet'])).toEqual({ code: 0, stdout: '', stderr: '' });
  });
});
