import { afterEach, describe, expect, test } from 'vitest';
import { AppError, isAppError } from '../../src/domain/errors.ts';
import { Secret } from '../../src/domain/secret.ts';
import type {
  Captured,
  Journal,
  JournalHost,
  OperationChoice,
  OperationHeader,
} from '../../src/ports/journal.ts';
import { type Fault, Killed } from '../support/memory-disk.ts';

/** A machine that journal hosts run on; a database or a workflow engine can be one as well as a folder. */
export interface Machine {
  /**
   * A process with a host of its own. `at` is asked at each of its effects on the storage, numbered from 1; a promise
   * pauses the process there.
   */
  start(at?: (n: number) => Fault | null | Promise<Fault | null>): Process;
  /** Everything that the storage holds now. */
  contents(): Promise<readonly Uint8Array[]>;
  dispose(): Promise<void>;
}

export interface Process {
  readonly host: JournalHost;
  /** Frees what the system frees when a process dies, or when others take it for dead: its locks. */
  loseLocks(): void;
}

const CANARY = 'kt-canary-5f3a9c21d0e84b7f';
const HALVES = [CANARY.slice(0, 11), CANARY.slice(11)] as const;

export function header(id: string, more: Partial<OperationHeader> = {}): OperationHeader {
  return {
    id: id.repeat(32).slice(0, 32),
    kind: 'rotate token',
    startedAt: '2026-11-22T12:00:00Z',
    profile: 'acme',
    provider: 'devo',
    origin: 'https://api-us.devo.com',
    subject: 'token 17',
    plan: { old: '17', scopes: ['read'] },
    ...more,
  };
}

/** What a rotation does with its journal, with a memory of what happened outside. */
export function createScript() {
  const seen = { sends: 0, kept: 0, interruptions: 0, lastCaptured: null as Captured | null };
  const send = async (capture: Parameters<Parameters<Journal['once']>[1]>[0]): Promise<string> => {
    seen.sends += 1;
    await capture.head(201, 'r-1');
    for (const half of HALVES) {
      await capture.chunk(Buffer.from(half));
      seen.kept += half.length;
    }
    await capture.whole();
    return 'answered';
  };
  const work = async (journal: Journal): Promise<string> => {
    await journal.step('preflight', async () => ({ room: true }));
    await journal.once('issue', send, async (captured) => {
      seen.interruptions += 1;
      const text = captured ? Buffer.from(captured.bytes).toString() : '';
      if (!CANARY.startsWith(text) || text.length < seen.kept) throw new Error('captured bytes were lost');
      // What one run was told, it may have acted upon: no later run may be told less.
      seen.kept = text.length;
      if (captured?.complete && text !== CANARY) throw new Error('not all of it is there');
      return 'interrupted';
    });
    seen.lastCaptured = await journal.captured('issue');
    await journal.stash(Secret.of(CANARY));
    await journal.step('store', async () => 'version-2');
    const kept = await journal.stashed();
    if (kept?.reveal() !== CANARY) throw new Error('the kept secret is gone');
    await journal.end('done', null);
    return 'finished';
  };
  return { seen, work };
}

/** Runs the operation as the next process would: begins it, or takes it up where it is. */
export async function goOn(
  process: Process,
  which: OperationHeader,
  work: (journal: Journal) => Promise<string>,
) {
  const { operations, broken } = await process.host.list();
  expect(broken).toEqual([]);
  const found = operations.find((operation) => operation.header.id === which.id);
  if (!found) return process.host.begin(which, work);
  if (found.state === 'done') return 'finished';
  expect(found.header).toEqual(which);
  return process.host.resume(which.id, work);
}

export function expectNoTrace(contents: readonly Uint8Array[]): void {
  for (const bytes of contents) {
    const text = Buffer.from(bytes).toString('latin1');
    for (const form of [...HALVES, ...HALVES.map((half) => Buffer.from(half).toString('hex'))]) {
      expect(text).not.toContain(form);
    }
    expect(text).not.toContain(Buffer.from(CANARY).toString('base64url').slice(0, 12));
  }
}

/** What every journal host must do. `stride`: every how many effects the faults are placed; 1 is every one. */
export function journalContract(name: string, makeMachine: () => Promise<Machine>, stride = 1): void {
  describe(`${name} as a journal`, () => {
    const machines: Machine[] = [];
    const make = async (): Promise<Machine> => {
      const machine = await makeMachine();
      machines.push(machine);
      return machine;
    };
    afterEach(async () => {
      for (const machine of machines.splice(0)) await machine.dispose();
    });

    test('runs a step once and gives its result to every later run', async () => {
      const machine = await make();
      const first = header('a');
      const runs: string[] = [];
      const work = (by: string) => async (journal: Journal) => {
        const value = await journal.step('plan', async () => {
          runs.push(by);
          return { by, gone: undefined };
        });
        return [
          journal.has('plan'),
          journal.has('other'),
          journal.result('plan'),
          journal.result('other'),
          value,
        ];
      };
      const told = [true, false, { by: 'one' }, null, { by: 'one' }];
      expect(await machine.start().host.begin(first, work('one'))).toEqual(told);
      expect(await machine.start().host.resume(first.id, work('two'))).toEqual(told);
      expect(runs).toEqual(['one']);
    });

    test('never sends again after a send that threw, and hands over what was captured', async () => {
      const machine = await make();
      const first = header('a');
      const handed: (Captured | null)[] = [];
      let sends = 0;
      const work = (journal: Journal) =>
        journal.once(
          'issue',
          async (capture) => {
            sends += 1;
            await capture.head(201, null);
            await capture.chunk(Buffer.from('half'));
            throw new AppError({ code: 'unavailable', message: 'the answer was lost' });
          },
          async (captured) => {
            handed.push(captured);
            return 'reconciled';
          },
        );
      await expect(machine.start().host.begin(first, work)).rejects.toThrow('the answer was lost');
      expect(await machine.start().host.resume(first.id, work)).toBe('reconciled');
      expect(await machine.start().host.resume(first.id, work)).toBe('reconciled');
      expect(sends).toBe(1);
      expect(handed).toEqual([
        { status: 201, requestId: null, bytes: new Uint8Array(Buffer.from('half')), complete: false },
      ]);
    });

    test('asks again when the decision about an interrupted send was interrupted itself', async () => {
      const machine = await make();
      const first = header('a');
      const work = (decide: () => Promise<string>) => (journal: Journal) =>
        journal.once('issue', () => Promise.reject(new Error('cut')), decide);
      const never = async (): Promise<string> => 'never';
      await expect(machine.start().host.begin(first, work(never))).rejects.toThrow('cut');
      const cut = machine.start().host.resume(
        first.id,
        work(() => Promise.reject(new Error('again'))),
      );
      await expect(cut).rejects.toThrow('again');
      expect(
        await machine.start().host.resume(
          first.id,
          work(async () => 'clear'),
        ),
      ).toBe('clear');
    });

    test('keeps the newest secret, and captured bytes of a whole answer, over runs', async () => {
      const machine = await make();
      const first = header('a');
      await machine.start().host.begin(first, async (journal) => {
        expect(await journal.stashed()).toBeNull();
        expect(await journal.captured('issue')).toBeNull();
        await journal.stash(Secret.of('older'));
        await journal.once(
          'issue',
          (capture) =>
            capture
              .chunk(Buffer.from('x'))
              .then(() => capture.whole())
              .then(() => 1),
          async () => 2,
        );
        await journal.stash(Secret.of('newer'));
      });
      await machine.start().host.resume(first.id, async (journal) => {
        expect((await journal.stashed())?.reveal()).toBe('newer');
        expect(await journal.captured('issue')).toEqual({
          status: null,
          requestId: null,
          bytes: new Uint8Array([120]),
          complete: true,
        });
      });
    });

    test('lists what is there in the order of its start, without the key', async () => {
      const machine = await make();
      const { host } = machine.start();
      expect(await host.list()).toEqual({ operations: [], broken: [] });
      const late = header('a', { startedAt: '2026-11-22T13:00:00Z', subject: 'token 1' });
      const early = header('b', { startedAt: '2026-11-22T11:00:00Z', subject: 'token 2' });
      const ended = header('c', { subject: 'token 3' });
      await host.begin(late, async (journal) => {
        await journal.step('grace', async () => ({ dueAt: '2026-12-01T00:00:00Z' }));
      });
      await host.begin(early, (journal) => journal.end('attention', 'two answers'));
      await host.begin(ended, async (journal) => {
        await journal.step('preflight', async () => null);
        await journal.end('aborted', 'refused');
      });
      const { operations, broken } = await host.list();
      expect(broken).toEqual([]);
      expect(operations).toMatchObject([
        {
          header: early,
          state: 'attention',
          lastStep: null,
          dueAt: null,
          reason: 'two answers',
          endedAt: null,
        },
        { header: ended, state: 'aborted', lastStep: 'preflight', dueAt: null, reason: 'refused' },
        {
          header: late,
          state: 'open',
          lastStep: 'grace',
          dueAt: '2026-12-01T00:00:00Z',
          reason: null,
          endedAt: null,
        },
      ]);
      expect(operations[1]?.endedAt).not.toBeNull();
      expect(await host.list({ verified: true })).toEqual({ operations, broken });
      const named = async (only: OperationChoice['only']) =>
        (await host.list({ verified: true, only })).operations.map(({ header: { id } }) => id);
      expect(await named('unfinished')).toEqual(
        operations
          .filter(({ state }) => state === 'open' || state === 'attention')
          .map((one) => one.header.id),
      );
      const endedAt = Date.parse(operations[1]?.endedAt ?? '');
      expect(await named({ abortedSince: endedAt })).toEqual([ended.id]);
      expect(await named({ abortedSince: endedAt + 1_000 })).toEqual([]);
    });

    test('lets one operation for a subject be unfinished, and an id be used once', async () => {
      const machine = await make();
      const { host } = machine.start();
      const open = header('a');
      const idle = async (): Promise<string> => 'begun';
      await host.begin(open, idle);
      await expect(host.begin(header('b'), idle)).rejects.toMatchObject({ code: 'locked' });
      expect(await host.begin(header('c', { subject: 'token 18' }), idle)).toBe('begun');
      expect(await host.begin(header('d', { origin: 'https://api-eu.devo.com' }), idle)).toBe('begun');
      await host.resume(open.id, (journal) => journal.end('attention', 'look'));
      await expect(host.begin(header('b'), idle)).rejects.toMatchObject({ code: 'locked' });
      await host.resume(open.id, (journal) => journal.end('aborted', null));
      await expect(host.begin(open, idle)).rejects.toMatchObject({ code: 'conflict' });
      expect(await host.begin(header('b'), idle)).toBe('begun');
    });

    test('lets one of many that begin at once have the subject', async () => {
      const machine = await make();
      const all = ['1', '2', '3', '4', '5'].map((id) =>
        machine.start().host.begin(header(id), async () => id),
      );
      const settled = await Promise.allSettled(all);
      expect(settled.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
      expect((await machine.start().host.list()).operations).toHaveLength(1);
    });

    test('refuses what does not exist, is running, or has ended', async () => {
      const machine = await make();
      const { host } = machine.start();
      const idle = async (): Promise<string> => 'begun';
      const first = header('a');
      for (const id of [first.id, '', '../../etc/passwd', '__proto__', 'A'.repeat(32)]) {
        await expect(host.resume(id, idle)).rejects.toMatchObject({ code: 'not-found' });
      }
      await host.begin(first, async (journal) => {
        await expect(machine.start().host.resume(first.id, idle)).rejects.toMatchObject({ code: 'locked' });
        await journal.end('done', null);
        await expect(journal.step('more', async () => 1)).rejects.toMatchObject({ code: 'failure' });
        await expect(journal.end('aborted', null)).rejects.toMatchObject({ code: 'failure' });
      });
      await expect(host.resume(first.id, idle)).rejects.toMatchObject({ code: 'not-found' });
    });

    test('refuses a journal that is used after its run', async () => {
      const machine = await make();
      const leaked = await machine.start().host.begin(header('a'), async (journal) => journal);
      let ran = false;
      const late = leaked.step('late', async () => {
        ran = true;
        return 1;
      });
      await expect(late).rejects.toBeInstanceOf(AppError);
      expect(ran).toBe(false);
    });

    test('proves that an operation could be recorded, and leaves nothing', async () => {
      const machine = await make();
      await machine.start().host.prove();
      expect(await machine.start().host.list()).toEqual({ operations: [], broken: [] });
      expect(await machine.contents()).toEqual([]);
    });

    test('survives a kill at every effect, and one more while it goes on', async () => {
      const effects = await countEffects(await make());
      let cases = 0;
      for (let n = 1; n <= effects; n += stride) {
        for (const when of ['before', 'after'] as const) {
          for (const second of stride === 1 ? [0, 1 + ((n * 7) % 23), 1 + ((n * 5) % 41)] : [0]) {
            await expectConvergence(await make(), [
              { n, fault: { kind: 'kill', when } },
              { n: second, fault: { kind: 'kill', when: 'before' } },
            ]);
            cases += 1;
          }
        }
      }
      expect(cases).toBeGreaterThan(20);
    });

    test('survives a write that is cut short by a kill', async () => {
      const effects = await countEffects(await make());
      for (let n = 1; n <= effects; n += stride) {
        await expectConvergence(await make(), [
          { n, fault: { kind: 'kill', when: 'during', bytes: 40 + n } },
        ]);
      }
    });

    test('survives a failure of the storage at every effect', async () => {
      const effects = await countEffects(await make());
      for (let n = 1; n <= effects; n += stride) {
        for (const when of ['before', 'during', 'after'] as const) {
          const seen = await expectConvergence(await make(), [
            { n, fault: { kind: 'fail', when, bytes: 50 } },
          ]);
          // The answer of an issuing request is written once more elsewhere: one failure never makes a rotation reconcile.
          if (seen.sends > 0) expect(seen.interruptions, `failure ${when} effect ${n}`).toBe(0);
        }
      }
    });

    test('refuses a paused process that wakes up after another took over', async () => {
      const effects = await countEffects(await make());
      for (let n = 1; n <= effects; n += stride) {
        const machine = await make();
        const { seen, work } = createScript();
        let wake = (): void => undefined;
        let outcome: Promise<unknown> = Promise.resolve();
        const paused = new Promise<void>((reached) => {
          const sleep = new Promise<null>((resolve) => {
            wake = () => resolve(null);
          });
          const sleeper = machine.start((at) => {
            if (at !== n) return null;
            reached();
            sleeper.loseLocks();
            return sleep;
          });
          const running = goOn(sleeper, header('a'), work);
          outcome = running.then(
            () => 'finished',
            (error: unknown) => error,
          );
        });
        await paused;
        expect(await goOn(machine.start(), header('a'), work)).toBe('finished');
        const sendsOfTwo = seen.sends;
        const after = await machine.start().host.list();
        wake();
        const woken = await outcome;
        if (woken !== 'finished') expect(isAppError(woken), `woken at ${n}: ${String(woken)}`).toBe(true);
        expect(seen.sends, `sends at ${n}`).toBe(sendsOfTwo);
        expect(sendsOfTwo, `sends at ${n}`).toBeLessThanOrEqual(1);
        expect(await machine.start().host.list(), `list at ${n}`).toEqual(after);
        expectNoTrace(await machine.contents());
      }
    });

    async function countEffects(machine: Machine): Promise<number> {
      let effects = 0;
      const script = createScript();
      const process = machine.start((n) => {
        effects = n;
        return null;
      });
      expect(await goOn(process, header('a'), script.work)).toBe('finished');
      expect(script.seen).toMatchObject({ sends: 1, interruptions: 0, lastCaptured: { complete: true } });
      expectNoTrace(await machine.contents());
      return effects;
    }
  });
}

/** One process after the other, each with its fault, then healthy ones, until the operation is done. */
export async function expectConvergence(
  machine: Machine,
  plan: readonly { readonly n: number; readonly fault: Fault }[],
  between?: () => void,
): Promise<ReturnType<typeof createScript>['seen']> {
  const { seen, work } = createScript();
  const which = header('a');
  const shown = JSON.stringify(plan);
  let outcome: string | null = null;
  for (let run = 0; outcome !== 'finished' && run < plan.length + 3; run += 1) {
    const planned = plan[run];
    const process = machine.start((n) => (n === planned?.n ? planned.fault : null));
    try {
      outcome = await goOn(process, which, work);
    } catch (error) {
      if (!planned) throw error;
      expect(error instanceof Killed || isAppError(error), `${shown}: ${String(error)}`).toBe(true);
      process.loseLocks();
      if (error instanceof Killed) between?.();
    }
  }
  expect(outcome, shown).toBe('finished');
  expect(seen.sends, shown).toBeLessThanOrEqual(1);
  expect(seen.sends + seen.interruptions, shown).toBeGreaterThanOrEqual(1);
  expectNoTrace(await machine.contents());
  const { operations } = await machine.start().host.list();
  expect(operations, shown).toMatchObject([{ header: which, state: 'done', lastStep: 'store' }]);
  return seen;
}
