import { mkdirSync, readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { describe, expect, onTestFinished, test } from 'vitest';
import { keepScripts } from '../../../../src/adapters/disk/script-cache.ts';
import { createTestHome } from '../../../support/temp.ts';

const load = createRequire(import.meta.url);
// In one process V8 has a cache of its own, and would not look at ours.
setFlagsFromString('--no-compilation-cache');

/** A program of one file, its cache, and starts of it: what the file gives, and then the end of the process. */
function program() {
  const home = createTestHome();
  const before = load.extensions['.cjs'];
  onTestFinished(() => {
    home.remove();
    if (before) load.extensions['.cjs'] = before;
    else delete load.extensions['.cjs'];
  });
  const of = join(home.path, 'bundle');
  const folder = join(home.path, 'compiled');
  mkdirSync(of);
  const path = join(of, 'part.cjs');
  const place = () => join(folder, readdirSync(folder)[0] ?? '');
  return {
    path,
    folder,
    place,
    kept: () => readdirSync(place()),
    start(version = 'v1', from = path): unknown {
      delete load.cache[from];
      const ends: (() => void)[] = [];
      keepScripts({ folder, version, of, onExit: (write) => ends.push(write) });
      const { value } = load(from);
      for (const end of ends) end();
      return value;
    },
  };
}

const sourceOf = (value: number) => `exports.value = (() => ${value})();`;

describe('compiled code', () => {
  test('is kept for the next start, which writes nothing', () => {
    const { start, path, kept, place } = program();
    writeFileSync(path, sourceOf(1));
    expect(start()).toBe(1);
    const [name = '', more] = kept();
    expect([name, more]).toEqual([expect.stringMatching(/^part-\d+-\d+$/), undefined]);
    const bytes = readFileSync(join(place(), name));
    expect(start()).toBe(1);
    expect(kept()).toEqual([name]);
    expect(readFileSync(join(place(), name)).equals(bytes)).toBe(true);
  });

  test('is not used for another source of the same length, time and name', () => {
    const { start, path, kept } = program();
    const time = new Date(2_000_000_000_000);
    writeFileSync(path, sourceOf(1));
    utimesSync(path, time, time);
    start();
    writeFileSync(path, sourceOf(2));
    utimesSync(path, time, time);
    expect(start()).toBe(2);
    expect(kept()).toHaveLength(1);
  });

  test('is not used for another source, and makes place for what replaces it', () => {
    const { start, path, kept } = program();
    writeFileSync(path, sourceOf(1));
    start();
    writeFileSync(path, `${sourceOf(22)}\n`);
    expect(start()).toBe(22);
    expect(kept()).toHaveLength(1);
  });

  test.each([
    ['cut', (bytes: Buffer) => bytes.subarray(0, 40)],
    ['empty', () => Buffer.alloc(0)],
    [
      'changed in its middle',
      (bytes: Buffer) => Buffer.from(bytes.map((byte, n) => (n === 300 ? byte ^ 1 : byte))),
    ],
    ['of something else', () => Buffer.from('not compiled code at all, but some text that is long enough')],
  ])('that is %s is made again', (_, damage) => {
    const { start, path, kept, place } = program();
    writeFileSync(path, sourceOf(1));
    start();
    const file = join(place(), kept()[0] ?? '');
    const right = readFileSync(file);
    const damaged = damage(right);
    writeFileSync(file, damaged);
    expect(start()).toBe(1);
    const made = readFileSync(file);
    expect(made.equals(damaged)).toBe(false);
    expect(made.length).toBe(right.length);
  });

  test('of three versions stays', () => {
    const { start, path, folder } = program();
    writeFileSync(path, sourceOf(1));
    for (const version of ['v1', 'v2', 'v3', 'v4']) start(version);
    expect(readdirSync(folder).map((name) => name.split('-')[1])).toEqual(['v2', 'v3', 'v4']);
  });

  test('is not kept of files that are not keyturn’s', () => {
    const { start, folder, path } = program();
    const foreign = join(path, '../../other.cjs');
    writeFileSync(foreign, sourceOf(5));
    expect(start('v1', foreign)).toBe(5);
    expect(() => readdirSync(folder)).toThrow('ENOENT');
  });

  test('that cannot be written stops nothing', () => {
    const { start, folder, path } = program();
    writeFileSync(folder, 'a file in the way');
    writeFileSync(path, sourceOf(1));
    expect(start()).toBe(1);
  });

  test('an error names the file and the line', () => {
    const { start, path } = program();
    writeFileSync(path, 'exports.value = 1;\nthrow new Error("here");');
    expect(() => start()).toThrow(expect.objectContaining({ stack: expect.stringContaining(`${path}:2`) }));
  });
});
