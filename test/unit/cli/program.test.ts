import stringWidth from 'string-width';
import { describe, expect, it } from 'vitest';
import { GLOBAL_OPTIONS } from '../../../src/cli/arguments/globals.ts';
import { parse } from '../../../src/cli/arguments/parse.ts';
import { TOKEN_OPTION_SPECS, tokenOptionNames } from '../../../src/cli/arguments/token-options.ts';
import { findPath, TREE } from '../../../src/cli/program.ts';
import { loadProviders } from '../../../src/providers/registry.ts';
import { leaves, namesOf } from './tree.ts';

/** The published contract: every verb, its arguments, the options that scripts rely on. */
const CONTRACT: Readonly<Record<string, string>> = {
  'login errova': '--org --url --with-token --token-file --session --store --name --scope --token-id',
  'login devo': '--region --domain --url --with-token --token-file --store',
  'login prefactor': '--account-id --url --with-token --token-file --from-cli --store',
  'login bluebricks': '--url --with-token --token-file --from-cli --store',
  logout: '[profile] --revoke',
  whoami: '',
  'profiles list': '',
  'profiles use': '<name>',
  'profiles show': '<name>',
  'profiles rename': '<old> <new>',
  'profiles remove': '<name>',
  providers: '[provider]',
  'tokens create':
    '--name --scope --expires-in --expires-at --user --audience --token-scope --account-id --environment-id --agent-id --save --to --print --force --dry-run',
  'tokens list': '--status --expiring-within --unused-for --limit --sort',
  'tokens get': '<ref> --print',
  'tokens rotate': '[ref...] --save --to --print --force --dry-run --allow-self --grace',
  'tokens revoke': '<ref...> --dry-run --allow-self',
  'tokens delete': '<ref...> --dry-run --allow-self',
  'tokens enable': '<ref...> --dry-run',
  'tokens disable': '<ref...> --dry-run --allow-self',
  'tokens rename': '<ref> <new-name> --dry-run',
  'keys create': '--project --name --type --save --to --print --force --dry-run',
  'keys list': '--project',
  'keys expire': '<ref> --project --in --at --dry-run',
  'keys rotate': '<ref> --project --save --to --print --force --dry-run',
  'projects create': '--name --dry-run',
  'projects list': '',
  'credentials list': '',
  'credentials get': '<name> --print',
  'credentials import': '<name> --token-file',
  'credentials remove': '<name>',
  'credentials migrate': '--from --to --dry-run',
  'rotations list': '',
  'rotations resume': '[id] --save --to --print --force',
  'rotations abort': '<id>',
  run: '<command...> --env',
  sandbox: '--port --latency --fault --state',
  doctor: '',
  completion: '<shell>',
  help: '[words...]',
};

const ALL = leaves();
const byPath = new Map(ALL.map((leaf) => [leaf.path.join(' '), leaf]));

describe('the contract', () => {
  it.each(Object.entries(CONTRACT))('has %s %s', async (path, wanted) => {
    const leaf = byPath.get(path);
    expect(leaf).toBeDefined();
    const command = await leaf?.load();
    const there = [
      ...(command?.arguments ?? []).map((argument) => argument.name),
      ...(command?.options ?? []).flatMap((option) => namesOf(option.flags)),
    ];
    const words = wanted.split(' ').filter((word) => word !== '');
    const positional = words.filter((word) => !word.startsWith('--'));
    expect((command?.arguments ?? []).map((argument) => argument.name)).toEqual(positional);
    expect(there).toEqual(expect.arrayContaining(words.filter((word) => word.startsWith('--'))));
  });

  it('has the global options', () => {
    const names = GLOBAL_OPTIONS.flatMap((option) => namesOf(option.flags));
    expect(names).toEqual([
      '-p',
      '--profile',
      '--provider',
      '-o',
      '--output',
      '--json',
      '-q',
      '--quiet',
      '-v',
      '--verbose',
      '-y',
      '--yes',
      '--no-input',
      '--no-color',
      '--timeout',
    ]);
  });

  it('tells --dry-run of every verb that changes something at a provider', async () => {
    const changing =
      /^(tokens (create|rotate|revoke|delete|enable|disable|rename)|keys (create|expire|rotate)|projects create)$/;
    for (const { path, load } of ALL.filter((leaf) => changing.test(leaf.path.join(' ')))) {
      expect(
        (await load()).options?.map(({ flags }) => flags),
        path.join(' '),
      ).toContain('--dry-run');
    }
  });
});

describe('no option', () => {
  it.each(ALL.map((leaf) => [leaf.path.join(' '), leaf] as const))(
    'of %s takes a secret, hides a global one, or is there twice',
    async (_, leaf) => {
      const names = ((await leaf.load()).options ?? []).flatMap((option) => namesOf(option.flags));
      const globals = GLOBAL_OPTIONS.flatMap((option) => namesOf(option.flags));
      expect(new Set(names).size).toBe(names.length);
      expect(names.filter((name) => globals.includes(name))).toEqual([]);
      const valued = ((await leaf.load()).options ?? []).filter(({ flags }) => /[<[]/.test(flags));
      for (const { flags } of valued) {
        expect(flags).not.toMatch(
          /^--(token|secret|password|passphrase|api-key|cookie|session|credential-value)\b(?!-)/,
        );
      }
    },
  );
});

describe('help', () => {
  const places = [
    [],
    ...TREE.filter((node) => 'children' in node).map((node) => [node.name]),
    ...ALL.map(({ path }) => path),
  ];

  it.each(places.map((path) => [path.join(' '), path] as const))(
    'of "%s" fits 80 columns and says what it is for',
    async (_, path) => {
      const parsed = await parse([...path, '--help'], 80);
      if (parsed.kind !== 'help') throw new Error('no help');
      for (const line of parsed.text.split('\n')) {
        expect(stringWidth(line), line).toBeLessThanOrEqual(80);
        expect(line).not.toMatch(/ $/);
      }
      expect(parsed.text).toContain(['Usage: keyturn', ...path].join(' '));
      const node = findPath(path).at(-1);
      if (node) expect(parsed.text.replace(/\s+/g, ' ')).toContain(node.about);
    },
  );

  it.each(ALL.map((leaf) => [leaf.path.join(' '), leaf] as const))(
    'of %s tells every option, and its examples can be parsed',
    async (_, leaf) => {
      const command = await leaf.load();
      const parsed = await parse([...leaf.path, '--help'], 80);
      for (const option of command.options ?? []) {
        for (const name of namesOf(option.flags))
          if (!option.hidden) expect(parsed.kind === 'help' && parsed.text).toContain(name);
        expect(option.about).toMatch(/\S/);
      }
      for (const example of command.examples ?? []) {
        const argv = wordsOf(example);
        if (argv) expect(await parse(argv, 80), example).toMatchObject({ kind: 'run', path: leaf.path });
      }
    },
  );
});

/** The words of keyturn's own part of a plain example; null for one that a shell must work out. */
function wordsOf(example: string): readonly string[] | null {
  const match = /^keyturn ([^|<>$()]*)(?:[>|].*)?$/.exec(example);
  if (!match) return null;
  const words = (match[1] ?? '').match(/"[^"]*"|'[^']*'|\S+/g) ?? [];
  return words.map((word) => word.replace(/^(["'])(.*)\1$/, '$2'));
}

describe('the options of tokens create', () => {
  it('are those of all providers together', async () => {
    const all = (await loadProviders()).flatMap((provider) =>
      provider.tokens.options.map((option) => option.name),
    );
    expect([...tokenOptionNames()].sort()).toEqual([...new Set(all)].sort());
  });

  it('say whose they are, and name the choices there are', async () => {
    for (const provider of await loadProviders()) {
      for (const option of provider.tokens.options) {
        const spec = TOKEN_OPTION_SPECS.find(({ flags }) => namesOf(flags).includes(`--${option.name}`));
        expect(spec?.about).toMatch(new RegExp(`^${provider.title}: `));
        for (const choice of option.choices ?? []) expect(spec?.about).toContain(choice);
      }
    }
  });
});

describe('findPath', () => {
  it('stops at the first word that is no command', () => {
    const names = (words: readonly string[]) => findPath(words).map((node) => node.name);
    expect(names(['tokens', 'list', 'x'])).toEqual(['tokens', 'list']);
    expect(names(['tokens', 'x', 'list'])).toEqual(['tokens']);
    expect(names(['constructor'])).toEqual([]);
    expect(names([])).toEqual([]);
  });
});
