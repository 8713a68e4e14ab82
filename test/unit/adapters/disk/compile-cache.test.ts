import {
  chmodSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { isSafeForCode } from '../../../../src/adapters/disk/compile-cache.ts';

// What lies in the folder runs in place of keyturn's source.
let home: string;
let folder: string;
beforeEach(() => {
  home = realpathSync(mkdtempSync(join(tmpdir(), 'keyturn-code-')));
  folder = join(home, '.cache/keyturn/compiled');
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

test('makes a folder that only its owner can look into', async () => {
  expect(await isSafeForCode(folder)).toBe(true);
  expect(lstatSync(folder).mode & 0o777).toBe(0o700);
  expect(await isSafeForCode(folder)).toBe(true);
});

test.each<[string, () => void]>([
  ['a folder that others can read', () => make(folder, 0o755)],
  ['a folder that others can write to', () => make(folder, 0o777)],
  [
    'a link, wherever it leads',
    () => {
      make(join(home, 'elsewhere'), 0o700);
      mkdirSync(join(folder, '..'), { recursive: true });
      symlinkSync(join(home, 'elsewhere'), folder);
    },
  ],
  [
    'a folder that others can replace',
    () => {
      make(folder, 0o700);
      chmodSync(join(home, '.cache'), 0o777);
    },
  ],
  [
    'a file',
    () => {
      mkdirSync(join(folder, '..'), { recursive: true });
      writeFileSync(folder, '', { mode: 0o600 });
    },
  ],
  ['a place where no folder can be made', () => writeFileSync(join(home, '.cache'), '')],
])('refuses %s', async (_, plant) => {
  plant();
  expect(await isSafeForCode(folder)).toBe(false);
});

test.skipIf(process.getuid?.() !== 0)('root leaves nothing in the home of another user', async () => {
  const { chownSync } = await import('node:fs');
  chownSync(home, 12_345, 12_345);
  expect(await isSafeForCode(folder)).toBe(false);
  expect(() => lstatSync(join(home, '.cache'))).toThrow();
  // Nor takes what is there.
  make(folder, 0o700);
  chownSync(folder, 12_345, 12_345);
  expect(await isSafeForCode(folder)).toBe(false);
});

function make(path: string, mode: number): void {
  mkdirSync(path, { recursive: true });
  chmodSync(path, mode);
}
