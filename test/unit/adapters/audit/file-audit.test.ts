import { describe, expect, test } from 'vitest';
import type { AuditCodes } from '../../../../src/adapters/audit/audit-codes.ts';
import {
  BEFORE_FIRST,
  decodeAuditLine,
  encodeAuditLine,
  type LineBefore,
  nextChain,
  sumOf,
} from '../../../../src/adapters/audit/audit-line.ts';
import { createFileAudit, type FileAudit } from '../../../../src/adapters/audit/file-audit.ts';
import { AppError, isAppError } from '../../../../src/domain/errors.ts';
import type { AuditEvent, AuditLog } from '../../../../src/ports/audit.ts';
import type { KeySource } from '../../../../src/ports/sealer.ts';
import { createFakeClock, createFakeLocks } from '../../../contract/journal-fakes.ts';
import { createMemoryDisk, Killed, type Watch } from '../../../support/memory-disk.ts';

const PATH = '/home/state/audit.jsonl';

function event(id: string, more: Partial<AuditEvent> = {}): AuditEvent {
  return {
    action: 'create',
    outcome: 'ok',
    profile: 'acme',
    provider: 'devo',
    origin: 'https://api-us.devo.com',
    id,
    attempt: null,
    fingerprint: '0123456789abcdef',
    requestId: 'r-1',
    target: null,
    ...more,
  };
}

/** A key of this installation; the log's own view of it, and of no other. */
function codesOf(source: KeySource, secret: string): AuditCodes {
  const keyId = `${source}-${sumOf(secret).slice(0, 8)}`;
  const codeOf = (chain: string) => sumOf(`${secret} ${chain}`).slice(0, 43);
  const code = { keyId, source, codeOf, settle: async () => undefined };
  return { current: async () => code, find: async (wanted) => (wanted === keyId ? code : null) };
}

const OLD = codesOf('store', 'the key of this installation');

function createMachine() {
  const disk = createMemoryDisk();
  const clock = createFakeClock();
  const locks = createFakeLocks();
  const start = (watch?: Watch, codes = codesOf('store', 'the key of this installation')): FileAudit =>
    createFileAudit({ disk: disk.connect(watch), locks: locks.forProcess(), clock, path: PATH, codes });
  const text = (): string => Buffer.from(disk.files().get(PATH) ?? []).toString();
  return { disk, clock, start, text };
}

async function idsOf(log: AuditLog): Promise<readonly (string | null)[]> {
  return (await log.list()).map(({ id }) => id);
}

describe('the audit log in a file', () => {
  test('is empty before the first event', async () => {
    const log = createMachine().start();
    expect(await log.list()).toEqual([]);
    expect(await log.verify()).toEqual({ records: 0, brokenAt: null, torn: 0, proof: null });
  });

  test('has one private line an event, in order, whatever is in the event', async () => {
    const machine = createMachine();
    const evil = 'x\n{"action":"revoke"}\r\u001b[2J\u0085\u2028\u2029\u007f';
    const first = event('1', { target: evil, requestId: '\u0000"\\' });
    await machine.start().append(first);
    await machine.start().append(event('2', { action: 'revoke', outcome: 'unknown', id: null }));
    const lines = machine.text().split('\n');
    expect(lines).toHaveLength(3);
    expect(machine.text()).not.toMatch(/[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029]/);
    expect(await machine.start().list()).toEqual([
      { ...first, at: '2026-11-22T12:00:00Z', sequence: 1 },
      {
        ...event('2'),
        action: 'revoke',
        outcome: 'unknown',
        id: null,
        at: '2026-11-22T12:00:00Z',
        sequence: 2,
      },
    ]);
    expect(await machine.start().verify()).toEqual({ records: 2, brokenAt: null, torn: 0, proof: null });
    const disk = machine.disk.connect();
    expect(await disk.facts(PATH)).toMatchObject({ mode: 0o600 });
    expect(await disk.facts('/home/state')).toMatchObject({ mode: 0o700 });
  });

  test('takes nothing from an event but its fields', async () => {
    const machine = createMachine();
    const richer = { ...event('1'), secret: 'kt-canary' };
    await machine.start().append(richer);
    expect(machine.text()).not.toContain('kt-canary');
  });

  test('shows every line that was changed, moved, doubled or taken out', async () => {
    const machine = createMachine();
    for (const id of ['1', '2', '3', '4']) await machine.start().append(event(id));
    const lines = machine.text().split(/(?<=\n)/);
    const put = (changed: readonly (string | undefined)[]): void =>
      machine.disk.put(PATH, Buffer.from(changed.join('')));
    const cases: readonly [readonly (string | undefined)[], number][] = [
      [[lines[0], lines[1]?.replace('"ok"', '"failed"'), lines[2], lines[3]], 2],
      [[lines[0], lines[1]?.replace('{', '{ '), lines[2], lines[3]], 2],
      [[lines[0], lines[2], lines[3]], 2],
      [[lines[1], lines[2], lines[3]], 1],
      [[lines[0], lines[0], lines[1], lines[2], lines[3]], 2],
      [[lines[0], lines[2], lines[1], lines[3]], 2],
      [[lines[0], 'nonsense\n', lines[1], lines[2], lines[3]], 2],
      [[lines[0], lines[1], lines[2], 'nonsense\n'], 4],
    ];
    for (const [changed, brokenAt] of cases) {
      put(changed);
      expect(await machine.start().verify()).toMatchObject({ brokenAt, records: brokenAt - 1 });
    }
    put(lines);
    expect(await machine.start().verify()).toEqual({ records: 4, brokenAt: null, torn: 0, proof: null });
  });

  test('shows any flipped byte but that of the last line feed', async () => {
    const machine = createMachine();
    for (const id of ['1', '2', '3']) await machine.start().append(event(id));
    const bytes = Buffer.from(machine.text());
    for (let at = 0; at < bytes.length - 1; at += 1) {
      const flipped = Buffer.from(bytes);
      flipped[at] = (flipped[at] ?? 0) ^ (1 << (at % 8));
      machine.disk.put(PATH, flipped);
      const { brokenAt, proof } = await machine.start().verify({ proof: true });
      // A changed name of a key is a key that is not at hand: the record is not proved.
      expect(brokenAt !== null || (proof?.records ?? 0) < 3, `byte ${at}`).toBe(true);
    }
  });

  test('notes a line that was cut short anywhere, and keeps it', async () => {
    const machine = createMachine();
    await machine.start().append(event('1'));
    const one = Buffer.from(machine.text());
    await machine.start().append(event('2'));
    const two = Buffer.from(machine.text());
    for (let length = one.length + 1; length < two.length - 1; length += 1) {
      machine.disk.put(PATH, two.subarray(0, length));
      expect(await machine.start().verify()).toEqual({ records: 1, brokenAt: null, torn: 1, proof: null });
      await machine.start().append(event('3'));
      expect(await idsOf(machine.start())).toEqual(['1', '3']);
      expect(await machine.start().verify()).toEqual({ records: 2, brokenAt: null, torn: 1, proof: null });
      expect(machine.text().startsWith(two.subarray(0, length).toString())).toBe(true);
    }
  });

  test('takes a line that lacks only its line feed for whole', async () => {
    const machine = createMachine();
    await machine.start().append(event('1'));
    await machine.start().append(event('2'));
    machine.disk.put(PATH, Buffer.from(machine.text().trimEnd()));
    expect(await machine.start().verify()).toEqual({ records: 2, brokenAt: null, torn: 0, proof: null });
    await machine.start().append(event('3'));
    expect(await idsOf(machine.start())).toEqual(['1', '2', '3']);
    expect(await machine.start().verify()).toEqual({ records: 3, brokenAt: null, torn: 0, proof: null });
  });

  test('survives a kill, a power cut and a full disk at every effect', async () => {
    const faults = [
      { kind: 'kill', when: 'before' },
      { kind: 'kill', when: 'after' },
      { kind: 'kill', when: 'during', bytes: 30 },
      { kind: 'fail', when: 'before' },
      { kind: 'fail', when: 'during', bytes: 30 },
      { kind: 'fail', when: 'after' },
    ] as const;
    for (const cut of [false, true]) {
      for (const fault of faults) {
        for (let n = 1; ; n += 1) {
          const machine = createMachine();
          await machine.start().append(event('1'));
          let struck = false;
          const watch: Watch = (effect) => {
            struck ||= effect.n === n;
            return effect.n === n ? fault : null;
          };
          const error = await machine
            .start(watch)
            .append(event('2'))
            .catch((caught: unknown) => caught);
          if (!struck) break;
          expect(error instanceof Killed || isAppError(error)).toBe(true);
          if (cut) machine.disk.crash('torn', (count) => n % count);
          // The next note may be cut short in its turn.
          const again: Watch = ({ name }) =>
            name === 'write' ? { kind: 'kill', when: 'during', bytes: n } : null;
          await machine
            .start(again)
            .append(event('3'))
            .catch(() => undefined);
          await machine.start().append(event('4'));
          const ids = await idsOf(machine.start());
          expect(
            ids.filter((id) => id !== '2'),
            JSON.stringify({ fault, n, cut }),
          ).toEqual(['1', '4']);
          expect((await machine.start().verify()).brokenAt, JSON.stringify({ fault, n, cut })).toBeNull();
        }
      }
    }
  });

  test('lets many write at once and loses none', async () => {
    const machine = createMachine();
    const ids = Array.from({ length: 30 }, (_, index) => String(index));
    await Promise.all(ids.map((id) => machine.start().append(event(id))));
    expect([...(await idsOf(machine.start()))].sort()).toEqual([...ids].sort());
    expect(await machine.start().verify()).toEqual({ records: 30, brokenAt: null, torn: 0, proof: null });
  });

  test('goes on in a new file when it is large, as one log', async () => {
    const machine = createMachine();
    const long = event('1', { target: 'x'.repeat(1_500_000) });
    for (let times = 0; times < 7; times += 1) await machine.start().append(long);
    expect([...machine.disk.files().keys()].sort()).toEqual([
      '/home/state/audit.3.jsonl',
      '/home/state/audit.6.jsonl',
      '/home/state/audit.jsonl',
    ]);
    expect(await machine.start().verify()).toEqual({ records: 7, brokenAt: null, torn: 0, proof: null });
    machine.disk.erase('/home/state/audit.3.jsonl');
    expect(await machine.start().verify()).toMatchObject({ brokenAt: 1 });
  });

  test('refuses a file that is not its own, and follows no link', async () => {
    const machine = createMachine();
    for (const plant of [
      () => machine.disk.put(PATH, new Uint8Array(), { mode: 0o644 }),
      () => machine.disk.put(PATH, new Uint8Array(), { owned: false }),
      () => machine.disk.put(PATH, new Uint8Array(17 * 1024 * 1024)),
      () => machine.disk.plant(PATH, { folder: 0o700 }),
      () => machine.disk.plant(PATH, { link: '/home/elsewhere' }),
    ]) {
      plant();
      await expect(machine.start().append(event('1'))).rejects.toMatchObject({ code: 'usage' });
      machine.disk.erase(PATH);
    }
    expect(machine.disk.files().size).toBe(0);
  });
});

describe('codes under the key of the installation', () => {
  /** What somebody can do who may write the file and has the source: change the entries, and chain them anew. */
  function forge(text: string, change: (entries: Record<string, unknown>[]) => Record<string, unknown>[]) {
    const lines = text.trimEnd().split('\n');
    let before: LineBefore = BEFORE_FIRST;
    return change(lines.map((line) => JSON.parse(line)))
      .map(({ chain: _, ...rest }, index) => {
        const bytes = Buffer.from(JSON.stringify({ ...rest, sequence: index + 1, chain: '' }));
        const line = decodeAuditLine(canonical(bytes));
        if (!line) throw new Error('the forged line is no line');
        before = { ...line, chain: nextChain(before, line.entry) };
        return Buffer.from(encodeAuditLine({ ...line, chain: before.chain })).toString();
      })
      .join('');
  }
  const canonical = (bytes: Uint8Array) =>
    Buffer.from(JSON.stringify(sorted(JSON.parse(Buffer.from(bytes).toString()))));
  const sorted = (value: Record<string, unknown>) =>
    Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));

  async function written() {
    const machine = createMachine();
    for (const id of ['1', '2', '3', '4']) await machine.start().append(event(id));
    return machine;
  }
  const put = (machine: ReturnType<typeof createMachine>, text: string) =>
    machine.disk.put(PATH, new TextEncoder().encode(text));

  test('prove every record', async () => {
    const machine = await written();
    expect(await machine.start().verify({ proof: true })).toEqual({
      records: 4,
      brokenAt: null,
      torn: 0,
      proof: { records: 4, key: 'store', unprovedAt: null },
    });
  });

  test.each([
    [
      'a record is changed',
      (all: Record<string, unknown>[]) => all.map((one, i) => (i === 1 ? { ...one, id: 'x' } : one)),
      2,
    ],
    ['a record is dropped', (all: Record<string, unknown>[]) => all.filter((_, i) => i !== 2), 3],
    [
      'two records change places',
      ([a, b, ...rest]: Record<string, unknown>[]) => [b ?? {}, a ?? {}, ...rest],
      1,
    ],
    [
      'a record is put between',
      ([a, ...rest]: Record<string, unknown>[]) => [a ?? {}, { ...a, id: 'y' }, ...rest],
      2,
    ],
    [
      'a code is made up',
      (all: Record<string, unknown>[]) =>
        all.map((one, i) => (i === 3 ? { ...one, code: 'A'.repeat(43) } : one)),
      4,
    ],
  ])('show that %s, however the checksums are made to fit', async (_, change, brokenAt) => {
    const machine = await written();
    put(machine, forge(machine.text(), change));
    const check = await machine.start().verify({ proof: true });
    expect(check).toMatchObject({ brokenAt, records: brokenAt - 1 });
    if (brokenAt < 4) expect((await machine.start().verify()).brokenAt).toBeNull();
  });

  test('are missing where the log was written anew without the key', async () => {
    const machine = await written();
    put(
      machine,
      forge(machine.text(), (all) => all.map(({ code: _, keyId: __, ...rest }) => ({ ...rest, id: 'z' }))),
    );
    expect(await machine.start().verify({ proof: true })).toMatchObject({
      brokenAt: null,
      proof: { records: 0, key: null, unprovedAt: 1 },
    });
    // Nor does keyturn's own next record vouch for them.
    await machine.start().append(event('5'));
    expect(await machine.start().verify({ proof: true })).toMatchObject({
      brokenAt: null,
      proof: { records: 1, key: 'store', unprovedAt: 1 },
    });
  });

  test('are not vouched for by the next record where somebody signs with a key of his own', async () => {
    const machine = await written();
    const own = await codesOf('store', 'a key of somebody else').current();
    const lines = forge(machine.text(), (all) => all.map((one, i) => (i === 1 ? { ...one, id: 'x' } : one)));
    let before: LineBefore = BEFORE_FIRST;
    const signed = lines
      .trimEnd()
      .split('\n')
      .map((text) => {
        const line = decodeAuditLine(Buffer.from(text));
        if (!line) throw new Error('the forged line is no line');
        const chain = nextChain(before, line.entry);
        before = { chain, signature: { keyId: own.keyId, code: own.codeOf(chain) } };
        return Buffer.from(encodeAuditLine({ entry: line.entry, ...before })).toString();
      });
    put(machine, signed.join(''));
    await machine.start().append(event('5'));
    expect(await machine.start().verify({ proof: true })).toMatchObject({
      brokenAt: null,
      records: 5,
      proof: { records: 1, unprovedAt: 1 },
    });
  });

  test('of a key that is gone prove nothing', async () => {
    const machine = await written();
    const later = codesOf('store', 'the next key');
    await machine.start(undefined, later).append(event('5', { action: 'migrate' }));
    expect((await machine.start(undefined, later).verify({ proof: true })).proof).toEqual({
      records: 1,
      key: 'store',
      unprovedAt: 1,
    });
  });

  test('say where their key is kept', async () => {
    const machine = createMachine();
    const codes = codesOf('file', 'beside the log');
    await machine.start(undefined, codes).append(event('1'));
    expect((await machine.start(undefined, codes).verify({ proof: true })).proof).toEqual({
      records: 1,
      key: 'file',
      unprovedAt: null,
    });
    await machine.start().append(event('2'));
    const find = async (id: string) => (await codes.find(id)) ?? OLD.find(id);
    expect((await machine.start(undefined, { ...codes, find }).verify({ proof: true })).proof).toEqual({
      records: 2,
      key: 'file',
      unprovedAt: null,
    });
  });

  test('a key that cannot be had leaves the log as it is', async () => {
    const machine = await written();
    const before = machine.text();
    const locked: AuditCodes = {
      current: () => Promise.reject(new AppError({ code: 'unavailable', message: 'the keychain is locked' })),
      find: async () => null,
    };
    await expect(machine.start(undefined, locked).append(event('5'))).rejects.toThrow('locked');
    expect(machine.text()).toBe(before);
  });
});

describe('a change of the key', () => {
  const NEW = codesOf('store', 'the next key');
  const proofOf = async (machine: ReturnType<typeof createMachine>, codes: AuditCodes) => {
    const { brokenAt, records, proof } = await machine.start(undefined, codes).verify({ proof: true });
    return { brokenAt, unproved: records - (proof?.records ?? 0) };
  };
  const WHOLE = { brokenAt: null, unproved: 0 };

  async function written() {
    const machine = createMachine();
    for (const id of ['1', '2', '3']) await machine.start().append(event(id));
    return machine;
  }
  const change = async (log: FileAudit) => log.carryOver(async (carry) => carry(await NEW.current()));

  test('takes the log along, twice', async () => {
    const machine = await written();
    expect(await change(machine.start())).toEqual({ brokenAt: null, unprovedAt: null });
    await machine.start(undefined, NEW).append(event('4', { action: 'migrate' }));
    expect(await proofOf(machine, NEW)).toEqual(WHOLE);
    expect(await idsOf(machine.start())).toEqual(['1', '2', '3', '4']);
    const third = codesOf('store', 'the third key');
    await machine.start(undefined, NEW).carryOver(async (carry) => carry(await third.current()));
    await machine.start(undefined, third).append(event('5'));
    expect(await proofOf(machine, third)).toEqual(WHOLE);
  });

  test('that is stopped anywhere leaves a log that is proved under the key that is there', async () => {
    for (let n = 1; ; n += 1) {
      const machine = await written();
      let struck = false;
      let isCarried = false;
      const watch: Watch = (effect) => {
        struck ||= effect.n === n;
        return effect.n === n ? { kind: 'kill', when: 'during', bytes: 40 } : null;
      };
      await machine
        .start(watch)
        .carryOver(async (carry) => {
          await carry(await NEW.current());
          isCarried = true;
        })
        .catch((error: unknown) => expect(error).toBeInstanceOf(Killed));
      // The new key never came to be, or is there from now on.
      for (const codes of isCarried ? [OLD, NEW] : [OLD]) {
        const after = createMachine();
        for (const [path, bytes] of machine.disk.files()) after.disk.put(path, bytes);
        await after.start(undefined, codes).append(event('4'));
        expect(await proofOf(after, codes), `effect ${n}`).toEqual(WHOLE);
      }
      if (!struck) break;
    }
  });

  test('shows what is changed afterwards, before it and behind it', async () => {
    const machine = await written();
    await change(machine.start());
    await machine.start(undefined, NEW).append(event('4'));
    const forged = machine.text().replace('"id":"2"', '"id":"x"');
    machine.disk.put(PATH, Buffer.from(forged));
    expect((await proofOf(machine, NEW)).brokenAt).toBe(2);
    // Chained anew from there on; the note's second code cannot be made without the key.
    let before: LineBefore = BEFORE_FIRST;
    const chained = forged
      .trimEnd()
      .split('\n')
      .map((line) => {
        const { chain: _, keyId, code, carried, ...entry } = JSON.parse(line);
        const chain = nextChain(before, entry);
        before = { chain, signature: { keyId, code }, ...(carried && { carried }) };
        return Buffer.from(encodeAuditLine({ entry, ...before })).toString();
      });
    machine.disk.put(PATH, Buffer.from(chained.join('')));
    expect((await machine.start().verify()).brokenAt).toBeNull();
    expect((await proofOf(machine, NEW)).brokenAt).toBe(4);
  });

  test('vouches for nothing that was not proved, and says so', async () => {
    const machine = await written();
    const stranger = codesOf('store', 'a key of somebody else');
    await machine.start(undefined, stranger).append(event('x'));
    await machine.start().append(event('5'));
    expect(await change(machine.start())).toEqual({ brokenAt: null, unprovedAt: 4 });
    await machine.start(undefined, NEW).append(event('6'));
    // The three records before it lose their proof with the old key; nothing tells them from the stranger's.
    expect(await proofOf(machine, NEW)).toEqual({ brokenAt: null, unproved: 4 });
  });

  test('of a log that was changed is no repair', async () => {
    const machine = await written();
    machine.disk.put(PATH, Buffer.from(machine.text().replace('"id":"2"', '"id":"x"')));
    expect(await change(machine.start())).toMatchObject({ brokenAt: 2 });
    expect((await proofOf(machine, NEW)).brokenAt).toBe(2);
  });
});
