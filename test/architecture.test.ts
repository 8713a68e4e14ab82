import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { BUILT } from './support/cli-process.ts';
import { type Scanned, scanSource } from './support/scan-source.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const SRC = join(ROOT, 'src');

interface File extends Scanned {
  /** From `src`: `core/client.ts`. */
  readonly path: string;
  readonly folder: string;
  readonly text: string;
}

const FILES: readonly File[] = readdirSync(SRC, { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.ts') && !path.endsWith('.d.ts'))
  .sort()
  .map((path) => {
    const text = readFileSync(join(SRC, path), 'utf8');
    return { path, folder: path.split('/')[0] ?? '', text, ...scanSource(text) };
  });

const FOLDERS = ['domain', 'ports', 'providers', 'core', 'adapters', 'output', 'sandbox', 'cli'] as const;
type Folder = (typeof FOLDERS)[number];

/** Who may import whom, beside its own folder. */
const MAY_IMPORT: Readonly<Record<Folder, readonly Folder[]>> = {
  domain: [],
  ports: ['domain'],
  providers: ['domain', 'ports'],
  core: ['domain', 'ports'],
  adapters: ['domain', 'ports'],
  output: ['domain'],
  sandbox: ['domain'],
  cli: FOLDERS,
};

const PACKAGES: Readonly<Record<Folder, RegExp>> = {
  domain: /^node:util$/,
  ports: /^$/,
  providers: /^$/,
  core: /^$/,
  adapters: /^(node:[a-z_0-9/]+|undici|undici\/lib\/.+\.js|yaml|@napi-rs\/keyring)$/,
  output: /^(chalk|ora|string-width|yaml)$/,
  sandbox: /^node:(http|crypto|zlib|fs\/promises)$/,
  cli: /^(commander|node:path|node:url)$/,
};

/** What a file imports from `src`, by its path there. */
function internal(file: File) {
  return file.imports
    .filter(({ from }) => from.startsWith('.'))
    .map((each) => ({ ...each, target: relative(SRC, resolve(SRC, dirname(file.path), each.from)) }));
}

function external(file: File) {
  return file.imports.filter(({ from }) => !from.startsWith('.'));
}

/** `path: what` of every file that breaks a rule. */
function offenders(find: (file: File) => readonly string[]): readonly string[] {
  return FILES.flatMap((file) => find(file).map((what) => `${file.path}: ${what}`));
}

function matches(pattern: RegExp, except: readonly string[] = []) {
  return offenders((file) =>
    except.includes(file.path) ? [] : [...file.code.matchAll(pattern)].map(([found]) => found.trim()),
  );
}

describe('the scanner', () => {
  it('finds imports of every kind, and none in comments, quotes and patterns', () => {
    const { imports } = scanSource(`
      import a from './a.ts'; import * as b from "./b.ts"; import './c.ts';
      import { type D,
        e } from './d.ts';
      import type { F } from './f.ts';
      export { g } from './g.ts'; export * from './h.ts';
      const x = await import('./i.ts'); type J = typeof import('./j.ts');
      // import k from './k.ts'
      /* import('./l.ts') */
      const m = "import m from './m.ts'"; const n = \`import('./n.ts') \${await import('./o.ts')} import('./p.ts')\`;
      const q = /import('.\\/q.ts')[/'"]/.test(x) ? 1 / 2 : 'it';
      export const from = './r.ts';
    `);
    expect(imports.map(({ from, kind }) => `${kind} ${from}`)).toEqual([
      'value ./a.ts',
      'value ./b.ts',
      'value ./c.ts',
      'value ./d.ts',
      'type ./f.ts',
      're-export ./g.ts',
      're-export ./h.ts',
      'lazy ./i.ts',
      'type ./j.ts',
      'lazy ./o.ts',
    ]);
  });

  it('leaves code, and takes comments and texts away', () => {
    const { code } = scanSource(
      // biome-ignore lint/suspicious/noTemplateCurlyInString: it is the source of a template.
      "a(process.env /* console.log */, 'console.x', `any ${Date.now()} any`, /any\\/[/]any/g) // any\nb",
    );
    expect(code).toContain('a(process.env');
    expect(code).toContain('Date.now()');
    expect(code).not.toMatch(/console|any/);
    expect(code).toMatch(/\nb$/);
  });

  it('sees every file, and its imports', () => {
    expect(FILES.length).toBeGreaterThan(200);
    expect(new Set(FILES.map(({ folder }) => folder))).toEqual(new Set(FOLDERS));
    const written = FILES.flatMap(({ text }) => text.match(/^import .*|^\} from '/gm) ?? []).length;
    const seen = FILES.flatMap(({ imports }) => imports).length;
    expect(seen).toBeGreaterThan(written / 2);
    for (const file of FILES) {
      const statements = file.text.match(/^(import|\}) .*from '[^']+';$|^import '[^']+';$/gm) ?? [];
      expect(file.imports.length, file.path).toBeGreaterThanOrEqual(statements.length);
    }
  });
});

describe('who may import whom', () => {
  it.each(FOLDERS)('%s', (folder) => {
    const broken = FILES.filter((file) => file.folder === folder).flatMap((file) => [
      ...internal(file)
        .filter(
          ({ target }) =>
            !FOLDERS.some(
              (to) => target.startsWith(`${to}/`) && (to === folder || MAY_IMPORT[folder].includes(to)),
            ),
        )
        .map(({ target }) => `${file.path} imports ${target}`),
      ...external(file)
        .filter(({ from }) => !PACKAGES[folder].test(from))
        .map(({ from }) => `${file.path} imports ${from}`),
    ]);
    expect(broken).toEqual([]);
  });

  it('the operation engine knows no planner, and a planner no policy', () => {
    const order = ['core/operation/', 'core/create/', 'core/rotation/', 'core/policy/'];
    const rank = (path: string): number => order.findIndex((folder) => path.startsWith(folder));
    expect(order.map((folder) => FILES.some(({ path }) => path.startsWith(folder)))).toEqual(
      order.map(() => true),
    );
    const broken = offenders((file) =>
      rank(file.path) < 0
        ? []
        : internal(file)
            .filter(({ target }) => rank(target) > rank(file.path))
            .map(({ target }) => target),
    );
    expect(broken).toEqual([]);
  });

  /** Whether a file of `cli/commands/` imports one of its own folder, such as `rotate/`. */
  const isHelper = (path: string, target: string): boolean =>
    /^cli\/commands\/[a-z]+\//.test(target) && dirname(path) === dirname(target);

  /** The files that the command tree names. */
  const COMMANDS = FILES.filter(({ path }) => path === 'cli/program.ts').flatMap((file) =>
    internal(file)
      .map(({ target }) => target)
      .filter((target) => target.startsWith('cli/commands/')),
  );

  it('a command imports no adapter, and nobody imports a command', () => {
    expect(new Set(COMMANDS).size).toBeGreaterThan(35);
    const broken = offenders((file) =>
      internal(file)
        .filter(
          ({ target }) =>
            (COMMANDS.includes(file.path) && target.startsWith('adapters/')) ||
            (file.path.startsWith('cli/commands/') && COMMANDS.includes(target)),
        )
        .map(({ target }) => target),
    );
    expect(broken).toEqual([]);
  });

  it('only the command tree knows the commands, and loads each when it is called', () => {
    const broken = offenders((file) =>
      internal(file)
        .filter(({ target }) => target.startsWith('cli/commands/') && !isHelper(file.path, target))
        .filter(({ kind }) => file.path !== 'cli/program.ts' || kind !== 'lazy')
        .map(({ target }) => target),
    );
    expect(broken).toEqual([]);
  });

  it('the command line loads adapters and the sandbox when they are needed, and not before', () => {
    const lazily = ['cli/commands/sandbox/run-sandbox.ts'];
    const broken = offenders((file) =>
      file.folder !== 'cli' || lazily.includes(file.path)
        ? []
        : internal(file)
            .filter(({ target, kind }) => /^(adapters|sandbox)\//.test(target) && kind === 'value')
            .map(({ target }) => target),
    );
    expect(broken).toEqual([]);
  });

  it('each foreign package has its one place', () => {
    const places: Readonly<Record<string, RegExp>> = {
      commander: /^cli\/arguments\/parse\.ts$/,
      chalk: /^output\//,
      ora: /^output\/progress\.ts$/,
      'string-width': /^output\/width\.ts$/,
      undici: /^adapters\/http\//,
      yaml: /^(adapters\/(yaml|config|store|vendor-cli|policy)\/|output\/structured\.ts$)/,
      '@napi-rs/keyring': /^adapters\/keychain\//,
      'node:child_process': /^adapters\/(child|keychain|locks)\//,
      'node:fs': /^adapters\/(disk|child|keychain|locks|vendor-cli)\//,
      'node:fs/promises': /^(adapters\/(disk|child|keychain|locks)\/|sandbox\/state-file\.ts$)/,
    };
    const broken = offenders((file) =>
      external(file)
        .map(({ from }) => (from.startsWith('undici/') ? 'undici' : from))
        .filter((from) => places[from] !== undefined && !places[from]?.test(file.path)),
    );
    expect(broken).toEqual([]);
  });

  it('a schema is named in one room, where each document has one function', () => {
    const named = FILES.flatMap(({ path, text }) =>
      [...text.matchAll(/'(keyturn\.[a-z-]+\/\d)'/g)].map(([, name = '']) => ({ path, name })),
    );
    // The sandbox's state file is no document.
    const elsewhere = named.filter(({ path }) => !/^(cli\/documents\/|sandbox\/sandbox\.ts$)/.test(path));
    expect(elsewhere).toEqual([]);
    const documents = named.filter(({ path }) => path.startsWith('cli/documents/')).map(({ name }) => name);
    const twice = documents.filter((name, index) => documents.indexOf(name) !== index);
    expect(twice).toEqual([]);
    expect(new Set(documents).size).toBeGreaterThan(25);
  });

  it('a report holds a secret as a Secret; the presenter reveals it in the write', () => {
    const reveals = offenders((file) =>
      ['cli', 'output'].includes(file.folder)
        ? [...file.code.matchAll(/\.reveal\(\)/g)].map(([call]) => call)
        : [],
    );
    expect(reveals).toEqual([
      // A log is told to mask the secret; what was typed becomes one.
      'cli/services/show-secret.ts: .reveal()',
      'cli/terminal/secret-reader.ts: .reveal()',
      'output/present.ts: .reveal()',
    ]);
  });

  it('what is slow to load is loaded when it is needed', () => {
    const slow = /^(ora|@napi-rs\/keyring)$/;
    const inOutput = /^yaml$/;
    const broken = offenders((file) =>
      external(file)
        .filter(
          ({ from, kind }) =>
            kind === 'value' && (slow.test(from) || (file.folder === 'output' && inOutput.test(from))),
        )
        .map(({ from }) => from),
    );
    expect(broken).toEqual([]);
    const tables = offenders((file) =>
      internal(file)
        .filter(({ target, kind }) => target === 'output/table.ts' && kind === 'value')
        .map(({ target }) => target),
    );
    expect(tables).toEqual([]);
  });

  it('every import names a file that is there, with its ending', () => {
    const broken = offenders((file) =>
      internal(file)
        .filter(({ target }) => !/\.(ts|d\.ts)$/.test(target) || !existsSync(join(SRC, target)))
        .map(({ from }) => from),
    );
    expect(broken).toEqual([]);
  });

  it('the command line has eight files and five rooms, and its helpers are not given all of it', () => {
    const inCli = FILES.filter(({ folder }) => folder === 'cli').map(({ path }) => path.slice('cli/'.length));
    expect(inCli.filter((path) => !path.includes('/'))).toEqual([
      'main.ts',
      'node-runtime.ts',
      'package-files.ts',
      'program.ts',
      'quick-answer.ts',
      'runtime.ts',
      'top-help.ts',
      'version.ts',
    ]);
    expect([...new Set(inCli.flatMap((path) => /^(\w+)\//.exec(path)?.[1] ?? []))]).toEqual([
      'arguments',
      'commands',
      'documents',
      'services',
      'terminal',
    ]);
    const takers = offenders((file) =>
      internal(file).flatMap(({ target }) =>
        /^cli\/services\/(app|local)\.ts$/.test(target) ? [target] : [],
      ),
    );
    expect([...new Set(takers)]).toEqual([
      'cli/main.ts: cli/services/app.ts',
      'cli/services/app.ts: cli/services/local.ts',
    ]);
  });

  it('no files import each other in a circle, not even types or when they are called', () => {
    expect(circlesIn(FILES)).toEqual([]);
  });

  it('an operation ends tokens and keys in one place, which refuses what was there before', () => {
    const naming =
      /\b(revoke|remove|disable|expire)\b(?=[,:)\s]*[^;\n]*\bcall\(|[^;\n]*\}\s*=\s*[^;\n]*\b(tokens|keys)\b)|\bcall\([^;\n]*\b(revoke|remove|disable|expire)\b/g;
    const broken = offenders((file) =>
      file.path.startsWith('core/operation/') && file.path !== 'core/operation/recovery/end.ts'
        ? [...file.code.matchAll(naming)].map(([found]) => found.trim())
        : [],
    );
    expect(broken).toEqual([]);
    expect(FILES.find(({ path }) => path === 'core/operation/recovery/end.ts')?.code).toMatch(naming);
  });
});

/** Every way round: `a > b > a`. */
function circlesIn(files: readonly File[]): readonly string[] {
  const graph = new Map(files.map((file) => [file.path, internal(file).map(({ target }) => target)]));
  const done = new Set<string>();
  const circles: string[] = [];
  const walk = (path: string, trail: readonly string[]): void => {
    if (trail.includes(path)) circles.push([...trail.slice(trail.indexOf(path)), path].join(' > '));
    if (trail.includes(path) || done.has(path)) return;
    for (const next of graph.get(path) ?? []) walk(next, [...trail, path]);
    done.add(path);
  };
  for (const path of graph.keys()) walk(path, []);
  return circles;
}

describe('style', () => {
  const RUNTIME = 'cli/node-runtime.ts';

  it.each<[string, RegExp, readonly string[]]>([
    ['`process` is read in one place', /\bprocess\s*(\?\.|\.|\[)|\bglobalThis\b/g, [RUNTIME]],
    [
      'the clock is read in one place',
      /\bDate\.now\b|\bnew Date\(\s*\)|\bperformance\b|\bDate\(\s*\)/g,
      [RUNTIME],
    ],
    ['there is no weak randomness', /\bMath\.random\b/g, []],
    ['nothing ends the process', /\bprocess\s*\.\s*(exit|abort|kill)\b(?!Code)/g, [RUNTIME]],
    ['nothing writes to the console', /\bconsole\b/g, []],
    ['there is no `any`', /\bany\b/g, []],
    ['there are no default exports', /\bexport\s+default\b|\bexport\s*\{[^}]*\bas\s+default\b/g, []],
    ['there are no enums and namespaces', /^\s*(export\s+)?(const\s+)?(enum|namespace)\s/gm, []],
    [
      'nothing is required, evaluated or fetched globally',
      /\brequire\(|\beval\(|\bnew Function\b|(?<![.\w])fetch\(/g,
      [],
    ],
    [
      'accounts are compared in one place, with their settings',
      /\.origin\s*[!=]==|[!=]==\s*\w+\.origin\b/g,
      [
        'domain/same-settings.ts',
        // A server's address, and nothing of an account.
        ...['adapters/http/wire.ts', 'core/helpers/choose-entry.ts', 'core/helpers/docker.ts'],
        ...['providers/next-link.ts', 'cli/commands/login/login.ts'],
        // The vendor's own address of a profile; the session of a vendor's command, whose seal covers the settings.
        ...['core/resolve-connection.ts', 'core/session-pin.ts'],
        // The subject holds the settings.
        'adapters/journal/state.ts',
      ],
    ],
    ['there is no state in modules', /^(export\s+)?(let|var)\s.*/gm, []],
    [
      'there are no collections in modules that can change',
      /^(export\s+)?const\s+\w+\s*=\s*new\s+(Map|Set|WeakMap|WeakSet|Array)\b.*/gm,
      [],
    ],
    ['no shell is started', /\bshell\s*:\s*true\b|\bexecSync\b|\bexec\(\s*`/g, []],
    ['global dispatchers of undici are left alone', /\bsetGlobalDispatcher\b|\bgetGlobalDispatcher\b/g, []],
  ])('%s', (_, pattern, except) => {
    expect(matches(pattern, except)).toEqual([]);
  });

  it('process.exit is nowhere, not even where the process is', () => {
    const runtime = FILES.find(({ path }) => path === RUNTIME);
    const bin = scanSource(readFileSync(join(ROOT, 'bin/keyturn.js'), 'utf8'));
    for (const code of [runtime?.code ?? 'process.exit', bin.code])
      expect(code).not.toMatch(/process\s*\.\s*exit\b/);
  });

  it('there are no barrels', () => {
    expect(
      offenders((file) => file.imports.filter(({ kind }) => kind === 're-export').map(({ from }) => from)),
    ).toEqual([]);
    expect(FILES.filter(({ path }) => /(^|\/)index\.ts$/.test(path))).toEqual([]);
  });

  it('nothing is left to do', () => {
    expect(offenders(({ text }) => text.match(/\b(TODO|FIXME|XXX|HACK)\b.*/g) ?? [])).toEqual([]);
  });

  it('files are named in kebab-case, and read in one sitting', () => {
    expect(
      FILES.filter(({ path }) => !/^([a-z0-9]+(-[a-z0-9]+)*[/.])+ts$/.test(path)).map(({ path }) => path),
    ).toEqual([]);
    const long = FILES.filter(({ text }) => text.split('\n').length > 260);
    expect(long.map(({ path }) => path)).toEqual([]);
  });

  it('one file knows where it lies, beside a program that runs alone', () => {
    expect([
      ...new Set(offenders((file) => file.code.match(/\bimport\.meta\b|__dirname|__filename/g) ?? [])),
    ]).toEqual(['adapters/keychain/keychain-child.ts: import.meta', 'cli/package-files.ts: import.meta']);
  });

  it('no import is computed', () => {
    const computed = matches(/\bimport\(\s*[^\s)]/g);
    expect(computed).toEqual([]);
  });
});

/**
 * The files of `dist/cli` that a start loads, in order. More of them, or others, cost every call of the command: a static import
 * somewhere has become too wide, or `scripts/bundle.mjs` puts a file where it does not belong. With a store and a provider:
 * `test/system/file-effects.test.ts`.
 */
const LOADED: readonly (readonly [command: string, files: string])[] = [
  ['', 'quick-answer'],
  ['--version', 'quick-answer'],
  ['--help', 'quick-answer'],
  ['--help --json', 'start rolldown-runtime parse'],
  ['tokens --help', 'start rolldown-runtime parse'],
  ['tokens list --help', 'start rolldown-runtime parse remote local child'],
  ['profiles list -o tsv --quiet', 'start rolldown-runtime parse local'],
  ['run -- true', 'start rolldown-runtime parse child local'],
];

describe('what a start loads', () => {
  const folder = mkdtempSync(join(tmpdir(), 'keyturn-loaded-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it.each(LOADED)('`%s`: %s', (command, files) => {
    const args = [join(ROOT, 'test/support/list-loaded.cjs'), BUILT, ...command.split(' ').filter(Boolean)];
    const env = { PATH: process.env['PATH'], HOME: folder, NODE_DISABLE_COMPILE_CACHE: '1' };
    const done = spawnSync(process.execPath, args, {
      env,
      cwd: folder,
      encoding: 'utf8',
      stdio: ['pipe', 'pipe', 'pipe', 'pipe'],
    });
    expect([done.status, done.stderr]).toEqual([0, '']);
    const loaded = (done.output[3] ?? '').trim().split('\n');
    expect(loaded.map((path) => relative(join(ROOT, 'dist/cli'), path).replace('.cjs', '')).join(' ')).toBe(
      files,
    );
  });
});
