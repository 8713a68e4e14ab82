import { describe, expect, test } from 'vitest';
import { yamlText } from '../../../../src/adapters/yaml/edit-document.ts';
import { parseYaml } from '../../../../src/adapters/yaml/yaml-file.ts';
import { readMap, readText, readTexts } from '../../../../src/adapters/yaml/yaml-tree.ts';
import { AppError } from '../../../../src/domain/errors.ts';
import { caught } from '../store/store-rig.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
/** CPU time of this process since `start`, in ms: what other processes do at the same time does not count. */
function cpuMs(start: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1_000;
}
const CANARY = 'kt_canary_5d1e';

const laughs = [
  'a: &a [x,x,x,x,x,x,x,x,x]',
  ...'bcdefghi'.split('').map((name, index) => {
    const last = String.fromCharCode(97 + index);
    return `${name}: &${name} [${Array.from({ length: 9 }, () => `*${last}`).join(',')}]`;
  }),
].join('\n');

const hostile: readonly (readonly [string, string, string])[] = [
  ['billion laughs', laughs, 'anchor'],
  ['an alias', 'a: *b', 'alias'],
  ['a merge of itself', 'a: &a\n  <<: *a', 'anchor'],
  ['a merge bomb', Array.from({ length: 50_000 }, (_, index) => `k${index}: {<<: *k}`).join('\n'), 'alias'],
  ['a function', 'a: !!js/function "function(){}"', 'tag'],
  ['a python object', 'a: !!python/object/apply:os.system ["x"]', 'tag'],
  ['a directive', '%YAML 1.1\n---\na: 1', 'directive'],
  ['a million anchors', Array.from({ length: 300_000 }, (_, index) => `- &a${index} x`).join('\n'), 'anchor'],
  ['deep brackets', '['.repeat(200_000), 'nested too deeply'],
  ['deep braces', '{a: '.repeat(200_000), 'nested too deeply'],
  ['deep dashes', '- '.repeat(500_000), 'nested too deeply'],
  ['deep question marks', 'a:\n  b: '.concat('? '.repeat(300_000)), 'nested too deeply'],
  [
    'deep indentation',
    Array.from({ length: 1_500 }, (_, index) => `${' '.repeat(index)}a:`).join('\n'),
    'nested too deeply',
  ],
  // Found by an attack: 18 s and 1.2 GB, because every problem was collected with a stack trace.
  ['a megabyte of closing brackets', ']'.repeat(1_000_000), 'not open'],
  ['a megabyte of closing braces', `a: ${'}'.repeat(1_000_000)}`, 'not open'],
  ['a megabyte of closed lists', '[]'.repeat(500_000), 'more than keyturn reads'],
  ['a megabyte of commas in a list', `[${','.repeat(1_000_000)}`, 'more than keyturn reads'],
  ['thirty thousand closed lists', '[]'.repeat(30_000), 'not valid'],
  ['a megabyte of commas', ','.repeat(1_000_000), 'not valid'],
  ['a megabyte of wrong escapes', `"${'\\q'.repeat(500_000)}"`, 'not valid'],
  ['a megabyte of directives', '%a\n'.repeat(300_000), 'directive'],
  ['two documents', 'a: 1\n---\nb: 2', 'second document'],
  ['a tab for indentation', `a:\n\tb: ${CANARY}`, 'not valid'],
  ['an open quotation', `a: "${CANARY}`, 'not valid'],
  ['a line that is cut', `a: {b: ${CANARY}`, 'not valid'],
  ['nothing', '', 'empty'],
  ['a comment only', '# nothing\n', 'empty'],
  ['a byte-order mark', '\uFEFF', 'byte-order mark'],
  ['a byte-order mark and text', '\uFEFFa: 1', 'byte-order mark'],
  ['a control character', 'a: \u0000', 'not text'],
  ['the lexer’s own marks', 'a: \u001f&x', 'not text'],
];

describe('a hostile file', () => {
  test.each(hostile)('%s is refused at once, without its content', async (_title, text, words) => {
    await import('yaml');
    const start = process.cpuUsage();
    const error = await caught(parseYaml(bytes(text), '/x/f.yaml', { mostTokens: 100_000 }));
    expect(cpuMs(start)).toBeLessThan(500);
    expect(error.code).toBe('usage');
    expect(error.message).toContain(words);
    expect(error.message).toContain('"/x/f.yaml"');
    expect(JSON.stringify(error.facts)).not.toContain(CANARY);
    if (!/empty|text|mark/.test(words)) expect(error.message).toMatch(/at line \d+, column \d+$/);
  });

  test('with more in it than is read is refused before it is built up', async () => {
    for (const text of [
      'a: b\n'.repeat(200_000),
      '# \n'.repeat(300_000),
      `[${'{},'.repeat(300_000)}]`,
      '\n'.repeat(1_000_000),
    ]) {
      const error = await caught(parseYaml(bytes(text), 'f', { mostTokens: 100_000 }));
      expect(error.message).toContain('holds more than keyturn reads');
    }
  });

  test('that is not UTF-8 is refused', async () => {
    expect((await caught(parseYaml(new Uint8Array([0x61, 0xc3, 0x28]), 'f'))).message).toContain('not text');
  });

  test('of a hundred thousand keys is read in one pass', async () => {
    const text = Array.from({ length: 100_000 }, (_, index) => `k${index}: v`).join('\n');
    const start = process.cpuUsage();
    const file = await parseYaml(bytes(text), 'f');
    expect(readMap(file, file.root, 'the file').size).toBe(100_000);
    // Comparing every key with every other takes minutes.
    expect(cpuMs(start)).toBeLessThan(10_000);
  });
});

test('says where the trouble is', async () => {
  const error = await caught(parseYaml(bytes('a: 1\nb:\n  c: [1, 2\nd: 3\n'), 'f'));
  expect(error.message).toMatch(/^"f" is not valid YAML at line [34], column \d+$/);
  expect((await caught(parseYaml(bytes('a: 1\nbcd: *x\n'), 'f'))).message).toBe(
    '"f" holds an alias at line 2, column 6',
  );
});

test('stars and ampersands inside of text are text', async () => {
  const file = await parseYaml(
    bytes('# &a *b !c\na: "*x &y !z"\nb: x & y * z\nc: |\n  &a\n  *b\nd: \'!x\'\n'),
    'f',
  );
  const map = readMap(file, file.root, 'the file');
  expect(readText(file, map.get('a')?.value, 'a')).toBe('*x &y !z');
  expect(readText(file, map.get('c')?.value, 'c')).toBe('&a\n*b\n');
});

test('a key may stand once only', async () => {
  const file = await parseYaml(bytes('a: 1\nb: 2\na: 3\n'), 'f');
  expect(() => readMap(file, file.root, 'the file')).toThrow(AppError);
  expect(() => readMap(file, file.root, 'the file')).toThrow(
    '"f" has the same key twice in the file at line 3, column 1',
  );
});

test('keys of objects are keys and nothing more', async () => {
  const file = await parseYaml(
    bytes('__proto__: {polluted: 1}\nconstructor: {prototype: {x: 1}}\n<<: {y: 1}\n'),
    'f',
  );
  expect([...readMap(file, file.root, 'the file').keys()]).toEqual(['__proto__', 'constructor', '<<']);
  expect(Reflect.get({}, 'polluted')).toBeUndefined();
});

test('text is read as it is written', async () => {
  const file = await parseYaml(bytes('list: [0123, NO, 0o7, 9007199254740993, 1.10, true, "x"]\n'), 'f');
  const list = readMap(file, file.root, 'the file').get('list')?.value;
  expect(readTexts(file, list, 'list')).toEqual([
    '0123',
    'NO',
    '0o7',
    '9007199254740993',
    '1.10',
    'true',
    'x',
  ]);
});

test('what was not changed is written as it was', async () => {
  const text = `# top\na: 1 # one\n\nb:\n  - x # two\n  # three\n  - "y"\nlong: ${'word '.repeat(60).trim()}\n`;
  const file = await parseYaml(bytes(text), 'f');
  expect(yamlText(await file.document())).toBe(text);
});
