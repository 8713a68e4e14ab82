import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createLineEditor, type Typed } from '../../../src/cli/terminal/line-editor.ts';

const begin = '\u001b[200~';
const end = '\u001b[201~';

/** Everything typed in these pieces; the last word on it, and what the person saw. */
function type(...pieces: readonly string[]): { readonly last: Typed; readonly seen: string } {
  const editor = createLineEditor();
  let seen = '';
  let last: Typed = { kind: 'more', echo: '' };
  for (const piece of pieces) {
    last = editor.type(piece);
    if (last.kind !== 'more') break;
    seen += last.echo;
  }
  return { last, seen };
}

describe('the line editor', () => {
  it.each([
    ['plain text', 'abc\r', 'abc'],
    ['backspace', 'ab\u007fc\r', 'ac'],
    ['backspace at the start', '\u007f\bab\r', 'ab'],
    ['backspace over a character of two units', 'a😀\u007fb\r', 'ab'],
    ['Ctrl-U', 'abc\u0015d\r', 'd'],
    ['Ctrl-W', 'one two \u0017three\r', 'one three'],
    ['arrows and function keys', 'a\u001b[D\u001bOP\u001b[1;5Cb\u001b[3~\r', 'ab'],
    ['Alt and a letter', 'a\u001bfb\r', 'ab'],
    ['control characters', 'a\u0001\u001a\tb\n', 'ab'],
    ['Ctrl-D after text', 'ab\u0004\r', 'ab'],
    ['a paste', `${begin}abc${end}\r`, 'abc'],
    ['a paste that ends with a line break', `${begin}abc\r\n${end}\r`, 'abc'],
  ])('%s', (_title, text, line) => {
    expect(type(text).last).toEqual({ kind: 'line', line, rest: false });
  });

  it('says that there is more than one line', () => {
    expect(type('a\rb').last).toEqual({ kind: 'line', line: 'a', rest: true });
    expect(type(`${begin}a\rb${end}\r`).last).toMatchObject({ kind: 'line', rest: true });
    expect(type(`${begin}a\r${end}b\r`).last).toMatchObject({ kind: 'line', rest: true });
    expect(type('a\r\n').last).toEqual({ kind: 'line', line: 'a', rest: false });
  });

  it('tells an interruption and an end from a line', () => {
    expect(type('ab\u0003').last).toEqual({ kind: 'interrupt' });
    expect(type('\u0004').last).toEqual({ kind: 'end' });
  });

  it('echoes what was typed, and takes it back from the screen', () => {
    expect(type('ab\u007f', '\u0015').seen).toBe('ab\b \b\b \b');
    expect(type('\u001b[A\u0001').seen).toBe('');
  });

  it('reads the same wherever the input is cut', () => {
    const keys = fc.constantFrom('a', 'ß', '\u007f', '\u0015', '\u0017', begin, end, '\u001b[D', ' ');
    fc.assert(
      fc.property(
        fc.array(keys, { maxLength: 20 }),
        fc.array(fc.nat(60), { maxLength: 6 }),
        (typed, cuts) => {
          const text = `${typed.join('')}${end}\r`;
          const at = [
            0,
            ...[...cuts].sort((a, b) => a - b).map((cut) => Math.min(cut, text.length)),
            text.length,
          ];
          const pieces = at.slice(1).map((to, index) => text.slice(at[index], to));
          expect(type(...pieces).last).toEqual(type(text).last);
        },
      ),
    );
  });
});
