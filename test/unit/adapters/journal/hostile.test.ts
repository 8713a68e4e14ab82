import { beforeAll, describe, expect, test } from 'vitest';
import { isAppError } from '../../../../src/domain/errors.ts';
import { Secret } from '../../../../src/domain/secret.ts';
import type { Journal, JournalHost, OperationHeader } from '../../../../src/ports/journal.ts';
import { header } from '../../../contract/journal.ts';
import { createFakeSealer, createSeededRandom } from '../../../contract/journal-fakes.ts';
import {
  copyFiles,
  createJournalMachine,
  digestFiles,
  FOLDER,
  NO_LOCKS,
  restoreFiles,
  segment,
} from './journal-machine.ts';

const FIRST = header('a');
const OTHER = header('b', { subject: 'token 18', plan: { old: '18' } });

/** Everything that a journal tells its reader, as one text. */
async function readOut(journal: Journal): Promise<string> {
  const captured = await journal.captured('issue');
  return JSON.stringify({
    header: journal.header,
    steps: ['plan', 'issue', 'store', 'switch'].map((step) => journal.result(step)),
    captured: captured && { ...captured, bytes: Buffer.from(captured.bytes).toString() },
    kept: (await journal.stashed())?.reveal() ?? null,
  });
}

type Machine = ReturnType<typeof createJournalMachine>;

/** An operation of two owners, as far as before its end, and what it told after each of its records. */
async function record(machine: Machine, which = FIRST): Promise<Set<string>> {
  return new Set([...(await recordFirst(machine, which)), ...(await recordSecond(machine, which))]);
}

async function recordFirst(machine: Machine, which: OperationHeader): Promise<Set<string>> {
  const told = new Set<string>();
  const tell = async (journal: Journal): Promise<void> => {
    told.add(await readOut(journal));
  };
  await machine.start().begin(which, async (journal) => {
    await tell(journal);
    await journal.step('plan', async () => ({ old: which.plan['old'] ?? null }));
    await tell(journal);
    await journal.once(
      'issue',
      async (capture) => {
        await capture.head(201, 'r-1');
        await tell(journal);
        for (const part of ['half', 'rest']) {
          await capture.chunk(Buffer.from(`${which.id.slice(0, 4)}-${part}`));
          await tell(journal);
        }
        await capture.whole();
        await tell(journal);
        return 'answered';
      },
      async () => 'interrupted',
    );
    await tell(journal);
  });
  return told;
}

async function recordSecond(machine: Machine, which: OperationHeader): Promise<Set<string>> {
  const told = new Set<string>();
  await machine.start().resume(which.id, async (journal) => {
    told.add(await readOut(journal));
    await journal.stash(Secret.of('the-secret'));
    told.add(await readOut(journal));
    await journal.step('store', async () => 'version-2');
    told.add(await readOut(journal));
    await journal.step('switch', async () => 'switched');
    told.add(await readOut(journal));
  });
  return told;
}

function flip(bytes: Uint8Array, at: number): Uint8Array {
  const flipped = bytes.slice();
  flipped[at] = (flipped[at] ?? 0) ^ (1 << (at % 8));
  return flipped;
}

/** What a reader is told; or the code that it is refused with. Anything else is a defect. */
async function tellOrRefuse(host: JournalHost, id = FIRST.id): Promise<{ told: string } | { code: string }> {
  try {
    return { told: await host.resume(id, readOut) };
  } catch (error) {
    if (isAppError(error)) return { code: error.code };
    throw error;
  }
}

describe('a file journal that was tampered with', () => {
  const machine = createJournalMachine();
  const path = segment(FIRST.id, 2);
  let files: ReadonlyMap<string, Uint8Array> = new Map();
  /** As they are when the power is cut before the former owner's segment is gone for good. */
  let both: ReadonlyMap<string, Uint8Array> = new Map();
  let earlier: Set<string> = new Set();
  let whole = '';
  /** What the former owner's segment tells, and how much of the newer one is the copy of it. */
  let former = '';
  let copied = 0;
  /** Where the line ends that makes the copy count. */
  let owned = 0;
  const bytes = (): Uint8Array => files.get(path) ?? new Uint8Array();
  const linesOf = (all: Uint8Array): Uint8Array[] => {
    const text = Buffer.from(all).toString();
    return text.split(/(?<=\n)/).map((line) => new Uint8Array(Buffer.from(line)));
  };

  beforeAll(async () => {
    const first = await recordFirst(machine, FIRST);
    const before = copyFiles(machine.disk);
    const second = await recordSecond(machine, FIRST);
    files = copyFiles(machine.disk);
    both = new Map([...before, ...files]);
    earlier = new Set([...first, ...second]);
    former = [...first].at(-1) ?? '';
    whole = [...second].at(-1) ?? '';
    const lines = linesOf(bytes());
    const owner = lines.findIndex((line) => Buffer.from(line).includes('"type":"owner"'));
    copied = Buffer.concat(lines.slice(0, owner)).length;
    owned = Buffer.concat(lines.slice(0, owner + 1)).length;
    const segments = (on: typeof files) => [...on.keys()].filter((name) => name.endsWith('.journal'));
    expect(segments(files)).toEqual([path]);
    expect(segments(both)).toHaveLength(2);
    expect(Buffer.from(bytes()).subarray(0, copied)).toEqual(
      Buffer.from(before.get(segment(FIRST.id, 1)) ?? []),
    );
  });

  /** With the one change: an earlier state or a refusal, the same for everybody, and nothing written when refused. */
  async function expectHarmless(change: () => void, shown: string, on = files): Promise<string> {
    restoreFiles(machine.disk, on);
    change();
    const before = digestFiles(machine.disk);
    await machine.start().list();
    const result = await tellOrRefuse(machine.start());
    if ('told' in result) {
      expect(earlier.has(result.told), `${shown} tells something that never was`).toBe(true);
      return result.told === whole ? 'whole' : result.told === former ? 'former' : 'earlier';
    }
    expect(['failure', 'usage', 'not-found'], shown).toContain(result.code);
    expect(digestFiles(machine.disk), shown).toBe(before);
    return result.code;
  }

  test('tells the whole story when nobody touched it', async () => {
    for (const on of [files, both]) {
      restoreFiles(machine.disk, on);
      expect(await tellOrRefuse(machine.start())).toEqual({ told: whole });
    }
  });

  test('is refused with any byte flipped, or is as if its last record was never written', async () => {
    let refused = 0;
    for (let at = 0; at < bytes().length; at += 1) {
      const how = await expectHarmless(() => machine.disk.put(path, flip(bytes(), at)), `byte ${at}`);
      // Only the end of the very last line may look like a line that was being written.
      if (how === 'earlier') expect(at).toBe(bytes().length - 1);
      else expect(['failure', 'usage'], `byte ${at}`).toContain(how);
      if (how !== 'earlier') refused += 1;
    }
    expect(refused).toBeGreaterThan(2_000);
  });

  test('is refused or in an earlier state when cut off anywhere', async () => {
    for (let length = 0; length < bytes().length; length += 1) {
      const how = await expectHarmless(
        () => machine.disk.put(path, bytes().slice(0, length)),
        `cut to ${length}`,
      );
      // Without its owner's line it is no more than a copy that was being made, and there is nothing else to read.
      if (length < owned) expect(how, `cut to ${length}`).toBe('failure');
      else expect(['former', 'earlier'], `cut to ${length}`).toContain(how);
    }
  });

  test('is not read from a former segment, whatever became of that', async () => {
    const older = segment(FIRST.id, 1);
    const own = both.get(older) ?? new Uint8Array();
    for (let at = 0; at < own.length; at += 41) {
      for (const put of [flip(own, at), own.slice(0, at), Buffer.concat([own, own.subarray(0, at)])]) {
        expect(await expectHarmless(() => machine.disk.put(older, put), `byte ${at}`, both)).toBe('whole');
      }
    }
  });

  test('is as the former segment tells while the copy of that is not whole', async () => {
    const cut = (length: number): Uint8Array => bytes().slice(0, length);
    for (let length = 0; length < bytes().length; length += 17) {
      const how = await expectHarmless(() => machine.disk.put(path, cut(length)), `cut to ${length}`, both);
      if (length < owned) expect(how, `cut to ${length}`).toBe('former');
      else expect(['former', 'earlier'], `cut to ${length}`).toContain(how);
      // What a power cut left unwritten, in the middle and at the end.
      const holes = cut(length).fill(0, Math.floor(length / 2));
      if (length < copied)
        expect(await expectHarmless(() => machine.disk.put(path, holes), `${length}`, both)).toBe('former');
    }
    const hole = bytes()
      .slice()
      .fill(0, 100, copied - 100);
    expect(await expectHarmless(() => machine.disk.put(path, hole), 'a hole', both)).toBe('former');
    for (let at = 0; at < copied; at += 13) {
      const flipped = flip(bytes(), at);
      if (flipped[at] === 0) continue;
      const how = await expectHarmless(() => machine.disk.put(path, flipped), `byte ${at}`, both);
      expect(['failure', 'usage'], `byte ${at}`).toContain(how);
    }
  });

  test('is refused with a hole after its own records began', async () => {
    const hole = bytes().slice();
    hole[owned + 100] = 0;
    for (const on of [files, both])
      expect(await expectHarmless(() => machine.disk.put(path, hole), 'a hole', on)).toBe('failure');
  });

  test('is refused with records left out, doubled or in another order', async () => {
    const lines = linesOf(bytes());
    for (let at = 0; at < lines.length - 1; at += 1) {
      const without = lines.filter((_, index) => index !== at);
      const doubled = lines.flatMap((line, index) => (index === at ? [line, line] : [line]));
      const swapped = lines.map((line, index) =>
        index === at ? lines[at + 1] : index === at + 1 ? lines[at] : line,
      );
      for (const changed of [without, doubled, swapped]) {
        const put = Buffer.concat(changed.map((line) => line ?? new Uint8Array()));
        expect(await expectHarmless(() => machine.disk.put(path, put), `line ${at}`)).toBe('failure');
      }
    }
  });

  test('is refused with records of another operation, and so is the other one under its name', async () => {
    const other = createJournalMachine({ seed: 'other' });
    await record(other, OTHER);
    const foreign = other.disk.files().get(segment(OTHER.id, 2)) ?? new Uint8Array();
    const lines = linesOf(bytes());
    for (const [at, line] of linesOf(foreign).entries()) {
      const spliced = Buffer.concat([...lines.slice(0, at), line, ...lines.slice(at + 1)]);
      expect(await expectHarmless(() => machine.disk.put(path, spliced), `splice ${at}`)).toBe('failure');
    }
    expect(await expectHarmless(() => machine.disk.put(path, foreign), 'another one')).toBe('failure');
    restoreFiles(machine.disk, files);
    machine.disk.put(segment('c'.repeat(32), 2), bytes());
    expect(await tellOrRefuse(machine.start(), 'c'.repeat(32))).toEqual({ code: 'failure' });
  });

  test('is refused, or as it was, with a segment under another number', async () => {
    for (const epoch of [1, 3]) {
      const rename = (): void => {
        machine.disk.erase(path);
        machine.disk.put(segment(FIRST.id, epoch), bytes());
      };
      expect(await expectHarmless(rename, `as ${epoch}`)).toBe('failure');
    }
    const older = both.get(segment(FIRST.id, 1)) ?? new Uint8Array();
    const replay = (): void => machine.disk.put(segment(FIRST.id, 3), older);
    expect(await expectHarmless(replay, 'an old one as the newest')).toBe('whole');
  });

  test('is refused when another key wrote a history that is right in itself', async () => {
    const forger = createJournalMachine({ seed: 'forger' });
    const sealer = createFakeSealer('another vault', createSeededRandom('forger'));
    await forger
      .start({ sealer: async () => sealer })
      .begin(FIRST, (journal) => journal.step('plan', async () => ({ old: '99' })));
    restoreFiles(machine.disk, forger.disk.files());
    expect((await machine.start().list()).operations).toMatchObject([{ lastStep: 'plan' }]);
    expect(await tellOrRefuse(machine.start())).toEqual({ code: 'failure' });
  });

  test('is shown, but not among the verified, when its end was forged', async () => {
    const forger = createJournalMachine({ seed: 'forger' });
    const sealer = createFakeSealer('another vault', createSeededRandom('forger'));
    const forged = forger.start({ sealer: async () => sealer });
    await forged.begin(FIRST, (journal) => journal.end('aborted', null));
    restoreFiles(machine.disk, forger.disk.files());
    await machine.start().begin(OTHER, (journal) => journal.end('aborted', null));
    expect((await machine.start().list()).operations).toHaveLength(2);
    const { operations, broken } = await machine.start().list({ verified: true });
    expect(operations).toMatchObject([{ header: OTHER, state: 'aborted' }]);
    expect(broken).toMatchObject([{ id: FIRST.id, reason: expect.stringContaining('another key') }]);
  });

  test('is refused when its target was edited and the plain checksums were made right again', async () => {
    const { encodeLine, firstLink, nextLink } = await import('../../../../src/adapters/journal/records.ts');
    const { decodeLine } = await import('../../../../src/adapters/journal/decode-line.ts');
    for (const edit of [
      { subject: 'token 99' },
      { origin: 'https://evil.example' },
      { startedAt: '2999-01-01T00:00:00Z' },
    ]) {
      let link = firstLink(FIRST.id);
      const lines = linesOf(both.get(segment(FIRST.id, 1)) ?? new Uint8Array()).map((line) => {
        const { entry } = decodeLine(Buffer.from(line).toString().trimEnd());
        const edited = entry.type === 'header' ? { ...entry, header: { ...entry.header, ...edit } } : entry;
        link = nextLink(link, edited);
        return encodeLine(edited, link, new Uint8Array(32));
      });
      restoreFiles(machine.disk, new Map([[segment(FIRST.id, 1), Buffer.concat(lines)]]));
      expect((await machine.start().list()).operations).toMatchObject([{ header: edit }]);
      expect(await tellOrRefuse(machine.start())).toEqual({ code: 'failure' });
    }
  });

  test.each([
    [2, 'usage', 'newer'],
    [0, 'failure', 'broken'],
    [-1, 'failure', 'broken'],
  ])('of version %i is refused and left as it is', async (version, code, reason) => {
    const text = Buffer.from(bytes()).toString();
    const changed = Buffer.from(text.replaceAll('"v":1}', `"v":${version}}`));
    expect(changed.toString()).not.toBe(text);
    restoreFiles(machine.disk, new Map([[path, changed]]));
    const before = digestFiles(machine.disk);
    expect(await tellOrRefuse(machine.start())).toEqual({ code });
    const { broken } = await machine.start().list();
    expect(broken).toMatchObject([{ id: FIRST.id, reason: expect.stringContaining(reason) }]);
    await expect(machine.start().begin(header('e'), async () => 1)).rejects.toMatchObject({
      code: 'conflict',
    });
    expect(digestFiles(machine.disk)).toBe(before);
  });

  test('in another shape than a file is broken and never followed', async () => {
    const path = segment(FIRST.id, 1);
    const shapes: readonly (() => void)[] = [
      () => machine.disk.put(path, new Uint8Array()),
      () => machine.disk.put(path, new Uint8Array(9 * 1024 * 1024)),
      () => machine.disk.put(path, new Uint8Array(100).fill(0xff)),
      () => machine.disk.put(path, Buffer.from(`${'['.repeat(200_000)}${']'.repeat(200_000)}\n`)),
      () => machine.disk.put(path, Buffer.from('{"__proto__":{"v":2},"v":1}\n')),
      () => machine.disk.put(path, bytes(), { owned: false }),
      () => machine.disk.plant(path, { folder: 0o700 }),
      () => {
        machine.disk.put('/home/elsewhere', bytes());
        machine.disk.plant(path, { link: '/home/elsewhere' });
      },
    ];
    for (const [index, plant] of shapes.entries()) {
      restoreFiles(machine.disk, new Map());
      plant();
      const before = digestFiles(machine.disk);
      const { operations, broken } = await machine.start().list();
      expect(operations, `shape ${index}`).toEqual([]);
      expect(broken, `shape ${index}`).toMatchObject([{ id: FIRST.id }]);
      expect(await tellOrRefuse(machine.start()), `shape ${index}`).toEqual({ code: 'failure' });
      expect(digestFiles(machine.disk), `shape ${index}`).toBe(before);
      machine.disk.erase(path);
    }
  });

  test('does not keep the others from being listed and resumed, but a new operation for its subject', async () => {
    restoreFiles(machine.disk, files);
    const flipped = flip(bytes(), owned + 100);
    machine.disk.put(path, flipped);
    const host = machine.start();
    await host.begin(OTHER, (journal) => journal.step('plan', async () => 1));
    expect(await host.list()).toMatchObject({ operations: [{ header: OTHER }], broken: [{ id: FIRST.id }] });
    expect(await host.resume(OTHER.id, async (journal) => journal.result('plan'))).toBe(1);
    await expect(host.begin(header('e'), async () => 1)).rejects.toMatchObject({ code: 'conflict' });
  });

  test('and was put back beside a second one for the credential: neither is taken up', async () => {
    const second = createJournalMachine();
    const saved = await record(second).then(() => second.disk.files());
    await second.start().resume(FIRST.id, (journal) => journal.end('aborted', null));
    const again = header('e');
    await second.start().begin(again, async () => 1);
    for (const name of second.disk.files().keys())
      if (/\.(done|aborted)$/.test(name)) second.disk.erase(name);
    for (const [path, bytes] of saved) second.disk.put(path, bytes);
    for (const id of [FIRST.id, again.id])
      expect(await tellOrRefuse(second.start(), id)).toEqual({ code: 'conflict' });
  });

  test('and was put back after its end is not taken up again', async () => {
    const second = createJournalMachine();
    const saved = await record(second).then(() => second.disk.files());
    await second.start().resume(FIRST.id, (journal) => journal.end('done', null));
    for (const [path, bytes] of saved) second.disk.put(path, bytes);
    expect(await tellOrRefuse(second.start())).toEqual({ code: 'not-found' });
    expect((await second.start().list()).operations).toMatchObject([{ state: 'done' }]);
  });

  test('says which key it was sealed under when that key is not here', async () => {
    restoreFiles(machine.disk, files);
    const sealer = createFakeSealer('another vault', createSeededRandom('x'));
    const host = machine.start({ sealer: async () => sealer });
    await expect(host.resume(FIRST.id, readOut)).rejects.toThrow('sealed under another key');
  });

  test('never has two operations of a subject, even when locks let everybody in', async () => {
    for (let pause = 1; pause < 40; pause += 1) {
      const both = createJournalMachine();
      let wake = (): void => undefined;
      const asleep = new Promise<null>((resolve) => {
        wake = () => resolve(null);
      });
      const slow = both
        .start({ locks: NO_LOCKS, watch: ({ n }) => (n === pause ? asleep : null) })
        .begin(header('a'), async () => 'a')
        .catch((error: unknown) => error);
      await new Promise((resolve) => setImmediate(resolve));
      const quick = await both
        .start({ locks: NO_LOCKS })
        .begin(header('b'), async () => 'b')
        .catch((error: unknown) => error);
      wake();
      const first = await slow;
      const winners = [first, quick].filter((result) => typeof result === 'string');
      expect(winners.length, `pause at ${pause}`).toBeLessThanOrEqual(1);
      expect((await both.start().list()).operations.length, `pause at ${pause}`).toBe(winners.length);
    }
  });

  test('in a folder that others can look into, or behind a link, is not touched', async () => {
    const loose = createJournalMachine();
    loose.disk.plant(FOLDER, { folder: 0o755 });
    for (const work of [
      () => loose.start().begin(FIRST, async () => 1),
      () => loose.start().resume(FIRST.id, async () => 1),
      () => loose.start().prove(),
    ]) {
      await expect(work()).rejects.toMatchObject({
        code: 'usage',
        facts: { hint: expect.stringContaining('chmod 700') },
      });
    }
    loose.disk.plant(FOLDER, { link: '/home/other' });
    await expect(loose.start().begin(FIRST, async () => 1)).rejects.toMatchObject({ code: 'usage' });
  });
});
