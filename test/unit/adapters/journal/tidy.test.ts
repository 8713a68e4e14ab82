import { describe, expect, test } from 'vitest';
import { Secret } from '../../../../src/domain/secret.ts';
import { header } from '../../../contract/journal.ts';
import { Killed } from '../../../support/memory-disk.ts';
import { createJournalMachine, FOLDER } from './journal-machine.ts';

const WEEK = 7 * 24 * 60 * 60 * 1000;
const idle = async (): Promise<null> => null;

describe('what is left in the folder of operations', () => {
  test('one private file for an open operation, however often it is looked at', async () => {
    const machine = createJournalMachine();
    await machine.start().begin(header('a'), idle);
    for (let times = 0; times < 3; times += 1) await machine.start().resume(header('a').id, idle);
    const [path = '', ...others] = machine.disk.files().keys();
    expect(path).toMatch(new RegExp(`^${FOLDER}/${header('a').id}\\.\\d+\\.journal$`));
    expect(others).toEqual([]);
    const disk = machine.disk.connect();
    expect(await disk.facts(path)).toMatchObject({ mode: 0o600 });
    expect(await disk.facts(FOLDER)).toMatchObject({ mode: 0o700 });
  });

  test('a tombstone without sealed bytes for a week, then nothing', async () => {
    const machine = createJournalMachine();
    await machine.start().begin(header('a'), async (journal) => {
      await journal.stash(Secret.of('a-secret'));
      await journal.end('aborted', 'refused');
    });
    const second = machine.clock.time / 1000;
    const path = `${FOLDER}/${header('a').id}.${second}.aborted`;
    expect([...machine.disk.files().keys()]).toEqual([path]);
    expect(Buffer.from(machine.disk.files().get(path) ?? []).toString()).not.toContain('"keep"');
    machine.clock.time += WEEK;
    await machine.start().begin(header('b'), (journal) => journal.end('done', null));
    expect(machine.disk.files().has(path)).toBe(true);
    machine.clock.time += 2_000;
    await machine.start().begin(header('c'), (journal) => journal.end('done', null));
    expect(machine.disk.files().has(path)).toBe(false);
  });

  test('nothing of an end that was cut short, after the next operation began', async () => {
    for (let n = 1; n < 60; n += 1) {
      const machine = createJournalMachine();
      let ending = 0;
      const watch = () => {
        if (ending > 0) ending += 1;
        return ending === n + 1 ? ({ kind: 'kill', when: 'before' } as const) : null;
      };
      const run = machine.start({ watch }).begin(header('a'), async (journal) => {
        await journal.once(
          'issue',
          (capture) => capture.chunk(Buffer.from('x')).then(() => 1),
          async () => 2,
        );
        ending = 1;
        await journal.end('done', null);
      });
      const error = await run.catch((caught: unknown) => caught);
      if (error === undefined) return;
      expect(error).toBeInstanceOf(Killed);
      const fresh = machine.start();
      const { operations } = await fresh.list();
      if (operations[0]?.state === 'open')
        await fresh.resume(header('a').id, (journal) => journal.end('done', null));
      else await fresh.begin(header('b'), (journal) => journal.end('done', null));
      const left = [...machine.disk.files().keys()].filter((path) => !/\.(done|aborted)$/.test(path));
      expect(left, `killed at effect ${n} of the end`).toEqual([]);
    }
    throw new Error('the end has more effects than were tried');
  });
});
