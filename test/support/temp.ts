import { mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** An empty home folder, and an environment that holds nothing else. */
export interface TestHome {
  readonly path: string;
  /** PATH, HOME, and that no compiled code is kept. What a caller of keyturn has in its own environment does not leak into a test. */
  readonly env: Readonly<Record<string, string>>;
  /** Path (relative to the home) and bytes of every regular file under it. */
  files(): ReadonlyMap<string, Buffer>;
  remove(): void;
}

export function createTestHome(): TestHome {
  const path = realpathSync(mkdtempSync(join(tmpdir(), 'keyturn-home-')));
  return {
    path,
    env: { PATH: process.env['PATH'] ?? '/usr/bin:/bin', HOME: path, NODE_DISABLE_COMPILE_CACHE: '1' },
    files: () => new Map(walk(path, '')),
    remove: () => rmSync(path, { recursive: true, force: true }),
  };
}

/** What stands in a folder, as text that two moments can be compared by: path, mode, content. */
export function picture(home: TestHome): string {
  const lines: string[] = [];
  for (const [path, bytes] of home.files()) {
    const { mode } = statSync(join(home.path, path));
    lines.push(`${path} ${(mode & 0o777).toString(8)} ${bytes.toString('base64')}`);
  }
  return lines.sort().join('\n');
}

function* walk(root: string, under: string): Generator<[string, Buffer]> {
  for (const entry of readdirSync(join(root, under), { withFileTypes: true })) {
    const path = join(under, entry.name);
    if (entry.isDirectory()) yield* walk(root, path);
    else if (entry.isFile()) yield [path, readFileSync(join(root, path))];
  }
}
