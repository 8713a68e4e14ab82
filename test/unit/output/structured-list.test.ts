import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import type { JsonObject } from '../../../src/domain/json.ts';
import { jsonText, yamlText } from '../../../src/output/structured.ts';
import { jsonList, yamlList } from '../../../src/output/structured-list.ts';

const head = { provider: 'devo', profile: null };
const PAGE = 500;

function* records(count: number): Generator<JsonObject> {
  for (let id = 0; id < count; id += 1)
    yield {
      id: String(id),
      name: 'two\nlines ] } and many words so that it could be folded: \u001b[31m',
      scopes: id % 2 === 0 ? [] : ['a', 'no'],
      attributes: id % 3 === 0 ? {} : { note: `${'x'.repeat(2_000)}\n\n  y` },
      expiresAt: null,
    };
}

async function* pagesOf(items: readonly JsonObject[], error?: Error) {
  yield [];
  for (let at = 0; at < items.length; at += PAGE) yield items.slice(at, at + PAGE);
  if (error) throw error;
}

async function written(pieces: AsyncIterable<string>): Promise<{ pieces: string[]; error: unknown }> {
  const all: string[] = [];
  try {
    for await (const piece of pieces) all.push(piece);
    return { pieces: all, error: null };
  } catch (error) {
    return { pieces: all, error };
  }
}

const listOf = (count: number, error?: Error) => {
  const items = [...records(count)];
  return { items, report: { schema: 'x/1', head, key: 'tokens', pages: pagesOf(items, error) } };
};

describe.each([0, 1, 2, 501, 1_600])('A17: a document of %d records', (count) => {
  it('is the same in parts as in one: json', async () => {
    const { items, report } = listOf(count);
    const { pieces } = await written(jsonList(report));
    expect(pieces.join('')).toBe(`${jsonText({ schema: 'x/1', ...head, tokens: items }, 2)}\n`);
    if (count === 1_600) expect(pieces.length).toBeGreaterThan(2);
  });

  it('is the same in parts as in one: yaml', async () => {
    const { items, report } = listOf(count);
    const { pieces } = await written(yamlList(report));
    expect(pieces.join('') === (await yamlText({ schema: 'x/1', ...head, tokens: items }))).toBe(true);
  });
});

describe('A17: a list that ends with an error', () => {
  const error = new Error('the connection broke');

  it.each([jsonList, yamlList])('leaves nothing where it is short: %o', async (write) => {
    expect(await written(write(listOf(600, error).report))).toEqual({ pieces: [], error });
  });

  it.each([
    ['json', jsonList, (text: string) => JSON.parse(text)],
    ['yaml', yamlList, (text: string) => parse(text)],
  ] as const)('leaves what is no document where it is long: %s', async (_format, write, read) => {
    const { pieces, error: thrown } = await written(write(listOf(1_600, error).report));
    expect(thrown).toBe(error);
    expect(pieces.length).toBeGreaterThan(0);
    expect(() => read(pieces.join(''))).toThrow();
  });
});
