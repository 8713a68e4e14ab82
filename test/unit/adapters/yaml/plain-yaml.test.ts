import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readWithLibrary } from '../../../../src/adapters/yaml/library-yaml.ts';
import { readPlainYaml } from '../../../../src/adapters/yaml/plain-yaml.ts';
import type { YamlNode } from '../../../../src/adapters/yaml/yaml-tree.ts';

/** What a tree says, without where it stands. */
function meaning(node: YamlNode): unknown {
  if (!node) return null;
  if (node.kind === 'scalar') return [node.value, node.text];
  if (node.kind === 'list') return node.items.map((item) => meaning(item) ?? [null, null]);
  return { mapping: node.items.map(({ key, value }) => [key?.text, meaning(value) ?? [null, null]]) };
}

async function byLibrary(text: string): Promise<unknown> {
  const failAt = (offset: number, what: string) => new Error(`${what} at ${offset}`) as never;
  return meaning((await readWithLibrary(text, { mostTokens: 1_000_000, failAt })).root);
}

const PLAIN: readonly string[] = [
  'a: 1\n',
  'a: 1\nb:\n  c: d\n  e:\n    f: "g h"\n# end\n',
  '# top\n\nschema: 1\ncredentials:\n  # mine\n  a:\n    kind: token\n    settings: { region: us, "x y": z }\n',
  'a: [ table://my.app.**, "b c" ]\nb: []\nc: {}\nd:\ne: null\nf: true\n',
  'tokens:\n  - name: a\n    deliver:\n      - file:x\n      - env:.env#A\n  - name: b\n',
  'tokens:\n- a\n- b\nnext: c\n',
  'a: http://127.0.0.1:80/x?y=1&z=2\nat: 2026-11-29T06:45:35.056Z\n',
  '"1":\n  id: "1"\n123: x\n',
  'a: b c\nb: -c\nc: [ d e, -f ]\nd: { e f: g -h, i: --j }\ne:\n  - -k l\n  - 1 2\n',
];

/** Right or wrong, these are the library's. */
const NOT_PLAIN: readonly string[] = [
  ...['', '# only a comment\n', 'a', 'a: b # c\n', 'a:  "b\\n"\n', "a: 'b'\n", 'a: |\n  b\n', 'a: >\n  b\n'],
  ...[
    'a: &x b\n',
    'a: *x\n',
    'a: !t b\n',
    '%YAML 1.2\n---\na: b\n',
    '---\na: b\n',
    'a: b\n...\n',
    '? a\n: b\n',
  ],
  ...['a: b\n  c: d\n', 'a: b\n  c\n', 'a:\n    b: c\n  d: e\n', ' a: b\n', 'a:\tb\n', 'a: b\r\n', 'a: b \n'],
  ...['a: [b, [c]]\n', 'a: [b,\n  c]\n', 'a: { b }\n', 'a: {b: }\n', 'a: [b,]\n', 'a: 1.5\n', 'a: 0x1f\n'],
  ...['a: .inf\n', 'a: 1e3\n', 'a: +1\n', 'a: 9007199254740993\n', 'a: b:\n', 'a: é\n', 'null: a\n~: b'],
  ...[
    '- \n',
    '-\n  a: b\n',
    '- - a\n   - b\n',
    'a: {b: c}}\n',
    'a: @b\n',
    'a: `b\n',
    'a: b - c\n',
    'a: b  c\n',
    'a: b #c\n',
    'a: - b\n',
    'a: b c: d\n',
    `a:\n${' '.repeat(200)}b: c\n`,
    `a: "${'- '.repeat(50)}"\n`,
    'a: "b" c\n',
  ],
];

describe('YAML that is read without the library', () => {
  test.each(PLAIN)('is read as the library reads it: %j', async (text) => {
    const tree = readPlainYaml(text);
    expect(tree).not.toBeNull();
    expect(meaning(tree)).toEqual(await byLibrary(text));
  });

  test.each(NOT_PLAIN)('anything else is left to the library: %j', (text) => {
    expect(readPlainYaml(text)).toBeNull();
  });

  const piece = fc.constantFrom(
    ...[
      'a',
      'b1',
      '"q r"',
      '1',
      '007',
      'null',
      'true',
      '~',
      '-',
      '- ',
      ': ',
      ':',
      ' ',
      '  ',
      '    ',
      '\n',
      '\n',
      '\n',
    ],
    ...[
      'a: ',
      'b:\n',
      '"k": ',
      '# c\n',
      ' # c',
      '{ ',
      ' }',
      '[ ',
      ' ]',
      ', ',
      ',',
      '{a: b}',
      '[x]',
      "'s'",
      '"',
      '|\n',
    ],
    ...[
      '.',
      '...',
      '---\n',
      '=',
      '/',
      '&x',
      '*x',
      '!t',
      '%',
      '@',
      'x:y',
      'x#y',
      '2026-11-29T06:45:35Z',
      'é',
      '\\',
      '?',
      ' -x',
      '-y z',
    ],
    ...['0x1', '1e3', '.5', '+', '<<', '>', '(', ';', '$', '^'],
  );
  const document = fc.array(piece, { maxLength: 14 }).map((pieces) => pieces.join(''));
  const mutated = fc
    .tuple(fc.constantFrom(...PLAIN), fc.array(fc.tuple(fc.nat(), fc.nat(2), piece), { maxLength: 3 }))
    .map(([text, edits]) =>
      edits.reduce((now, [at, cut, put]) => {
        const place = at % (now.length + 1);
        return now.slice(0, place) + put + now.slice(place + cut);
      }, text),
    );

  test.each([
    ['pieces', document],
    ['texts with mistakes', mutated],
  ])(
    'whatever is read, the library reads alike: %s',
    async (_, arbitrary) => {
      let read = 0;
      await fc.assert(
        fc.asyncProperty(arbitrary, async (text) => {
          const tree = readPlainYaml(text);
          if (tree === null) return;
          read += 1;
          expect(meaning(tree)).toEqual(await byLibrary(text));
        }),
        { numRuns: Number(process.env['KEYTURN_YAML_RUNS'] ?? 20_000) },
      );
      expect(read).toBeGreaterThan(100);
    },
    120_000,
  );
});
