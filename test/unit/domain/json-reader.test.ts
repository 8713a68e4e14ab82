import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { JsonReader } from '../../../src/domain/json-reader.ts';
import { parseJsonBytes } from '../../../src/domain/parse-json.ts';

const bytes = (text: string) => new TextEncoder().encode(text);

function readIn(size: number, body: Uint8Array): unknown {
  const reader = new JsonReader();
  for (let at = 0; at < body.length; at += size) reader.push(body.subarray(at, at + size));
  return reader.end() ?? null;
}

function outcome(read: () => unknown): unknown {
  try {
    return { value: read() };
  } catch (error) {
    return { message: String(error) };
  }
}

describe('A17: JSON that arrives in pieces', () => {
  it('reads as it would in one', () => {
    fc.assert(
      fc.property(fc.json(), fc.integer({ min: 1, max: 9 }), (text, size) => {
        expect(readIn(size, bytes(text))).toEqual(parseJsonBytes(bytes(text)));
      }),
      { numRuns: 500 },
    );
  });

  it.each([
    '\uFEFF{"a":"\uFEFF"}',
    '"ä😀\\u00e4\\ud83d\\ude00\\"\\\\"',
    '[true,false,null,-1.5e3,9007199254740993]',
    ' ',
    '',
    '{"a":1,"a":1}',
    '{"a":1,"a":2}',
    '01',
    'tru',
    '"a',
    '[1 2]',
    '{"a"}',
    '\u001f\u008b',
  ])('or is refused alike, byte by byte: %j', (text) => {
    const whole = outcome(() => parseJsonBytes(bytes(text)));
    for (const size of [1, 2, 3, 5]) expect(outcome(() => readIn(size, bytes(text)))).toEqual(whole);
  });

  it('is refused where a text is cut UTF-8, and named where it is compressed', () => {
    expect(outcome(() => readIn(1, Uint8Array.of(0x22, 0xc3, 0x22)))).toEqual(
      outcome(() => parseJsonBytes(Uint8Array.of(0x22, 0xff, 0x22))),
    );
    expect(outcome(() => readIn(1, Uint8Array.of(0x1f, 0x8b, 8, 0, 0)))).toMatchObject({
      message: expect.stringContaining('gzip'),
    });
  });
});

describe('A17: a long list', () => {
  const records = Array.from({ length: 20_000 }, (_, id) => ({ id, name: `token ${id}` }));
  const document = JSON.stringify({ data: { tokens: records, total: 20_000 } });

  it('is handed over while it arrives, each record once and in order', () => {
    const taken: unknown[] = [];
    const reader = new JsonReader({
      take: (path, part) => {
        expect(path).toEqual(['data', 'tokens']);
        return taken.push(...part) > 0;
      },
    });
    for (let at = 0; at < document.length; at += 1_000) reader.push(bytes(document.slice(at, at + 1_000)));
    const rest = JSON.parse(JSON.stringify(reader.end()));
    expect(taken.length).toBeGreaterThan(15_000);
    expect(rest.data.tokens.length).toBeGreaterThan(0);
    expect([...taken, ...rest.data.tokens].map((each) => JSON.stringify(each))).toEqual(
      records.map((each) => JSON.stringify(each)),
    );
    expect(rest.data.total).toBe(20_000);
  });

  it('stays whole where it is not wanted', () => {
    const reader = new JsonReader({ take: () => false });
    reader.push(bytes(document));
    expect(JSON.stringify(reader.end())).toBe(document);
  });
});

const MIB = 1024 * 1024;
const times = (text: string, size: number) => text.repeat(Math.ceil(size / text.length));

describe('A17: 1 MB of hostile JSON', () => {
  it.each([
    ['empty objects', `[${times('{},', MIB)}{}]`],
    ['deep lists', `[${times(`${'['.repeat(97)}${']'.repeat(97)},`, MIB)}1]`],
    ['nested too deeply', times('[', MIB)],
    ['closing brackets', times(']', MIB)],
    ['many fields', `{${Array.from({ length: 70_000 }, (_, n) => `"key-${n}":1`).join()}}`],
    ['the same field', `{${times('"a":{"b":[1,2,3]},', MIB)}"a":{"b":[1,2,3]}}`],
    ['escapes', `"${times('\\n', MIB)}`],
    ['numbers', `[${times('1.5,', MIB)}`],
    ['white space', times(' ', MIB)],
    ['quotation marks', times('"",', MIB)],
  ])('costs at most 200 ms: %s', (_what, text) => {
    const body = bytes(text);
    const cost = () => {
      const start = process.cpuUsage();
      outcome(() => readIn(64 * 1024, body));
      const { user, system } = process.cpuUsage(start);
      return (user + system) / 1_000;
    };
    // Twice and a half: the machine of a test is a busy one.
    expect(Math.min(cost(), cost(), cost())).toBeLessThan(500);
  });
});
