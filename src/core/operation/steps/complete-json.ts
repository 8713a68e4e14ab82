/**
 * The longest prefix of a JSON text that can be closed into a whole document: a token that arrived before the
 * connection broke is worth more than none. Values that were cut in the middle are left out, never guessed; null when
 * nothing usable is there. What comes out must be proven at the provider before it is relied on.
 */
export function completeJson(text: string): string | null {
  const open: string[] = [];
  let best: string | null = null;
  let inString = false;
  let expectsKey = false;
  let isKey = false;

  for (let at = 0; at < text.length; at += 1) {
    const character = text[at];
    if (inString) {
      if (character === '\\') at += 1;
      else if (character === '"') {
        inString = false;
        if (!isKey) best = closeAt(text, at + 1, open);
      }
    } else if (character === '"') {
      inString = true;
      isKey = expectsKey;
      expectsKey = false;
    } else if (character === '{' || character === '[') {
      open.push(character === '{' ? '}' : ']');
      expectsKey = character === '{';
    } else if (character === '}' || character === ']') {
      if (open.pop() !== character) return null;
      best = closeAt(text, at + 1, open);
    } else if (character === ',') {
      // A number or a word is whole only when something follows it.
      best = closeAt(text, at, open);
      expectsKey = open.at(-1) === '}';
    }
  }
  return best;
}

function closeAt(text: string, end: number, open: readonly string[]): string {
  return text.slice(0, end) + [...open].reverse().join('');
}
