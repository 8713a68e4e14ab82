import { expect, test } from 'vitest';
import { createFileLocks } from '../../../../src/adapters/locks/file-locks.ts';
import {
  createProcesses,
  type Holder,
  type Processes,
} from '../../../../src/adapters/locks/process-identity.ts';
import { createMemoryDisk } from '../../../support/memory-disk.ts';
import { caught, clock, random } from '../store/store-rig.ts';

const FOLDER = '/home/ann/.local/state/keyturn/locks';
const base: Holder = { pid: 10, start: '100', host: 'aaaaaaaa', boot: 'bbbbbbbb', space: 'cccccccc' };

/** Processes that live until they are taken off the list. */
function start() {
  const memory = createMemoryDisk();
  const living = new Set<number>();
  const asProcess = (pid: number) => {
    living.add(pid);
    const processes: Processes = {
      self: async () => ({ ...base, pid }),
      mayLive: async (holder) => living.has(holder.pid),
    };
    return createFileLocks({ disk: memory.connect(), random, clock: wall, processes, folder: FOLDER });
  };
  const wall = { ...clock, now: () => Date.now() };
  return { memory, living, asProcess };
}

const never = new Promise<never>(() => undefined);

test('one at a time under one name, several under several', async () => {
  const { asProcess, memory } = start();
  const [one, two] = [asProcess(1), asProcess(2)];
  const order: string[] = [];
  const slow = one.hold('a', 0, async () => {
    order.push('one in');
    await clock.sleep(60);
    order.push('one out');
    return 'first';
  });
  await clock.sleep(10);
  const next = two.hold('a', 5_000, async () => {
    order.push('two in');
    return 'second';
  });
  expect(await two.hold('b', 0, async () => 'other')).toBe('other');
  expect(await Promise.all([slow, next])).toEqual(['first', 'second']);
  expect(order).toEqual(['one in', 'one out', 'two in']);
  expect(memory.files().size).toBe(0);
});

test.each([-86_400_000, 86_400_000])(
  'waits as long as it was told, also when the clock is set by %i ms meanwhile',
  async (jump) => {
    const { asProcess, memory, living } = start();
    void asProcess(1).hold('a', 0, () => never);
    await clock.sleep(10);
    let waited = 0;
    const wrong = {
      now: () => Date.now() + (waited > 0 ? jump : 0),
      sleep: async (ms: number) => {
        waited += ms;
      },
    };
    living.add(2);
    const processes: Processes = {
      self: async () => ({ ...base, pid: 2 }),
      mayLive: async (holder) => living.has(holder.pid),
    };
    const locks = createFileLocks({
      disk: memory.connect(),
      random,
      clock: wrong,
      processes,
      folder: FOLDER,
    });
    expect((await caught(locks.hold('a', 1_000, async () => 'in'))).code).toBe('locked');
    expect(waited).toBeGreaterThanOrEqual(1_000);
    expect(waited).toBeLessThan(1_100);
  },
);

test('gives up after the wait with exit 13 and says which file', async () => {
  const { asProcess } = start();
  void asProcess(1).hold('credential:acme', 0, () => never);
  await clock.sleep(10);
  const error = await caught(asProcess(2).hold('credential:acme', 30, async () => 'in'));
  expect(error.code).toBe('locked');
  expect(error.message).toContain('credential:acme');
  expect(error.message).toContain(`its lock is "${FOLDER}/`);
});

test('is free when its holder died, and the claim is gone', async () => {
  const { asProcess, living, memory } = start();
  void asProcess(1).hold('a', 0, () => never);
  await clock.sleep(10);
  expect(memory.files().size).toBe(1);
  living.delete(1);
  expect(await asProcess(2).hold('a', 0, async () => 'in')).toBe('in');
  expect(memory.files().size).toBe(0);
});

test('is free again after the work failed', async () => {
  const { asProcess, memory } = start();
  const locks = asProcess(1);
  await expect(locks.hold('a', 0, () => Promise.reject(new Error('work')))).rejects.toThrow('work');
  expect(await locks.hold('a', 0, async () => 'in')).toBe('in');
  expect(memory.files().size).toBe(0);
});

test.each(['../../etc/x', 'a/b', 'nul\0', 'x'.repeat(500), 'CON', 'Ä ö'])(
  'takes %j for a name',
  async (name) => {
    const { asProcess, memory } = start();
    const inside = await asProcess(1).hold(name, 0, async () => [...memory.files().keys()]);
    expect(inside).toHaveLength(1);
    expect(inside[0]?.startsWith(`${FOLDER}/`)).toBe(true);
    expect(inside[0]?.slice(FOLDER.length + 1)).toMatch(/^[\w.!-]{1,200}$/);
  },
);

test.each(['!x', '!something-else', '!', '!1-1-zz-yy-xx-d790d558ac77aa16'])(
  'D6: a file whose name no keyturn gives holds nothing, and is left alone: %s',
  async (name) => {
    const { asProcess, memory } = start();
    const [claim = ''] = await asProcess(1).hold('a', 0, async () => [...memory.files().keys()]);
    const foreign = claim.replace(/!.*/, name);
    memory.put(foreign, new Uint8Array());
    expect(await asProcess(1).hold('a', 0, async () => 'in')).toBe('in');
    expect([...memory.files().keys()]).toEqual([foreign]);
  },
);

test('a holder is dead only when that is certain', async () => {
  const { self, mayLive } = createProcesses({ pid: process.pid, signalZero: () => true });
  const me = await self();
  expect(me.pid).toBe(process.pid);
  expect(await mayLive(me)).toBe(true);
  expect(await mayLive({ ...me, start: '1' })).toBe(false);
  expect(await mayLive({ ...me, pid: 4_194_305 })).toBe(false);
  expect(await mayLive({ ...me, boot: '00000000', pid: 4_194_305 })).toBe(false);
  expect(await mayLive({ ...me, host: '00000000', pid: 4_194_305 })).toBe(true);
  expect(await mayLive({ ...me, space: '00000000', pid: 4_194_305 })).toBe(true);
});

/** Two machines on one disk: what passes on one is slept by the other. */
function machines() {
  const memory = createMemoryDisk();
  const onMachine = (host: string, sleep: (ms: number) => Promise<void>) => {
    const processes: Processes = { self: async () => ({ ...base, host }), mayLive: async () => true };
    const options = { disk: memory.connect(), random, processes, folder: FOLDER, renewMs: 20 };
    return createFileLocks({ ...options, clock: { sleep } });
  };
  return { memory, onMachine };
}

test.each([0, 10_000])(
  'a claim of a dead process of another machine runs out, with %i ms to wait',
  async (waitMs) => {
    const { memory, onMachine } = machines();
    const [claim = ''] = await onMachine('bbbbbbb1', clock.sleep).hold('a', 0, async () => [
      ...memory.files().keys(),
    ]);
    memory.put(claim, new Uint8Array());
    let watched = 0;
    const other = onMachine('aaaaaaa1', async (ms) => {
      watched += ms;
    });
    expect(await other.hold('a', waitMs, async () => 'in')).toBe('in');
    expect(watched).toBeGreaterThanOrEqual(30_000);
    expect(watched).toBeLessThan(31_000);
    expect(memory.files().size).toBe(0);
  },
);

test('a claim of another machine that is renewed holds, however long it takes', async () => {
  const { onMachine } = machines();
  void onMachine('bbbbbbb1', clock.sleep).hold('a', 0, () => never);
  await clock.sleep(10);
  // A second of the one is three minutes of the other: five seconds without a renewal are not 30.
  const other = onMachine('aaaaaaa1', (ms) => clock.sleep(ms / 200));
  expect((await caught(other.hold('a', 0, async () => 'in'))).code).toBe('locked');
  expect((await caught(other.hold('a', 60_000, async () => 'in'))).code).toBe('locked');
});

test('who was suspended and lost the lock is told before it goes on', async () => {
  const { memory, onMachine } = machines();
  const lost = onMachine('bbbbbbb1', clock.sleep).hold('a', 0, async (stillHeld) => {
    await stillHeld();
    for (const path of memory.files().keys()) await memory.connect().remove(path);
    await stillHeld();
  });
  expect((await caught(lost)).code).toBe('locked');
});

test('many of one process take turns in the order in which they came, and look at the folder twice each', async () => {
  const { memory } = start();
  const disk = memory.connect();
  let looks = 0;
  const counting = {
    ...disk,
    list: (folder: string) => {
      looks += 1;
      return disk.list(folder);
    },
  };
  const processes: Processes = { self: async () => base, mayLive: async () => true };
  const locks = createFileLocks({ disk: counting, random, clock, processes, folder: FOLDER });
  const many = Array.from({ length: 32 }, (_, index) => index);
  const order: number[] = [];
  await Promise.all(
    many.map((index) =>
      locks.hold('a', 60_000, async () => {
        await clock.sleep(1);
        order.push(index);
      }),
    ),
  );
  expect(order).toEqual(many);
  expect(looks).toBe(1 + 2 * many.length);
  expect(memory.files().size).toBe(0);
});

test('who of the same process waits too long is told, and the next one goes on', async () => {
  const { asProcess } = start();
  const locks = asProcess(1);
  let end = () => {};
  const first = locks.hold('a', 0, () => new Promise<void>((resolve) => (end = resolve)));
  await clock.sleep(5);
  expect((await caught(locks.hold('a', 0, async () => 'never'))).facts).toMatchObject({
    code: 'locked',
    hint: 'try again when this command has ended',
  });
  const late = caught(locks.hold('a', 50, async () => 'never'));
  const patient = locks.hold('a', 60_000, async () => 'patient');
  expect((await late).code).toBe('locked');
  end();
  await first;
  expect(await patient).toBe('patient');
  expect(await locks.hold('a', 0, async () => 'free again')).toBe('free again');
});

test('a long queue of one process that moves is no lock that is stuck', async () => {
  const { asProcess } = start();
  const locks = asProcess(1);
  const works = Array.from({ length: 12 }, (_, index) =>
    locks.hold('a', 250, async () => {
      await clock.sleep(60);
      return index;
    }),
  );
  expect(await Promise.all(works)).toEqual(works.map((_, index) => index));
});
