import { describe, expect, test } from 'vitest';
import { header } from '../../../contract/journal.ts';
import { createJournalMachine, FOLDER } from './journal-machine.ts';

const ANSWER = Buffer.from('x'.repeat(4_000));

describe('the file journal on a disk that fills up', () => {
  test('begins nothing without room for a header', async () => {
    const machine = createJournalMachine({ capacity: 100 });
    let ran = false;
    const begun = machine.start().begin(header('a'), async () => {
      ran = true;
    });
    await expect(begun).rejects.toMatchObject({ code: 'unavailable' });
    expect(ran).toBe(false);
    expect([...machine.disk.files().keys()]).toEqual([]);
  });

  test('sends nothing without room for the answer', async () => {
    const machine = createJournalMachine({ capacity: 20_000 });
    let sends = 0;
    const run = machine.start().begin(header('a'), (journal) =>
      journal.once(
        'issue',
        async () => {
          sends += 1;
          return 1;
        },
        async () => 2,
      ),
    );
    await expect(run).rejects.toMatchObject({ code: 'unavailable' });
    expect(sends).toBe(0);
    expect([...machine.disk.files().keys()]).toEqual([`${FOLDER}/${header('a').id}.1.journal`]);
    await expect(machine.start().prove()).rejects.toMatchObject({ code: 'unavailable' });
  });

  test('still keeps an answer when another program filled the disk after the request', async () => {
    const machine = createJournalMachine({ capacity: 200_000 });
    const host = machine.start();
    await host.begin(header('a'), async (journal) => {
      await journal.once(
        'issue',
        async (capture) => {
          const used = [...machine.disk.files().values()].reduce((sum, bytes) => sum + bytes.length, 0);
          machine.disk.put('/home/other', new Uint8Array(200_000 - used));
          await capture.head(201, null);
          await capture.chunk(ANSWER);
          await capture.whole();
          return 'answered';
        },
        async () => 'interrupted',
      );
    });
    await machine.start().resume(header('a').id, async (journal) => {
      expect(journal.result('issue')).toBe('answered');
      const captured = await journal.captured('issue');
      expect(Buffer.from(captured?.bytes ?? []).equals(ANSWER)).toBe(true);
      expect(captured?.complete).toBe(true);
      await journal.end('done', null);
    });
    expect((await host.list()).operations).toMatchObject([{ state: 'done' }]);
  });

  test('captures nothing after a gap', async () => {
    const machine = createJournalMachine();
    let failing = false;
    const watch = ({ name }: { name: string }) =>
      failing && name === 'write' ? ({ kind: 'fail', when: 'during', bytes: 9 } as const) : null;
    await machine.start({ watch }).begin(header('a'), async (journal) => {
      await journal.once(
        'issue',
        async (capture) => {
          const full = { code: 'unavailable' };
          await capture.chunk(Buffer.from('first'));
          failing = true;
          await expect(capture.chunk(Buffer.from('second'))).rejects.toMatchObject(full);
          failing = false;
          await expect(capture.chunk(Buffer.from('third'))).rejects.toMatchObject(full);
          await expect(capture.whole()).rejects.toMatchObject(full);
          return 1;
        },
        async () => 2,
      );
    });
    await machine.start().resume(header('a').id, async (journal) => {
      const captured = await journal.captured('issue');
      expect(Buffer.from(captured?.bytes ?? []).toString()).toBe('first');
      expect(captured?.complete).toBe(false);
      expect(journal.result('issue')).toBe(1);
    });
  });

  test('never trusts a file again whose sync failed', async () => {
    const machine = createJournalMachine();
    let syncs = 0;
    const watch = ({ name, path }: { name: string; path: string }) => {
      if (name !== 'sync' || path.endsWith('.spare')) return null;
      syncs += 1;
      return syncs === 3 ? ({ kind: 'fail', when: 'before' } as const) : null;
    };
    await machine.start({ watch }).begin(header('a'), async (journal) => {
      await journal.once(
        'issue',
        (capture) => capture.chunk(ANSWER).then(() => 'sent'),
        async () => 'cut',
      );
      await journal.step('store', async () => 'stored');
    });
    machine.disk.crash('power');
    await machine.start().resume(header('a').id, async (journal) => {
      expect(journal.result('issue')).toBe('sent');
      expect(journal.result('store')).toBe('stored');
      expect(Buffer.from((await journal.captured('issue'))?.bytes ?? []).equals(ANSWER)).toBe(true);
    });
    expect(syncs).toBeGreaterThanOrEqual(3);
  });
});
