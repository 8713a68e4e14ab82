import { describe, expect, it } from 'vitest';
import { readFormat, readGlobals } from '../../../src/cli/arguments/globals.ts';
import { Input } from '../../../src/cli/arguments/input.ts';

function inputOf(options: Readonly<Record<string, unknown>>): Input {
  return new Input([], new Map(Object.entries(options)));
}

describe('the format', () => {
  it.each([
    ['on a terminal', {}, {}, true, 'human'],
    ['elsewhere', {}, {}, false, 'tsv'],
    ['by flag', { output: 'yaml' }, { KEYTURN_OUTPUT: 'name' }, true, 'yaml'],
    ['by variable', {}, { KEYTURN_OUTPUT: 'ndjson' }, true, 'ndjson'],
    ['by an empty variable, which is none', {}, { KEYTURN_OUTPUT: '' }, true, 'human'],
    ['--json', { json: true }, { KEYTURN_OUTPUT: 'name' }, true, 'json'],
    ['--json and -o json', { json: true, output: 'json' }, {}, true, 'json'],
  ])('%s', (_, options, env, stdoutIsTerminal, format) => {
    expect(readFormat(inputOf(options), { env, stdoutIsTerminal })).toBe(format);
  });

  it.each([
    [{ json: true, output: 'yaml' }, {}],
    [{ output: 'xml' }, {}],
    [{ output: 'JSON' }, {}],
    [{ output: '' }, {}],
    [{ output: '__proto__' }, {}],
    [{}, { KEYTURN_OUTPUT: 'kt_canary' }],
  ])('%j with %j is refused, and not repeated', (options, env) => {
    expect(() => readFormat(inputOf(options), { env, stdoutIsTerminal: true })).toThrow(
      expect.objectContaining({ code: 'usage', message: expect.not.stringMatching(/canary|xml|proto/) }),
    );
  });
});

describe('the rest', () => {
  const read = (options: Readonly<Record<string, unknown>>) =>
    readGlobals(inputOf(options), { env: {}, stdoutIsTerminal: true });

  it('has defaults', () => {
    expect(read({})).toEqual({
      profile: undefined,
      provider: undefined,
      format: 'human',
      quiet: false,
      verbose: false,
      yes: false,
      noInput: false,
      noColor: false,
      timeoutMs: 60_000,
    });
  });

  it('is as given', () => {
    const given = {
      profile: 'a',
      provider: 'b',
      quiet: true,
      verbose: true,
      yes: true,
      'no-input': true,
      'no-color': true,
      timeout: '5s',
    };
    expect(read(given)).toMatchObject({
      profile: 'a',
      provider: 'b',
      quiet: true,
      verbose: true,
      yes: true,
      noInput: true,
      noColor: true,
      timeoutMs: 5_000,
    });
  });

  it.each(['0s', '60', '-5s', '1e9d', '', '25d', '4w', '36500d'])(
    'a time-out of %j is refused',
    (timeout) => {
      expect(() => read({ timeout })).toThrow(expect.objectContaining({ code: 'usage' }));
    },
  );
});
