import { describe, expect, it } from 'vitest';
import { type Parsed, parse } from '../../../src/cli/arguments/parse.ts';
import { AppError } from '../../../src/domain/errors.ts';
import { leaves } from './tree.ts';

async function run(...argv: readonly string[]): Promise<Extract<Parsed, { kind: 'run' }>> {
  const parsed = await parse(argv, 80);
  if (parsed.kind !== 'run') throw new Error('that is help');
  return parsed;
}

async function refused(...argv: readonly string[]): Promise<AppError> {
  const error: unknown = await parse(argv, 80).then(
    () => null,
    (caught: unknown) => caught,
  );
  if (!(error instanceof AppError)) throw new Error(`not refused: ${argv.join(' ')}`);
  return error;
}

describe('global options', () => {
  const GLOBALS = [
    '-p',
    'acme',
    '--provider',
    'devo',
    '-o',
    'yaml',
    '-q',
    '-v',
    '-y',
    '--no-input',
    '--no-color',
    '--timeout',
    '5s',
  ];

  it.each([
    ['before the command', [...GLOBALS, 'tokens', 'list']],
    ['between its words', ['tokens', ...GLOBALS, 'list']],
    ['after it', ['tokens', 'list', ...GLOBALS]],
    ['on both sides', [...GLOBALS.slice(0, 6), 'tokens', 'list', ...GLOBALS.slice(6)]],
    [
      'written together',
      [
        '-pacme',
        '--provider=devo',
        '-oyaml',
        '-qvy',
        'tokens',
        'list',
        '--no-input',
        '--no-color',
        '--timeout=5s',
      ],
    ],
  ])('%s', async (_, argv) => {
    const { input, path } = await run(...argv);
    expect(path).toEqual(['tokens', 'list']);
    expect([
      input.text('profile'),
      input.text('provider'),
      input.text('output'),
      input.text('timeout'),
    ]).toEqual(['acme', 'devo', 'yaml', '5s']);
    for (const flag of ['quiet', 'verbose', 'yes', 'no-input', 'no-color'])
      expect(input.flag(flag), flag).toBe(true);
    expect(input.flag('json')).toBe(false);
  });

  it('are off when they are not given', async () => {
    const { input } = await run('tokens', 'list');
    for (const flag of ['json', 'quiet', 'verbose', 'yes', 'no-input', 'no-color'])
      expect(input.flag(flag), flag).toBe(false);
    expect(input.text('profile')).toBeUndefined();
  });

  it('a value that is a command’s name is a value', async () => {
    expect((await run('-p', 'login', 'tokens', 'list')).path).toEqual(['tokens', 'list']);
    expect((await run('--output', 'json', 'whoami')).path).toEqual(['whoami']);
  });
});

describe('options of a command', () => {
  it('that may be repeated are collected', async () => {
    const { input } = await run(
      'tokens',
      'create',
      '--scope',
      'a',
      '--name',
      'ci',
      '--scope',
      'b c',
      '--to',
      'file:x',
      '--to=file:y',
    );
    expect(input.list('scope', /\s+/)).toEqual(['a', 'b', 'c']);
    expect(input.list('to')).toEqual(['file:x', 'file:y']);
    expect(input.text('name')).toBe('ci');
  });

  it('that are given twice are the last', async () => {
    expect((await run('tokens', 'list', '--limit', '1', '--limit', '2')).input.text('limit')).toBe('2');
  });

  it('may leave a value out where it says so', async () => {
    expect((await run('tokens', 'create', '--save')).input.textOrFlag('save')).toBe(true);
    expect((await run('tokens', 'create', '--save', 'ci')).input.textOrFlag('save')).toBe('ci');
    expect((await run('tokens', 'create', '--save', '--print')).input.textOrFlag('save')).toBe(true);
    expect((await run('tokens', 'create')).input.textOrFlag('save')).toBeUndefined();
  });

  it('an empty value is one', async () => {
    const { input } = await run('tokens', 'list', '--sort=');
    expect(() => input.text('sort')).toThrow(expect.objectContaining({ code: 'usage' }));
  });

  it('of another command are refused', async () => {
    expect((await refused('tokens', 'list', '--scope', 'x')).message).toBe('there is no option "--scope"');
  });
});

describe('arguments', () => {
  it('are one, several, or left out', async () => {
    expect((await run('tokens', 'get', 'id:x')).input.argument(0)).toBe('id:x');
    expect((await run('tokens', 'revoke', 'a', 'b', '--yes', 'c')).input.arguments()).toEqual([
      'a',
      'b',
      'c',
    ]);
    expect((await run('logout')).input.optionalArgument(0)).toBeUndefined();
  });

  it('after -- are the program’s, whatever they look like', async () => {
    const { input } = await run('run', '--env', 'A=ci', '--', 'make', '--json', '-y', '--', '--env', 'B=x');
    expect(input.arguments()).toEqual(['make', '--json', '-y', '--', '--env', 'B=x']);
    expect([input.flag('json'), input.flag('yes')]).toEqual([false, false]);
    expect(input.list('env')).toEqual(['A=ci']);
  });

  it('that begin with a dash follow --', async () => {
    expect((await run('tokens', 'get', '--', '-rf')).input.argument(0)).toBe('-rf');
    expect((await refused('tokens', 'get', '-rf')).code).toBe('usage');
  });

  it('that are missing or too many are told', async () => {
    expect((await refused('tokens', 'get')).message).toBe('the argument ref is missing');
    expect((await refused('tokens', 'get', 'a', 'b')).message).toBe(
      'there are more arguments than this command takes',
    );
    expect((await refused('tokens', 'list', '--limit')).message).toBe('"--limit" needs a value');
  });
});

describe('help', () => {
  it.each([
    [['--help']],
    [['-h']],
    [['tokens', '--help']],
    [['tokens', 'list', '-h']],
    [['--help', 'tokens', 'list']],
  ])('%j is asked for', async (argv) => {
    const parsed = await parse(argv, 80);
    expect(parsed).toMatchObject({
      kind: 'help',
      asked: true,
      text: expect.stringContaining('Usage: keyturn'),
    });
  });

  it.each([[[]], [['tokens']], [['-q', 'tokens']]])('%j is an unfinished command', async (argv) => {
    expect(await parse(argv, 80)).toMatchObject({ kind: 'help', asked: false });
  });

  it('is no colour and survives a terminal without width', async () => {
    for (const width of [0, 1, 20, 80, Number.NaN]) {
      const parsed = await parse(['tokens', 'create', '--help'], width);
      expect(parsed).toMatchObject({ kind: 'help', text: expect.stringContaining('--expires-in') });
      expect(parsed.kind === 'help' && parsed.text).not.toContain('\u001b');
    }
  });
});

describe('slips', () => {
  it('are answered with what may have been meant', async () => {
    expect((await refused('tokns', 'list')).facts).toMatchObject({
      message: 'there is no command "tokns"',
      hint: 'did you mean tokens?',
    });
    expect((await refused('tokens', 'lst')).facts).toMatchObject({
      message: 'there is no command "lst"',
      hint: 'did you mean list?',
    });
    expect((await refused('tokens', 'list', '--limt', '3')).facts).toMatchObject({
      message: 'there is no option "--limt"',
      hint: 'did you mean --limit?',
    });
  });

  it('that look like nothing known point to the help', async () => {
    expect((await refused('frobnicate')).facts).toMatchObject({
      message: 'there is no command "frobnicate"',
      hint: 'see `keyturn --help`',
    });
    for (const secret of ['kt_4f9a8b7c6d5e', 'Zz9-Password', 'abcdefghijklmnopqrstuvwxyz']) {
      expect((await refused(secret)).facts).toMatchObject({
        message: 'there is no such command',
        hint: 'see `keyturn --help`',
      });
    }
    expect((await refused('tokens', 'frobnicate')).facts).toMatchObject({
      hint: 'see `keyturn tokens --help`',
    });
    expect((await refused('tokens', 'list', '--frobnicate')).facts).toMatchObject({
      message: 'there is no option "--frobnicate"',
      hint: 'see `keyturn tokens list --help`',
    });
  });
});

describe('a secret on the command line is never repeated', () => {
  const CANARIES = [
    'kt_canary_0123456789',
    'canaryCANARY0123456789',
    'eyJhbGciOiJub25lIn0.canary',
    'canarycanarycanarycanary',
  ];

  const places = (path: readonly string[], secret: string): readonly (readonly string[])[] => [
    [...path, '--token', secret],
    [...path, `--token=${secret}`],
    ['--token', secret, ...path],
    [`--token=${secret}`, ...path],
    [...path, '--secret', secret],
    [...path, `--password=${secret}`],
    [...path, '--api-key', secret],
    [...path, `--session=${secret}`],
    [...path, `--no-token=${secret}`],
    [...path, `--${secret}`],
    [...path, `-${secret}`],
    [...path, `-x${secret}`],
    [...path, `--json=${secret}`],
    [...path, `--${secret}=x`],
    [secret, ...path],
    [...path.slice(0, -1), secret],
  ];

  it.each(leaves().map(({ path }) => [path.join(' '), path] as const))('%s', async (_, path) => {
    for (const secret of CANARIES) {
      for (const argv of places(path, secret)) {
        const outcome: unknown = await parse(argv, 80).catch((caught: unknown) => caught);
        if (outcome instanceof AppError) {
          expect(outcome.code).toBe('usage');
          expect(JSON.stringify(outcome.facts), argv.join(' ').replaceAll(secret, 'SECRET')).not.toMatch(
            /canary/i,
          );
        } else expect(outcome).toMatchObject({ kind: expect.stringMatching(/^(run|help)$/) });
      }
    }
  });

  it.each(['--token', '--secret', '--password', '--api-key', '--cookie'])(
    '%s says how a secret is handed over',
    async (option) => {
      for (const path of [['login', 'devo'], ['tokens', 'list'], []]) {
        for (const argv of [
          [...path, option, 'kt_canary'],
          [...path, `${option}=kt_canary`],
        ]) {
          expect((await refused(...argv)).facts).toMatchObject({
            message: 'no option takes a secret',
            hint: expect.stringContaining('--with-token'),
          });
        }
      }
    },
  );
});
