import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from '../../../src/cli/arguments/parse.ts';
import { insteadOf, supportOf } from '../../../src/core/capabilities.ts';
import {
  type CommandPlace,
  checkCredential,
  createCommand,
  loginCommand,
  withCommands,
} from '../../../src/core/create-command.ts';
import { refusalHint } from '../../../src/core/refusal-hint.ts';
import { OPERATIONS } from '../../../src/domain/capability.ts';
import { isAppError } from '../../../src/domain/errors.ts';
import { Secret } from '../../../src/domain/secret.ts';
import type { Provider } from '../../../src/ports/provider.ts';
import { loadProvider } from '../../../src/providers/registry.ts';
import { commandsIn, wordsOf } from '../../support/command-words.ts';

const NOW = Date.parse('2026-11-28T12:00:00Z');
const SETTINGS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  errova: { org: 'acme-inc' },
  devo: { region: 'eu', domain: 'child@parent' },
};

/** A JWT that ended long ago. */
const EXPIRED = `${[{ alg: 'HS256' }, { exp: 1_600_000_000 }]
  .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
  .join('.')}.c2ln`;

/** Every text that the provider's file has for a person, as it is told in that place. */
function hintsOf(place: CommandPlace): readonly string[] {
  const { provider } = place;
  const lacks = OPERATIONS.filter((operation) => supportOf(provider, operation) === 'no');
  const refusals = [400, 401, 403, 404, 409, 410, 422, 429, 500].map((status) =>
    refusalHint(place, provider.readError({ status, body: null, header: () => null })),
  );
  const secrets = [EXPIRED, `bbx_${'a'.repeat(40)}`].map((secret) => refusedWith(place, secret));
  return [...lacks.map((operation) => insteadOf(place, operation)), ...refusals, ...secrets].flatMap(
    (hint) => (hint === undefined ? [] : [hint]),
  );
}

function refusedWith(place: CommandPlace, secret: string): string | undefined {
  try {
    checkCredential(place, Secret.of(secret), NOW);
    return undefined;
  } catch (error) {
    if (!isAppError(error)) throw error;
    return error.facts.hint;
  }
}

function placesOf(provider: Provider): readonly CommandPlace[] {
  const settings = SETTINGS[provider.id] ?? {};
  return [
    { provider, profile: null },
    { provider, profile: 'work', settings, origin: provider.origin(settings) },
    { provider, profile: 'work', settings, origin: provider.origin(settings), fromCli: true },
  ].filter(({ fromCli }) => !fromCli || provider.credential.vendorCli !== undefined);
}

describe.each(['errova', 'devo', 'prefactor', 'bluebricks'])('a command in a hint of %s', (id) => {
  it('is one that keyturn takes as it is printed, for the profile, with all that is required', async () => {
    const provider = await loadProvider(id);
    for (const place of placesOf(provider)) {
      const commands = [
        ...hintsOf(place).flatMap((hint) => commandsIn(hint)),
        wordsOf(createCommand(place)).slice(1),
        wordsOf(loginCommand(place)).slice(1),
      ];
      expect(commands.length).toBeGreaterThan(4);
      for (const words of commands) {
        const parsed = await parse(words, 80);
        if (parsed.kind !== 'run') throw new Error(`${words.join(' ')} is no command`);
        // The table of providers is the same for every profile.
        if (words[0] !== 'providers') expect(parsed.input.text('profile') ?? null).toBe(place.profile);
        for (const name of requiredOf(parsed.path.join(' '), provider)) expect(words).toContain(`--${name}`);
      }
      expect(hintsOf(place).join()).not.toMatch(/[{}]/);
    }
  });
});

function requiredOf(path: string, provider: Provider): readonly string[] {
  if (path === 'tokens create') return provider.tokens.required;
  if (path === `login ${provider.id}`)
    return provider.settings.flatMap(({ name, required }) => (required ? [name] : []));
  return [];
}

describe('the words', () => {
  it.each([
    ['devo', {}, 'keyturn login devo --region us --domain acme'],
    [
      'devo',
      { profile: "o'brien", settings: { region: 'eu', domain: 'child@parent' } },
      `keyturn login devo --region eu --domain child@parent -p 'o'\\''brien'`,
    ],
    [
      'errova',
      { settings: { org: 'acme' }, origin: 'https://proxy.example' },
      'keyturn login errova --org acme --url https://proxy.example',
    ],
    ['prefactor', { fromCli: true, profile: 'p' }, 'keyturn login prefactor --from-cli -p p'],
  ] as const)('of a login at %s', async (id, more, line) => {
    const provider = await loadProvider(id);
    expect(loginCommand({ provider, profile: null, ...more })).toBe(line);
  });

  it.each([
    [[], 'keyturn tokens create --session --name ci --scope org.read --save -p w'],
    [['--name', 'a b'], "keyturn tokens create --session --scope org.read --name 'a b' --save -p w"],
    [
      ['--name', 'x', '--save', 'x-2'],
      'keyturn tokens create --session --scope org.read --name x --save x-2 -p w',
    ],
  ])('of a creation with %j', async (own, line) => {
    const provider = await loadProvider('errova');
    expect(createCommand({ provider, profile: 'w' }, own)).toBe(line);
  });

  it('stand for what is in braces, and nothing else is touched', async () => {
    const provider = await loadProvider('bluebricks');
    expect(withCommands('a {tokens disable NAME} b `bricks login` {} {X}', { provider, profile: 'w' })).toBe(
      'a `keyturn tokens disable NAME -p w` b `bricks login` {} {X}',
    );
  });
});

it('no other file writes a login or a creation by hand', () => {
  const files = readdirSync('src', { recursive: true, encoding: 'utf8' }).filter((file) =>
    file.endsWith('.ts'),
  );
  const own = ['core/create-command.ts', 'cli/commands/login/login.ts'];
  const byHand = files.filter(
    (file) =>
      !own.includes(file) &&
      /`keyturn (?:login|tokens create)(?! --help)|\(\s*\[\s*'(?:login|tokens', 'create)'/.test(
        readFileSync(`src/${file}`, 'utf8'),
      ),
  );
  expect(byHand).toEqual([]);
});
