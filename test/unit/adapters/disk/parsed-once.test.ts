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

  test('what was taken to be changed is given to nobody else', async () => {
    const { once, parsed } = counting();
    const first = await once.read(bytes('a'));
    const taken = await once.take(bytes('a'));
    expect(taken).toBe(first);
    taken.text = 'changed';
    expect(await once.read(bytes('a'))).toEqual({ text: 'a' });
    expect(parsed).toEqual(['a', 'a']);
  });

  test('what was given back unchanged is read again without parsing', async () => {
    const { once, parsed } = counting();
    const taken = await once.take(bytes('a'));
    once.giveBack(bytes('a'), taken);
    expect(await once.read(bytes('a'))).toBe(taken);
    expect(parsed).toEqual(['a']);
  });

  test('another content does not take the document of this one', async () => {
    const { once } = counting();
    await once.read(bytes('a'));
    expect(await once.take(bytes('b'))).toEqual({ text: 'b' });
  });
});
