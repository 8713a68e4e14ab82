import { execFileSync } from 'node:child_process';
import {
  accessSync,
  constants,
  cpSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestHome } from './temp.ts';

/** Where a flush costs nothing: a killed process, unlike a power cut, loses nothing that it wrote. */
const ROOM = inMemory() ?? tmpdir();

export interface KillHome extends TestHome {
  /** Paths and permission bits of everything that keyturn made. */
  modes(): readonly (readonly [string, number])[];
}

/** An empty home, or one with the contents of another; `size` gives it a disk of its own (`512k`), which needs root. */
export function createKillHome(from?: TestHome, size?: string): KillHome {
  const path = realpathSync(mkdtempSync(join(ROOM, 'keyturn-kill-')));
  if (size !== undefined)
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${size},mode=0700`, 'none', path]);
  if (from) cpSync(from.path, path, { recursive: true });
  return {
    path,
    env: { PATH: process.env['PATH'] ?? '/usr/bin:/bin', HOME: path, NODE_DISABLE_COMPILE_CACHE: '1' },
    files: () =>
      new Map(
        walk(path, '').flatMap(([name, isFile]) =>
          isFile ? [[name, readFileSync(join(path, name))] as const] : [],
        ),
      ),
    modes: () => walk(path, '').map(([name]) => [name, statSync(join(path, name)).mode & 0o777] as const),
    remove: () => {
      if (size !== undefined) execFileSync('umount', ['-l', path]);
      rmSync(path, { recursive: true, force: true });
    },
  };
}

function walk(root: string, under: string): (readonly [string, boolean])[] {
  return readdirSync(join(root, under), { withFileTypes: true }).flatMap((entry) => {
    const path = join(under, entry.name);
    return [[path, entry.isFile()] as const, ...(entry.isDirectory() ? walk(root, path) : [])];
  });
}

function inMemory(): string | null {
  try {
    accessSync('/dev/shm', constants.W_OK);
    return '/dev/shm';
  } catch {
    return null;
  }
}
