import { describe, expect, test } from 'vitest';
import { createScript, expectNoTrace, goOn, header } from '../../../contract/journal.ts';
import { Killed } from '../../../support/memory-disk.ts';
import { createJournalMachine } from './journal-machine.ts';

type Cut = 'power' | number;

/** Runs the script with the power cut at effect `n`, then until it is done. */
async function cutAt(n: number, when: 'before' | 'after', cut: Cut): Promise<void> {
  const shown = `power cut ${when} effect ${n}, ${cut}`;
  const machine = createJournalMachine();
  const { seen, work } = createScript();
  const toProcess = (host = machine.start()) => ({ host, loseLocks: () => undefined });
  const first = machine.start({ watch: (effect) => (effect.n === n ? { kind: 'kill', when } : null) });
  await expect(goOn(toProcess(first), header('a'), work), shown).rejects.toBeInstanceOf(Killed);
  if (cut === 'power') machine.disk.crash('power');
  else machine.disk.crash('torn', pickBy(cut));
  expect(await goOn(toProcess(), header('a'), work), shown).toBe('finished');
  expect(seen.sends, shown).toBeLessThanOrEqual(1);
  expectNoTrace([...machine.disk.files().values()]);
}

function pickBy(seed: number): (count: number) => number {
  let state = seed * 2_654_435_761;
  return (count) => {
    state = (Math.imul(state ^ (state >>> 15), 2_246_822_519) + 0x9e3779b9) >>> 0;
    return state % count;
  };
}

async function countEffects(): Promise<number> {
  let effects = 0;
  const watch = ({ n }: { n: number }): null => {
    effects = n;
    return null;
  };
  const host = createJournalMachine().start({ watch });
  await goOn({ host, loseLocks: () => undefined }, header('a'), createScript().work);
  return effects;
}

describe('the file journal and a power cut', () => {
  test('loses nothing that was recorded when everything unsynced is gone', async () => {
    const effects = await countEffects();
    expect(effects).toBeGreaterThan(50);
    for (let n = 1; n <= effects; n += 1) {
      for (const when of ['before', 'after'] as const) await cutAt(n, when, 'power');
    }
  });

  test('loses nothing that was recorded when parts of what was unsynced stay', async () => {
    const effects = await countEffects();
    for (let n = 1; n <= effects; n += 1) {
      for (let seed = 1; seed <= 4; seed += 1) await cutAt(n, 'after', n * 10 + seed);
    }
  });
});
