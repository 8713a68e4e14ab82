import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Entry, Header, StoredVersion } from '../../../../src/adapters/store/format.ts';
import {
  contentOf,
  newStoreContent,
  readStoreContent,
  readStrictContent,
  type StoreContent,
  type StoreDocument,
} from '../../../../src/adapters/store/store-document.ts';
import { StoreEdit } from '../../../../src/adapters/store/store-edit.ts';
import { readWithLibrary } from '../../../../src/adapters/yaml/library-yaml.ts';
import { parseYaml } from '../../../../src/adapters/yaml/yaml-file.ts';
import { isAppError, usage } from '../../../../src/domain/errors.ts';
import { Secret } from '../../../../src/domain/secret.ts';

const RUNS = Number(process.env['KEYTURN_YAML_RUNS'] ?? 2_000);
const PATH = 'credentials.yaml';

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);
const decode = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

/** What a store says, with its secrets. */
function meaning({ header, entries }: StoreDocument): string {
  const revealed = [...entries].map(([name, entry]) => [
    name,
    entry,
    entry.versions.map(({ stored }) => (stored.form === 'clear' ? stored.secret.reveal() : null)),
  ]);
  return JSON.stringify([header, revealed]);
}

/** By way of the library alone. Null where it, or what reads its tree, refuses the text. */
async function byLibrary(text: string): Promise<string | null> {
  const failAt = (offset: number, what: string) => usage(`${what} at ${offset}`);
  try {
    const { document, root } = await readWithLibrary(text, { mostTokens: 1_000_000, failAt });
    const file = { text, root, document: async () => document, fail: () => usage('wrong') };
    return meaning(contentOf(file, PATH));
  } catch (error) {
    if (isAppError(error, 'usage')) return null;
    throw error;
  }
}

const word = (chars: string, maxLength: number) =>
  fc.string({ unit: fc.constantFrom(...chars), minLength: 1, maxLength });
const DIGITS = '0123456789';
const LETTERS = 'abcdefxyzABEXZ';
/** What the writer has to quote, and what it need not. */
const odd = fc.constantFrom(
  ...[
    '1',
    '007',
    '1e3',
    '0x1f',
    '.5',
    '-1',
    '+1',
    '1.',
    'true',
    'Null',
    '~',
    '.inf',
    '-',
    '--x',
    '-a',
    'a b',
  ],
  ...[
    'a: b',
    'a #b',
    'a:b',
    '#a',
    'x,y',
    '{x}',
    '[x]',
    '&a',
    '*a',
    '!a',
    '|',
    '>',
    '%a',
    '@a',
    '`a',
    '?',
    '? a',
  ],
  ...[
    "it's",
    'say "a"',
    '"',
    "'",
    'a\\b',
    'é',
    'a  b',
    '<<',
    '=',
    'table://my.app.**',
    'Read only - all',
    '---',
  ],
);
const text = fc.oneof(word(`${LETTERS}${DIGITS}-_./:`, 12), odd);
const maybe = <T>(of: fc.Arbitrary<T>) => fc.option(of, { nil: null });
const localName = fc
  .tuple(word(`${LETTERS}${DIGITS}`, 1), fc.string({ unit: fc.constantFrom(...`${LETTERS}${DIGITS}._-`) }))
  .map(([first, rest]) => first + rest.slice(0, 8));
const instant = fc
  .date({ min: new Date(0), max: new Date('2999-12-31'), noInvalidDate: true })
  .map((date) => date.toISOString().replace('.000Z', 'Z'));
const secret = fc.oneof(
  word(`${LETTERS}${DIGITS}-_`, 40),
  odd.filter((each) => /^[\x21-\x7e]+$/.test(each)),
);
const bytes = fc.uint8Array({ minLength: 1, maxLength: 40 });

function versionsOf(isSealed: boolean): fc.Arbitrary<StoredVersion> {
  const stored: fc.Arbitrary<StoredVersion['stored']> = isSealed
    ? fc.record({ form: fc.constant('sealed'), format: fc.constantFrom(1, 2), bytes })
    : secret.map((each) => ({ form: 'clear', secret: Secret.of(each) }));
  const inactive = fc.record({ state: fc.constantFrom('ended', 'disabled'), at: instant });
  return fc
    .record({
      version: localName,
      id: maybe(text),
      scopes: maybe(fc.array(text, { maxLength: 3 })),
      createdAt: maybe(instant),
      expiresAt: maybe(instant),
      savedAt: instant,
      stored,
      inactive: fc.option(inactive, { nil: undefined }),
    })
    .map(({ inactive: ending, ...version }) => (ending ? { ...version, inactive: ending } : version));
}

function entriesOf(isSealed: boolean): fc.Arbitrary<Entry> {
  const settings = fc.dictionary(fc.constantFrom('region', 'domain', 'team-1'), text, {
    noNullPrototype: true,
  });
  return fc
    .record({
      name: localName,
      kind: fc.constantFrom('managing', 'token', 'key', 'imported'),
      provider: maybe(fc.constantFrom('devo', 'errova')),
      origin: maybe(fc.constantFrom('https://api.example.com', 'http://127.0.0.1:8080')),
      settings: maybe(settings),
      project: maybe(text),
      current: fc.nat(3),
      versions: fc.uniqueArray(versionsOf(isSealed), {
        minLength: 1,
        maxLength: 3,
        selector: ({ version }) => version,
      }),
    })
    .map((entry) => ({ ...entry, current: entry.versions[entry.current]?.version ?? null }));
}

const HEADERS: readonly Header[] = [
  { generation: 3, kind: 'file', dataKey: null },
  {
    generation: 12,
    kind: 'keychain',
    dataKey: { id: 'ab'.repeat(16), check: new Uint8Array([1, 2, 3]), kdf: null, place: 'somewhere' },
  },
];

interface Change {
  readonly entry: Entry;
  readonly does: 'put' | 'remove' | 'move';
  readonly at: number;
}

/** A history of a store: every content that was written. */
async function contentsOf(header: Header, changes: readonly Change[]): Promise<readonly string[]> {
  let content: StoreContent = newStoreContent(header);
  const written: string[] = [];
  for (const { entry, does, at } of changes) {
    const edit = new StoreEdit(content);
    const names = [...edit.entries.keys()];
    const name = names[at % (names.length || 1)];
    const known = name === undefined ? undefined : edit.entries.get(name);
    if (does === 'put' || name === undefined || known === undefined) edit.put(entry);
    else if (does === 'remove') edit.remove(name);
    else if (!edit.entries.has(entry.name)) {
      edit.move(name, entry.name);
      edit.put({ ...known, name: entry.name });
    }
    edit.setHeader({ ...edit.header, generation: edit.header.generation + 1 });
    const text = decode(await edit.toBytes());
    written.push(text);
    content = await readStoreContent(encode(text), PATH, content);
    expect(meaning(content)).toBe(meaning(edit));
  }
  return written;
}

function historyOf(header: Header): fc.Arbitrary<readonly Change[]> {
  const change = fc.record({
    entry: entriesOf(header.kind !== 'file'),
    does: fc.constantFrom('put', 'put', 'remove', 'move'),
    at: fc.nat(),
  });
  return fc.array(change, { minLength: 1, maxLength: 5 });
}

describe.each(HEADERS)('a $kind store that keyturn wrote', (header) => {
  test('is read without the library as the library reads it', async () => {
    const seen = { all: 0, strict: 0 };
    await fc.assert(
      fc.asyncProperty(historyOf(header), async (changes) => {
        for (const written of await contentsOf(header, changes)) {
          seen.all += 1;
          const content = readStrictContent(written, PATH);
          if (content === null) continue;
          seen.strict += 1;
          expect(meaning(content)).toBe(await byLibrary(written));
          const full = contentOf(await parseYaml(encode(written), PATH), PATH);
          if (full.spans !== null) expect(content.spans).toEqual(full.spans);
        }
      }),
      { numRuns: RUNS / 10 },
    );
    expect(seen.strict).toBeGreaterThan(seen.all / 20);
  }, 120_000);
});

const DATA_KEY = { id: 'ab'.repeat(16), check: new Uint8Array([1, 2, 3]), kdf: null, place: null };
const KDF = { N: 131_072, r: 8, p: 1, salt: 'MYAugMJEWJMM0oVO1_6cwg' };
/** Every kind of store, with what keyturn puts in it. */
const USUAL: readonly Header[] = [
  { generation: 1, kind: 'file', dataKey: null },
  { generation: 1, kind: 'keychain', dataKey: { ...DATA_KEY, place: 'YWJj' } },
  { generation: 1, kind: 'passphrase', dataKey: { ...DATA_KEY, kdf: KDF } },
];

test.each(USUAL)('a usual $kind store never needs the full reader', async (header) => {
  const edit = new StoreEdit(newStoreContent(header));
  for (const [index, scope] of ['table://my.app.**', 'org.read', 'Read only', 'repo:write'].entries()) {
    const stored: StoredVersion['stored'] =
      header.kind === 'file'
        ? { form: 'clear', secret: Secret.of(`s3cr3t-${index}_x`) }
        : { form: 'sealed', format: 2, bytes: new Uint8Array([0xf8 + index, 2, 3, 4]) };
    edit.put({
      name: `ci-${index}`,
      kind: 'token',
      provider: 'devo',
      origin: 'https://api.example.com:8443',
      settings: { region: 'us', domain: 'acme' },
      project: 'web app 2',
      current: String(index),
      versions: [
        {
          version: String(index),
          id: index % 2 === 0 ? String(index) : '3f2504e0-4f89-11d3-9a0c-0305e82c3301',
          scopes: [scope, 'other'],
          createdAt: '2026-11-29T06:45:29.272Z',
          expiresAt: '2027-11-30T06:45:29Z',
          savedAt: '2026-11-29T06:45:29Z',
          stored,
          inactive: { state: 'disabled', at: '2026-11-30T00:00:00Z' },
        },
      ],
    });
  }
  const content = readStrictContent(decode(await edit.toBytes()), PATH);
  expect(content && meaning(content)).toBe(meaning(edit));
});

const ENTRY = `  b-1:
    kind: token
    provider: devo
    origin: https://api.example.com
    settings: { region: us, domain: "1" }
    versions:
      "1":
        id: "7"
        scopes: [ table://my.app.**, a b ]
        savedAt: 2026-11-29T06:45:29.272Z
        ended: 2026-11-30T06:45:29Z
`;
const CLEAR = `# mine
schema: 1
generation: 4
store: file
credentials:
${ENTRY}        secret: s3-c_r
    current: "1"
  # next
  c:
    kind: key
    versions:
      v:
        savedAt: 2026-11-29T06:45:29Z
        secret: "x y"
`;
const SEALED = `schema: 1
generation: 4
store: keychain
vault: abababababababababababababababab
check: AQID
credentials:
  a:
    kind: managing
    versions:
      x:
        savedAt: 2026-11-29T06:45:29Z
        seal: 2
        sealed: -QID
    current: x
`;
/** Every class of characters that mean something to YAML or to a reader of the store. */
const CLASSES = [
  ...'aE0-_. :#"\'{}[],&*!|>%@`?~\\/=<\n\t\r\u00a0é\u2028',
  '\n\n',
  '  ',
  '- ',
  ': ',
  ' #',
  '\n    ',
];

describe.each([
  ['clear', CLEAR],
  ['sealed', SEALED],
])('a %s store with a mistake', (_, text) => {
  test('is read without the library in its right form', async () => {
    const content = readStrictContent(text, PATH);
    expect(content && meaning(content)).toBe(await byLibrary(text));
  });

  test('anywhere is read as the library reads it, or left to it', async () => {
    const before = readStrictContent(text, PATH);
    let strict = 0;
    for (const changed of mutationsOf(text)) {
      const content = readStrictContent(changed, PATH);
      if (content === null) continue;
      strict += 1;
      const after = readStrictContent(changed, PATH, before);
      expect(after && meaning(after), changed).toBe(meaning(content));
      expect(meaning(content), changed).toBe(await byLibrary(changed));
    }
    expect(strict).toBeGreaterThan(300);
  }, 240_000);
});

/** The text with each character taken out, replaced by each class and followed by each class. */
function* mutationsOf(text: string): Generator<string> {
  for (let at = 0; at <= text.length; at += 1) {
    yield text.slice(0, at) + text.slice(at + 1);
    for (const put of CLASSES) {
      yield text.slice(0, at) + put + text.slice(at + 1);
      yield text.slice(0, at) + put + text.slice(at);
    }
  }
  const lines = text.split('\n');
  for (let from = 0; from < lines.length; from += 1) {
    const without = lines.filter((_, index) => index !== from);
    // Each line taken out, said twice, and in every other place.
    for (let to = 0; to < lines.length; to += 1) yield without.toSpliced(to, 0, lines[from] ?? '').join('\n');
    yield without.join('\n');
    yield lines.toSpliced(from, 0, lines[from] ?? '').join('\n');
  }
}

test('an entry whose lines are the same is taken over from the content before', () => {
  const before = readStrictContent(CLEAR, PATH);
  const after = readStrictContent(
    CLEAR.replace('generation: 4', 'generation: 5').replace('"7"', '"8"'),
    PATH,
    before,
  );
  expect(after?.entries.get('c')).toBe(before?.entries.get('c'));
  expect(after?.entries.get('b-1')?.versions[0]?.id).toBe('8');
  expect(before?.entries.get('b-1')?.versions[0]?.id).toBe('7');
});
