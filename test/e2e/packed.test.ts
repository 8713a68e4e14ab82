import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
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
    /^(?:bin\/keyturn\.js|dist\/[a-z0-9/-]+\.js|completions\/(?:_keyturn|keyturn\.(?:bash|fish|ps1))|schemas\/[a-z-]+\.schema\.json|docs\/[a-z0-9/-]+\.md|(?:README|CONTRIBUTING|SECURITY|CHANGELOG)\.md|LICENSE|package\.json)$/;
  expect(files.filter((path) => !allowed.test(path))).toEqual([]);
  for (const needed of ['bin/keyturn.js', 'dist/cli/main.js', 'completions/keyturn.bash', 'LICENSE'])
    expect(files).toContain(needed);
  expect(files.length).toBeGreaterThan(100);
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
