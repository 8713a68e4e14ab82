import { describe, expect, test } from 'vitest';
import { isAppError } from '../../../../src/domain/errors.ts';
import { createScript, expectNoTrace, goOn, header } from '../../../contract/journal.ts';
import { type Effect, type Fault, Killed } from '../../../support/memory-disk.ts';
import { createJournalMachine } from './journal-machine.ts';

/**
 * After a failed sync the system may drop what was written and say that every later sync of that file succeeded, while
 * every reader still sees the bytes, until the power goes. The disk in memory does just that.
 */
const FAILED: Fault = { kind: 'fail', when: 'before' };

/** What a process that runs the script to its end does to the disk, in order. */
async function effectsOf(at: (effect: Effect) => Fault | null = () => null): Promise<readonly Effect[]> {
  const machine = createJournalMachine();
  const effects: Effect[] = [];
  const host = machine.start({
    watch: (effect) => {
      effects.push(effect);
      return at(effect);
    },
  });
  await goOn({ host, loseLocks: () => undefined }, header('a'), createScript().work).catch((error) => {
    if (!isAppError(error)) throw error;
  });
  return effects;
}

const numbersOf = (effects: readonly Effect[], isWanted: (effect: Effect) => boolean): readonly number[] =>
  effects.filter(isWanted).map(({ n }) => n);

const isSync = ({ name }: Effect): boolean => name === 'sync' || name === 'syncFolder';

/**
 * One process whose sync `first` fails and that is killed `later` effects after; one that goes on and is cut off from the
 * power at its effect `second`; then one that finishes. Returns whether the second got as far as that.
 */
async function failKillCut(first: number, later: number, second: number): Promise<boolean> {
  const shown = `sync ${first} fails, killed ${later} later, power cut at ${second}`;
  const machine = createJournalMachine();
  const { seen, work } = createScript();
  const runWith = (watch: (effect: Effect) => Fault | null) =>
    goOn({ host: machine.start({ watch }), loseLocks: () => undefined }, header('a'), work).catch((error) => {
      if (!isAppError(error) && !(error instanceof Killed)) throw error;
    });
  await runWith(({ n }) => {
    if (n === first) return FAILED;
    return n === first + later ? { kind: 'kill', when: 'before' } : null;
  });
  let cut = false;
  await runWith(({ n }) => {
    cut ||= n === second;
    return n === second ? { kind: 'kill', when: 'after' } : null;
  });
  machine.disk.crash('power');
  expect(await goOn({ host: machine.start(), loseLocks: () => undefined }, header('a'), work), shown).toBe(
    'finished',
  );
  expect(seen.sends, shown).toBeLessThanOrEqual(1);
  expectNoTrace([...machine.disk.files().values()]);
  return cut;
}

describe('the file journal and a sync that failed', () => {
  test('loses nothing when another process goes on and then the power is cut', async () => {
    const syncs = numbersOf(await effectsOf(), isSync);
    expect(syncs.length).toBeGreaterThan(10);
    let cuts = 0;
    for (const first of syncs) {
      for (const later of [1, 6]) {
        for (let second = 1 + (first % 3); await failKillCut(first, later, second); second += 3) cuts += 1;
      }
    }
    expect(cuts).toBeGreaterThan(400);
  });

  test('writes and syncs nothing again in the file that it was on', async () => {
    const syncs = numbersOf(await effectsOf(), ({ name }) => name === 'sync');
    for (const failed of syncs) {
      const effects = await effectsOf(({ n }) => (n === failed ? FAILED : null));
      const { path } = effects[failed - 1] ?? { path: '' };
      const after = effects.slice(failed).filter((effect) => effect.path === path);
      expect(
        after.filter(({ name }) => ['write', 'sync', 'append'].includes(name)),
        `sync ${failed}, of ${path}`,
      ).toEqual([]);
    }
  });

  test('begins nothing when the first record may not be durable', async () => {
    const machine = createJournalMachine();
    let ran = false;
    const watch = ({ name }: Effect) => (name === 'sync' ? FAILED : null);
    const begun = machine.start({ watch }).begin(header('a'), async () => {
      ran = true;
    });
    await expect(begun).rejects.toMatchObject({ code: 'unavailable' });
    expect(ran).toBe(false);
    expect((await machine.start().list()).operations).toEqual([]);
  });

  test('is not taken over while nothing can be made durable, and later is', async () => {
    const machine = createJournalMachine();
    await machine.start().begin(header('a'), (journal) => journal.step('one', async () => 1));
    let ran = false;
    const watch = ({ name }: Effect) => (name === 'sync' ? FAILED : null);
    const taken = machine.start({ watch }).resume(header('a').id, async () => {
      ran = true;
    });
    await expect(taken).rejects.toMatchObject({ code: 'unavailable' });
    expect(ran).toBe(false);
    machine.disk.crash('power');
    expect(await machine.start().resume(header('a').id, async (journal) => journal.result('one'))).toBe(1);
  });
});
