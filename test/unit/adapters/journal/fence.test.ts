import { expect, test } from 'vitest';
import { header } from '../../../contract/journal.ts';
import { createJournalMachine, NO_LOCKS, segment } from './journal-machine.ts';

const FIRST = header('a');

test('a successor reads what the owner recorded up to the moment that it was fenced off', async () => {
  const machine = createJournalMachine();
  const told: unknown[] = [];
  await machine.start({ locks: NO_LOCKS }).begin(FIRST, async (journal) => {
    await journal.step('one', async () => 1);
    const successor = machine.start({
      locks: NO_LOCKS,
      watch: async ({ name, path }) => {
        if (name === 'create' && path === segment(FIRST.id, 2)) await journal.step('two', async () => 2);
        return null;
      },
    });
    await successor.resume(FIRST.id, async (later) => {
      told.push(later.result('one'), later.result('two'));
      let ran = false;
      const late = journal.step('three', async () => {
        ran = true;
        return 3;
      });
      await expect(late).rejects.toMatchObject({ code: 'locked' });
      expect(ran).toBe(false);
      await later.step('three', async () => 'by the successor');
    });
    await expect(journal.end('aborted', null)).rejects.toMatchObject({ code: 'locked' });
  });
  expect(told).toEqual([1, 2]);
  expect(await machine.start().resume(FIRST.id, async (journal) => journal.result('three'))).toBe(
    'by the successor',
  );
});

test('what a former owner writes late never counts', async () => {
  const machine = createJournalMachine();
  let overtake = async (): Promise<void> => undefined;
  const owner = machine.start({
    locks: NO_LOCKS,
    watch: async ({ name }) => {
      if (name === 'write') await overtake();
      return null;
    },
  });
  await owner.begin(FIRST, async (journal) => {
    overtake = async () => {
      overtake = async () => undefined;
      await machine
        .start({ locks: NO_LOCKS })
        .resume(FIRST.id, (later) => later.step('theirs', async () => 1));
    };
    await expect(journal.step('ours', async () => 2)).rejects.toMatchObject({ code: 'locked' });
  });
  const written = [...machine.disk.files().values()].map((bytes) => Buffer.from(bytes).toString()).join('');
  expect(written).toContain('"theirs"');
  expect(written).not.toContain('"ours"');
  await machine.start().resume(FIRST.id, async (journal) => {
    expect(journal.result('theirs')).toBe(1);
    expect(journal.has('ours')).toBe(false);
  });
});
