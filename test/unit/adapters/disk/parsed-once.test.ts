import { describe, expect, test } from 'vitest';
import { ParsedOnce } from '../../../../src/adapters/disk/parsed-once.ts';

function counting() {
  const parsed: string[] = [];
  const once = new ParsedOnce(async (bytes) => {
    const text = new TextDecoder().decode(bytes);
    parsed.push(text);
    return { text };
  });
  return { once, parsed };
}

const bytes = (text: string) => new TextEncoder().encode(text);

describe('a file that is parsed once', () => {
  test('the same content is the same document, whoever read the bytes', async () => {
    const { once, parsed } = counting();
    const first = await once.read(bytes('a'));
    expect(await once.read(bytes('a'))).toBe(first);
    expect(await once.read(bytes('b'))).toEqual({ text: 'b' });
    expect(parsed).toEqual(['a', 'b']);
  });
});
