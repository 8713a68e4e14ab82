import { describe, expect, test } from 'vitest';
import type { OperationChoice } from '../../../../src/ports/journal.ts';
import { header } from '../../../contract/journal.ts';
import { createJournalMachine, FOLDER } from './journal-machine.ts';

const idOf = (n: number): string => n.toString(16).padStart(32, '0');
const ENDED = 12;

/** One unfinished operation, one that was aborted, and many that are done. */
async function history() {
  const machine = createJournalMachine();
  const host = machine.start();
  for (let n = 1; n <= ENDED; n += 1)
    await host.begin({ ...header('a'), id: idOf(n) }, (journal) => journal.end('done', null));
  await host.begin({ ...header('a'), id: idOf(100) }, (journal) => journal.end('aborted', 'refused'));
  await host.begin({ ...header('a'), id: idOf(200) }, async () => null);
  return machine;
}

describe('operations that have ended', () => {
  test.each<[OperationChoice['only'], readonly number[], number]>([
    ['unfinished', [200], 1],
    [{ abortedSince: 0 }, [100], 2],
    [{ abortedSince: Number.MAX_SAFE_INTEGER }, [], 1],
    [undefined, [...Array.from({ length: ENDED }, (_, n) => n + 1), 100, 200], ENDED + 2],
  ])('are not read to list %o', async (only, expected, reads) => {
    const machine = await history();
    const seen: string[] = [];
    const host = machine.start({
      watch: ({ name, path }) => {
        seen.push(`${name} ${path}`);
        return null;
      },
    });
    const { operations } = await host.list({ only });
    expect(operations.map(({ header: { id } }) => id).sort()).toEqual(expected.map(idOf));
    expect(seen.filter((effect) => effect.startsWith('read'))).toHaveLength(reads);
    expect(seen.filter((effect) => effect === `list ${FOLDER}`)).toHaveLength(1);
  });

  test('under the name that an older keyturn gave them are read, where one may be aborted', async () => {
    const machine = await history();
    for (const [path, bytes] of machine.disk.files()) {
      if (!/\.(done|aborted)$/.test(path)) continue;
      machine.disk.erase(path);
      machine.disk.put(path.replace(/(done|aborted)$/, 'ended'), bytes);
    }
    const { operations } = await machine.start().list({ only: { abortedSince: 0 } });
    expect(operations.map(({ header: { id } }) => id)).toEqual([idOf(100)]);
    expect((await machine.start().list()).operations).toHaveLength(ENDED + 2);
  });
});
