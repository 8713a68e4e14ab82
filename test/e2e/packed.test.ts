import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { keyturn, ROOT } from '../support/cli-process.ts';
import { processEngine, readTranscript, transcriptNames } from '../support/play-file.ts';
import { createTestHome } from '../support/temp.ts';
import { playTranscript } from '../support/transcript.ts';

// What people install: the tarball, in an empty folder, without anybody's install scripts.
const folder = mkdtempSync(join(tmpdir(), 'keyturn-packed-'));
const installed = join(folder, 'node_modules', 'keyturn');
let files: readonly string[] = [];

beforeAll(() => {
  // Without scripts: `prepack` would build again under the feet of the other tests.
  const packed = npm(['pack', '--ignore-scripts', '--json', '--pack-destination', folder], ROOT);
  const [tarball] = readPacked(packed);
  files = tarball?.files ?? [];
  writeFileSync(join(folder, 'package.json'), '{"private":true}\n');
  npm(
    [
      'install',
      '--ignore-scripts',
      '--prefer-offline',
      '--no-audit',
      '--no-fund',
      join(folder, tarball?.filename ?? ''),
    ],
    folder,
  );
}, 120_000);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('holds what the command needs and nothing else', () => {
  const allowed =
    /^(?:bin\/(?:keyturn\.js|package\.json)|dist\/cli\/[a-z-]+\.cjs|dist\/THIRD-PARTY-LICENSES\.txt|completions\/(?:_keyturn|keyturn\.(?:bash|fish|ps1))|schemas\/[a-z-]+\.schema\.json|(?:README|SECURITY)\.md|LICENSE|package\.json)$/;
  expect(files.filter((path) => !allowed.test(path))).toEqual([]);
  for (const needed of ['bin/keyturn.js', 'dist/cli/start.cjs', 'completions/keyturn.bash', 'LICENSE'])
    expect(files).toContain(needed);
});

test('is one package of at most 60 files and 3 MB beside the keychain library', () => {
  const {
    dependencies,
    optionalDependencies,
  }: Record<string, Record<string, string>> = JSON.parse(
    readFileSync(join(installed, 'package.json'), 'utf8'),
  );
  expect([dependencies, Object.keys(optionalDependencies ?? {})]).toEqual([undefined, ['@napi-rs/keyring']]);
  const others = readdirSync(join(folder, 'node_modules')).filter((name) => !name.startsWith('.'));
  expect(others.sort()).toEqual(['@napi-rs', 'keyturn']);
  // npm adds `npm-shrinkwrap.json` where it packs with scripts. Too many: let two chunks of `scripts/bundle.mjs` be one.
  expect(files.length).toBeLessThanOrEqual(59);
  const bytes = files.reduce((total, path) => total + statSync(join(installed, path)).size, 0);
  expect(bytes).toBeLessThanOrEqual(3_000_000);
});

test('holds the licence of each package that it has code of', () => {
  const text = readFileSync(join(installed, 'dist/THIRD-PARTY-LICENSES.txt'), 'utf8');
  const named = [...text.matchAll(/^(\S+) \d+\.\d+\.\d+\S* \([^)]+\)$/gm)].map(([, name]) => name);
  // The bundler puts the path of each file before its code.
  const chunks = files.filter((path) => path.startsWith('dist/cli/'));
  const found = chunks.flatMap((path) => {
    const code = readFileSync(join(installed, path), 'utf8');
    return [...code.matchAll(/^\/\/ (?:\S+\/)?node_modules\/((?:@[^/\s]+\/)?[^/\s]+)\/\S+$/gm)].map(
      ([, name = '']) => name,
    );
  });
  expect(new Set(found).size).toBeGreaterThan(15);
  expect([...new Set(found)].filter((name) => !named.includes(name))).toEqual([]);
  expect(text.match(/copyright/gi)?.length).toBeGreaterThanOrEqual(named.length);
});

test('a stack trace names the file and the function', () => {
  const script = `import(${JSON.stringify(pathToFileURL(join(installed, 'dist/cli/start.cjs')).href)}).then(({ usage }) => console.log(usage('x').stack))`;
  const shown = execFileSync(process.execPath, ['-e', script], { cwd: folder, encoding: 'utf8' });
  expect(shown).toMatch(/at usage \(.*dist[\\/]cli[\\/]start\.cjs:\d+:\d+\)/);
});

test('has no install script, no source map, no path and no secret of the machine that packed it', () => {
  const manifest: unknown = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8'));
  const scripts =
    manifest !== null && typeof manifest === 'object' && 'scripts' in manifest ? manifest.scripts : {};
  expect(Object.keys(scripts ?? {}).filter((name) => /install|prepare/.test(name))).toEqual([]);
  for (const path of files) {
    const text = readFileSync(join(installed, path), 'utf8');
    expect(`${path} ${text.includes('sourceMappingURL')}`).toBe(`${path} false`);
    expect(`${path} ${text.includes(ROOT)}`).toBe(`${path} false`);
    expect(
      `${path} ${/\b(?:npm_[A-Za-z0-9]{36}|ghp_[A-Za-z0-9]{36}|eyJ[\w-]{20,}\.eyJ[\w-]{20,})/.test(text)}`,
    ).toBe(`${path} false`);
  }
});

test('runs by the name that npm gives it', async () => {
  const home = createTestHome();
  const program = join(folder, 'node_modules', '.bin', 'keyturn');
  const { version }: { version: string } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
  const told = execFileSync(program, ['--version'], { env: home.env, cwd: home.path, encoding: 'utf8' });
  expect(told).toBe(`${version}\n`);
  const help = await keyturn(['completion', 'bash'], {
    program: join(installed, 'bin', 'keyturn.js'),
    env: home.env,
    cwd: home.path,
  });
  expect(help.code).toBe(0);
  expect(help.stdout).toContain('complete');
  home.remove();
});

test.for([...transcriptNames('packed')])(
  '%s through the packed command',
  { timeout: 120_000 },
  async (name) => {
    const engine = processEngine(join(installed, 'bin', 'keyturn.js'));
    const { differences, leaks } = await playTranscript(readTranscript(name), engine);
    expect(leaks.join('\n\n')).toBe('');
    expect(differences.join('\n\n')).toBe('');
  },
);

function npm(args: readonly string[], cwd: string): string {
  return execFileSync('npm', [...args], { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}

interface Packed {
  readonly filename: string;
  readonly files: readonly string[];
}

function readPacked(text: string): readonly Packed[] {
  const list: { filename: string; files: { path: string }[] }[] = JSON.parse(text);
  return list.map(({ filename, files: each }) => ({ filename, files: each.map(({ path }) => path) }));
}
