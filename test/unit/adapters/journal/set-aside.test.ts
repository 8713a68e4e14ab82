import { describe, expect, test } from 'vitest';
import { isAppError } from '../../../../src/domain/errors.ts';
import { header } from '../../../contract/journal.ts';
import { createFakeSealer, createSeededRandom } from '../../../contract/journal-fakes.ts';
import { Killed, type Watch } from '../../../support/memory-disk.ts';
import { copyFiles, createJournalMachine, FOLDER, restoreFiles, segment } from './journal-machine.ts';

const ONE = header('a');
const { id } = ONE;

type Machine = ReturnType<typeof createJournalMachine>;

/** An operation of two owners that were both killed; the second's segment holds a copy of all. */
async function record(): Promise<Machine> {
  const machine = createJournalMachine();
  await machine.start().begin(ONE, async (journal) => void (await journal.step('plan', async () => 'x')));
  const first = machine.disk.files().get(segment(id, 1)) ?? new Uint8Array();
  await machine.start().resume(id, async (journal) => void (await journal.step('store', async () => 'y')));
  // As after a kill before the older segment was removed.
  machine.disk.put(segment(id, 1), first);
  return machine;
}

function cut(machine: Machine, path: string): void {
  const bytes = machine.disk.files().get(path) ?? new Uint8Array();
  machine.disk.put(path, Buffer.from(bytes).fill(0x41, 20, 30));
}

/** Each makes the record unreadable; what `setAside` is called with. */
const DAMAGES: readonly (readonly [string, (machine: Machine) => Parameters<Machine['start']>[0]])[] = [
  [
    'whose records were changed',
    (machine) => {
      for (const epoch of [1, 2]) cut(machine, segment(id, epoch));
      return {};
    },
  ],
  [
    'whose newest segment was changed',
    (machine) => {
      cut(machine, segment(id, 2));
      return {};
    },
  ],
  [
    'that another key sealed',
    () => {
      const other = createFakeSealer('another', createSeededRandom('another'));
      return { sealer: async () => other };
    },
  ],
  [
    'with a folder in the place of its file',
    (machine) => {
      machine.disk.erase(segment(id, 2));
      machine.disk.plant(segment(id, 2), { folder: 0o700 });
      return {};
    },
  ],
];

const names = (machine: Machine) =>
  [...machine.disk.files().keys()].map((path) => path.slice(FOLDER.length + 1)).sort();

describe('an operation that cannot be read', () => {
  test.each(DAMAGES)('%s: is set aside, kept, and in nobody’s way', async (_, damage) => {
    const machine = await record();
    const options = damage(machine);
    const host = machine.start(options);
    const before = new Map(machine.disk.files());
    expect(await host.whyUnreadable(id)).toMatchObject({ reason: expect.stringContaining('broken') });
    await expect(host.resume(id, async () => undefined)).rejects.toMatchObject({ code: 'failure' });
    await expect(host.begin(header('b'), async () => undefined)).rejects.toSatisfy(isAppError);
    const files = await host.setAside(id);
    expect(files.every((path) => path.startsWith(`${FOLDER}/set-aside.${id}`))).toBe(true);
    for (const [path, bytes] of before) {
      const now = machine.disk.files().get(path.replace(`${FOLDER}/`, `${FOLDER}/set-aside.`));
      if (path.endsWith('.journal')) expect(now).toEqual(bytes);
    }
    expect(await host.list()).toEqual({ operations: [], broken: [] });
    expect(await host.whyUnreadable(id)).toBeNull();
    expect(await host.begin(header('b'), async () => 'begun')).toBe('begun');
  });

  test.each(DAMAGES)('%s: killed at any point it counts as before, or is set aside', async (_, damage) => {
    for (let n = 1; ; n += 1) {
      const machine = await record();
      const options = damage(machine);
      let struck = false;
      const watch: Watch = (effect) => {
        struck ||= effect.n === n;
        return effect.n === n ? { kind: 'kill', when: 'after' } : null;
      };
      await machine
        .start({ ...options, watch })
        .setAside(id)
        .catch((error: unknown) => expect(error).toBeInstanceOf(Killed));
      const host = machine.start(options);
      const { operations, broken } = await host.list({ verified: true });
      const isAside = broken.length === 0;
      expect(operations, `effect ${n}`).toEqual([]);
      if (!isAside) await host.setAside(id);
      expect(await host.list()).toEqual({ operations: [], broken: [] });
      expect(names(machine).some((name) => name.startsWith(`set-aside.${id}`))).toBe(true);
      if (!struck) break;
    }
  });
});

test('one that can be read is not set aside, nor one behind a locked store', async () => {
  const machine = await record();
  const before = copyFiles(machine.disk);
  expect(await machine.start().whyUnreadable(id)).toBeNull();
  await expect(machine.start().setAside(id)).rejects.toMatchObject({ code: 'conflict' });
  const locked = machine.start({ sealer: () => Promise.reject(new Error('locked')) });
  await expect(locked.setAside(id)).rejects.toThrow('locked');
  expect(machine.disk.files()).toEqual(before);
  expect(await machine.start().whyUnreadable('f'.repeat(32))).toBeNull();
  expect(await machine.start().whyUnreadable('../x')).toBeNull();
});

test('what was set aside before under the same name is not replaced', async () => {
  const machine = await record();
  cut(machine, segment(id, 1));
  cut(machine, segment(id, 2));
  const damaged = copyFiles(machine.disk);
  await machine.start().setAside(id);
  restoreFiles(machine.disk, new Map([...machine.disk.files(), ...damaged]));
  await expect(machine.start().setAside(id)).rejects.toMatchObject({ code: 'conflict' });
});
