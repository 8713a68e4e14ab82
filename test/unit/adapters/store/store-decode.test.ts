import { expect, test } from 'vitest';
import { Secret } from '../../../../src/domain/secret.ts';
import { createMemoryDisk } from '../../../support/memory-disk.ts';
import { caught, createRig, entry, PATH } from './store-rig.ts';

const GOOD = `schema: 1
generation: 3
store: file
credentials:
  acme:
    kind: token
    provider: errova
    origin: https://api.errova.com
    current: "1"
    versions:
      "1":
        savedAt: 2026-11-22T12:00:00Z
        secret: kt_canary_77
`;

const bad: readonly (readonly [string, string | RegExp, string, string])[] = [
  ['no schema', 'schema: 1\n', '', 'no "schema"'],
  ['a schema that is a word', 'schema: 1', 'schema: one', 'whole number'],
  ['a negative generation', 'generation: 3', 'generation: -1', 'whole number'],
  ['an unknown store', 'store: file', 'store: cloud', 'store that is not known'],
  ['a list of credentials', /credentials:[\s\S]*/, 'credentials: [a]', 'no mapping for credentials'],
  ['a name that climbs', 'acme:', '../acme:', 'name that keyturn does not accept'],
  ['a name that pollutes', 'acme:', '__proto__:', 'name that keyturn does not accept'],
  ['an unknown kind', 'kind: token', 'kind: magic', 'kind of credential'],
  ['no kind', '    kind: token\n', '', 'no "kind"'],
  ['an origin with a user', 'https://api.errova.com', 'https://u:p@api.errova.com', 'origin that keyturn'],
  ['a current version that is missing', 'current: "1"', 'current: "7"', 'current version that is not there'],
  ['no versions', /versions:[\s\S]*/, 'versions: {}', 'without versions'],
  ['a version with a strange name', '"1":', '"../1":', 'version name'],
  ['a date that is none', '2026-11-22T12:00:00Z', 'yesterday', 'no date'],
  ['no secret', '        secret: kt_canary_77\n', '', 'no "secret"'],
  ['an empty secret', 'secret: kt_canary_77', 'secret: ""', 'empty "secret"'],
  ['a blank secret', 'secret: kt_canary_77', 'secret: "  "', 'empty "secret"'],
  [
    'a secret as a block',
    'secret: kt_canary_77',
    'secret: |\n          kt_canary_77',
    'ends with a line break',
  ],
  ['a folded secret', 'secret: kt_canary_77', 'secret: >\n          kt_canary_77', 'ends with a line break'],
  [
    'a secret that ends with CR',
    'secret: kt_canary_77',
    'secret: "kt_canary_77\\r"',
    'ends with a line break',
  ],
  [
    'two lines',
    'secret: kt_canary_77',
    'secret: |-\n          kt_canary_77\n          b',
    'line break in it',
  ],
  ['a secret with a blank', 'secret: kt_canary_77', 'secret: " kt_canary_77"', 'white space'],
  ['a secret with a BOM', 'secret: kt_canary_77', 'secret: "\\ufeffkt_canary_77"', '"secret" with'],
  ['a secret with a zero-width space', 'secret: kt_canary_77', 'secret: "kt\\u200b_canary_77"', 'characters'],
  ['a secret that is a list', 'secret: kt_canary_77', 'secret: [kt_canary_77]', 'no text for "secret"'],
  ['a sealed secret in a store in clear', 'secret: kt', 'sealed: kt', 'sealed secret although'],
  ['a store that should be sealed', 'store: file', 'store: keychain', 'no "vault"'],
  ['a name twice', /$/, '  acme: {kind: token}\n', 'same key twice'],
];

test.each(bad)(
  '%s is an error with line and column that leaves the file alone',
  async (_title, from, to, words) => {
    const memory = createMemoryDisk();
    const text = GOOD.replace(from, to);
    expect(text).not.toBe(GOOD);
    memory.put(PATH, new TextEncoder().encode(text));
    const { store } = createRig(memory.connect(), 'file');
    for (const work of [
      () => store.list(),
      () => store.open('acme'),
      () => store.save(entry('b'), Secret.of('x')),
    ]) {
      const error = await caught(work());
      expect(error.code).toBe('usage');
      expect(error.message).toContain(words);
      expect(error.message).toMatch(/at line \d+, column \d+$/);
      expect(JSON.stringify(error.facts)).not.toContain('kt_canary');
    }
    expect(new TextDecoder().decode(memory.files().get(PATH))).toBe(text);
  },
);

test('a file that people wrote by hand is read, with numbers for names', async () => {
  const memory = createMemoryDisk();
  memory.put(
    PATH,
    new TextEncoder().encode(GOOD.replace('"1":', '1:').replace('current: "1"', 'current: 1')),
  );
  const { store, again } = createRig(memory.connect(), 'file');
  expect((await store.open('acme')).reveal()).toBe('kt_canary_77');
  await store.stage(entry('acme'), '2', Secret.of('second'));
  await store.promote('acme', '1', '2');
  expect((await again().open('acme')).reveal()).toBe('second');
});

test('an empty list of credentials may stand there as nothing', async () => {
  const memory = createMemoryDisk();
  memory.put(PATH, new TextEncoder().encode('schema: 1\ngeneration: 0\nstore: file\ncredentials:\n'));
  const { store } = createRig(memory.connect(), 'file');
  expect(await store.list()).toEqual([]);
  await store.save(entry('acme'), Secret.of('kept'));
  expect((await store.open('acme')).reveal()).toBe('kept');
});

test('a file beyond four mebibytes is refused', async () => {
  const memory = createMemoryDisk();
  memory.put(PATH, new TextEncoder().encode(`${GOOD}#${'x'.repeat(4 * 1024 * 1024)}\n`));
  const { store } = createRig(memory.connect(), 'file');
  expect((await caught(store.list())).code).toBe('usage');
});
