/** What a terminal sent. `echo` is what the person sees of it. */
export type Typed =
  | { readonly kind: 'more'; readonly echo: string }
  | { readonly kind: 'line'; readonly line: string; readonly rest: boolean }
  | { readonly kind: 'interrupt' }
  | { readonly kind: 'end' };

/** One line typed or pasted at a terminal in raw mode. */
export interface LineEditor {
  /** A chunk of input; the sequences of keys and pastes may be cut anywhere. */
  type(text: string): Typed;
}

const CTRL_C = '\u0003';
const CTRL_D = '\u0004';
const CTRL_U = '\u0015';
const CTRL_W = '\u0017';
const ESCAPE = '\u001b';
const PASTE_BEGINS = '200~';
const PASTE_ENDS = '201~';

export function createLineEditor(): LineEditor {
  let line: readonly string[] = [];
  /** What follows an escape character: null outside of a sequence. */
  let sequence: string | null = null;
  let pasting = false;
  /** A line break at the end of a paste is copied along with the text; one inside it means that the wrong text was pasted. */
  let brokenPaste = false;
  let severalLines = false;

  const erase = (count: number): string => {
    line = line.slice(0, line.length - count);
    return '\b \b'.repeat(count);
  };

  const add = (character: string): string => {
    if (brokenPaste) severalLines = true;
    line = [...line, character];
    return character;
  };

  const edit = (character: string): string => {
    if (character === '\u007f' || character === '\b') return erase(line.length > 0 ? 1 : 0);
    if (character === CTRL_U) return erase(line.length);
    if (character === CTRL_W) return erase([...(/\S*\s*$/u.exec(line.join(''))?.[0] ?? '')].length);
    return character < ' ' ? '' : add(character);
  };

  const skip = (character: string): void => {
    sequence = `${sequence ?? ''}${character}`;
    // ESC x, or ESC [ and parameters up to a letter or "~" (ECMA-48); anything else ends it too.
    if (sequence === '[' || sequence === 'O' || /^\[[0-9;?]+$/.test(sequence)) return;
    if (sequence === `[${PASTE_BEGINS}`) pasting = true;
    if (sequence === `[${PASTE_ENDS}`) pasting = false;
    sequence = null;
  };

  return {
    type(text) {
      let echo = '';
      const characters = [...text];
      for (const [at, character] of characters.entries()) {
        if (sequence !== null) skip(character);
        else if (character === ESCAPE) sequence = '';
        else if (character === CTRL_C) return { kind: 'interrupt' };
        else if (character === CTRL_D && line.length === 0) return { kind: 'end' };
        else if (character !== '\r' && character !== '\n') echo += edit(character);
        else if (pasting) brokenPaste = true;
        else {
          const rest = /[^\r\n]/.test(characters.slice(at + 1).join(''));
          return { kind: 'line', line: line.join(''), rest: rest || severalLines };
        }
      }
      return { kind: 'more', echo };
    },
  };
}
