import { describe, expect, test } from 'vitest';
import { replaceFile } from '../../../../src/adapters/disk/atomic-file.ts';
import { InUse, toReplaceError } from '../../../../src/adapters/disk/disk-error.ts';
import { createRetryingDisk } from '../../../../src/adapters/disk/retrying-disk.ts';
import { AppError } from '../../../../src/domain/errors.ts';
import type { Clock } from '../../../../src/ports/clock.ts';
import { createMemoryDisk, type EffectName, type MemoryDisk } from '../../../support/memory-disk.ts';
import { caught, random } from '../store/store-rig.ts';

const PATH = '/f/file';
const text = (memory: MemoryDisk): string => new TextDecoder().decode(memory.files().get(PATH));
const bytes = (value: string): Uint8Array => new TextEncoder().encode(value);
const IN_USE = new InUse({ code: 'unavailable', message: 'in use', hint: 'wait' });
const FULL = new AppError({ code: 'unavailable', message: 'the disk is full' });

/** Time that passes by waiting only. */
class Waiting implements Pick<Clock, 'sleep'> {
  readonly waits: number[] = [];

  get total(): number {
    return this.waits.reduce((sum, ms) => sum + ms, 0);
  }

  async sleep(ms: number): Promise<void> {
    this.waits.push(ms);
  }
}

/** A file on a disk where the calls of this name fail as long as `isBusy` says. */
function blocked(name: EffectName, isBusy: () => boolean, error: AppError, clock: Pick<Clock, 'sleep'>) {
  const memory = createMemoryDisk();
  memory.put(PATH, bytes('old'));
  let tries = 0;
  const inner = memory.connect((effect) => {
    if (effect.name !== name) return null;
    tries += 1;
    return isBusy() ? { kind: 'fail', when: 'before', error } : null;
  });
  return { memory, disk: createRetryingDisk(inner, clock), tries: () => tries };
}

describe('a file that another program has open', () => {
  test('for five seconds: is replaced anyway', async () => {
    const clock = new Waiting();
    const { memory, disk, tries } = blocked('rename', () => clock.total < 5_000, IN_USE, clock);
    await replaceFile(disk, random, PATH, bytes('new'), 0o600);
    expect(text(memory)).toBe('new');
    expect([...memory.files().keys()]).toEqual([PATH]);
    expect(clock.total).toBeGreaterThanOrEqual(5_000);
    expect(tries()).toBeGreaterThan(5);
  });

  test('for ever: is told after eight seconds; the old one stays, and no temporary file', async () => {
    const clock = new Waiting();
    const { memory, disk } = blocked('rename', () => true, IN_USE, clock);
    const error = await caught(replaceFile(disk, random, PATH, bytes('new'), 0o600));
    expect(error).toBe(IN_USE);
    expect(clock.total).toBeGreaterThan(7_500);
    expect(clock.total).toBeLessThan(10_000);
    expect(text(memory)).toBe('old');
    expect([...memory.files().keys()]).toEqual([PATH]);
  });

  test('for a second: is removed anyway', async () => {
    const clock = new Waiting();
    const { memory, disk } = blocked('remove', () => clock.total < 1_000, IN_USE, clock);
    await disk.remove(PATH);
    expect(memory.files().size).toBe(0);
  });

  test('is not waited for when the process is asked to stop', async () => {
    const stopped = new AppError({ code: 'interrupted', message: 'interrupted' });
    const clock = { sleep: () => Promise.reject(stopped) };
    const { memory, disk, tries } = blocked('rename', () => true, IN_USE, clock);
    expect(await caught(replaceFile(disk, random, PATH, bytes('new'), 0o600))).toBe(stopped);
    expect(tries()).toBe(1);
    expect([...memory.files().keys()]).toEqual([PATH]);
  });
});

test('any other error is told at once', async () => {
  const clock = new Waiting();
  const { memory, disk } = blocked('rename', () => true, FULL, clock);
  expect(await caught(replaceFile(disk, random, PATH, bytes('new'), 0o600))).toBe(FULL);
  expect(clock.waits).toEqual([]);
  expect(text(memory)).toBe('old');
});

test.each([
  ['EBUSY', false, true],
  ['EPERM', false, true],
  ['EACCES', false, false],
  ['EACCES', true, true],
  ['ENOSPC', true, false],
  ['EROFS', false, false],
])('%s (Windows: %s): in use is %s', (code, isWindows, isInUse) => {
  const error = toReplaceError(Object.assign(new Error('raw'), { code }), '/f/secret.yaml', isWindows);
  expect(error instanceof InUse).toBe(isInUse);
  expect(error.message).not.toContain('raw');
  expect(error.facts.hint).not.toBe('');
  if (isInUse) expect(error.code).toBe('unavailable');
});
