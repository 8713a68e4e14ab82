import { decodeView, toView, type View } from './decoded-view.ts';
import { SHORTEST_MASKED } from './masking.ts';
import { secretForms } from './secret-forms.ts';
import { joinStretches, type Stretch } from './stretch.ts';

/** So many letters and digits in a row, of a secret or of an encoding of it, are no chance. */
const WINDOW = 12;
/** Percent signs of percent signs, JSON in JSON: nobody encodes more often than this. */
const DEEPEST = 4;
/** A longer secret is looked for by its beginning. In characters. */
const LONGEST = 8_192;

/** Pieces of a secret by their length: letters and digits only, in lower case. */
type Pieces = ReadonlyMap<number, ReadonlySet<string>>;

/**
 * Finds a secret, or a part of it, however it is spaced, punctuated, cased, escaped or encoded: what is compared are letters
 * and digits, in the text as it is and with its escapes undone.
 */
export function findTraces(text: string, secret: string): readonly Stretch[] {
  const pieces = piecesOf(secret.slice(0, LONGEST));
  const ranges: Stretch[] = [];
  let view = toView(text);
  for (let depth = 0; depth < DEEPEST; depth += 1) {
    ranges.push(...findPieces(view, pieces, secret));
    const decoded = decodeView(view);
    if (decoded.length === view.length) break;
    view = decoded;
  }
  return joinStretches(ranges);
}

function piecesOf(secret: string): Pieces {
  const bytes = Array.from(new TextEncoder().encode(secret));
  const forms = [
    ...secretForms(secret),
    // How percent-encoded UTF-8 and `0x70, 0x66` read in a view of characters.
    bytes.map((byte) => String.fromCharCode(byte)).join(''),
    bytes.map((byte) => byte.toString(16).padStart(2, '0')).join('0x'),
  ];
  const pieces = new Map<number, Set<string>>();
  for (const form of new Set(forms.map(lettersOf))) {
    const size = Math.min(form.length, WINDOW);
    if (size < SHORTEST_MASKED) continue;
    const found = pieces.get(size) ?? new Set();
    for (let at = 0; at + size <= form.length; at += 1) found.add(form.slice(at, at + size));
    pieces.set(size, found);
  }
  return pieces;
}

function lettersOf(text: string): string {
  return toView(text)
    .map(({ letters }) => letters)
    .join('');
}

function findPieces(view: View, pieces: Pieces, secret: string): Stretch[] {
  const letters: string[] = [];
  const places: number[] = [];
  for (const [place, unit] of view.entries()) {
    for (const letter of unit.letters) {
      letters.push(letter);
      places.push(place);
    }
  }
  const text = letters.join('');
  const ranges: Stretch[] = [];
  for (const [size, found] of pieces) {
    for (let at = 0; at + size <= text.length; at += 1) {
      if (found.has(text.slice(at, at + size)))
        ranges.push(widen(view, places[at] ?? 0, places[at + size - 1] ?? 0, secret));
    }
  }
  return ranges;
}

/** Over what touches it and may belong to it: punctuation of the secret, the padding of base64. */
function widen(view: View, first: number, last: number, secret: string): Stretch {
  const belongs = (place: number) => {
    const unit = view[place];
    return unit?.letters === '' && (unit.character === '=' || secret.includes(unit.character));
  };
  let [from, to] = [first, last];
  while (belongs(from - 1) && view[from - 1]?.end === view[from]?.start) from -= 1;
  while (belongs(to + 1) && view[to]?.end === view[to + 1]?.start) to += 1;
  return { start: view[from]?.start ?? 0, end: view[to]?.end ?? 0 };
}
