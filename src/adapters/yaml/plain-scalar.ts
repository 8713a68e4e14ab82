/**
 * A plain word: no YAML indicator at the start, no white space, and no character that would end it inside brackets. It may
 * begin with a dash before a letter, a digit, `_` or `-`, because a sealed secret may.
 */
const WORD =
  '(?:[A-Za-z0-9_/.+=]|-(?=[A-Za-z0-9_-]))(?:[A-Za-z0-9_/.+=@:#*~!$%^&?;|<>()-]*[A-Za-z0-9_/.+=@#*~!$%^&?;|<>()-])?';
/** One value or key of the YAML that keyturn writes: words with one space between, or a quoted text without escapes. */
const SCALAR = `(?:"[ !#-[\\]-~]*"|${WORD}(?: ${WORD})*)`;
const ONE_SCALAR = new RegExp(`^${SCALAR}$`);
const FLOW_ITEM = new RegExp(` *(${SCALAR}) *(,|$)`, 'y');
const FLOW_PAIR = new RegExp(` *(${SCALAR}): +(${SCALAR}) *(,|$)`, 'y');

const NOTHING = /^(?:null|Null|NULL)$/;
const YES_OR_NO = /^(?:true|True|TRUE|false|False|FALSE)$/;
const WHOLE = /^\d{1,15}$/;
/** Looks like a number. If it is not {@link WHOLE}, the YAML library must interpret it. */
const NUMBER =
  /^[-+]?(?:0[xo][\da-fA-F]+|\.?\d+\.?\d*(?:[eE][-+]?\d+)?|\.inf|\.Inf|\.INF)$|^\.(?:nan|NaN|NAN)$/;

/** What a scalar stands for, as the library reads it. */
export interface ScalarMeaning {
  readonly value: string | number | boolean | null;
  readonly text: string | null;
}

export function isScalar(text: string): boolean {
  return ONE_SCALAR.test(text);
}

/** The meaning of a scalar that {@link isScalar} accepts; null if the YAML library must interpret it. */
export function meaningOf(scalar: string): ScalarMeaning | null {
  if (scalar.startsWith('"')) {
    const text = scalar.slice(1, -1);
    return { value: text, text };
  }
  if (WHOLE.test(scalar)) return { value: Number(scalar), text: scalar };
  if (NOTHING.test(scalar)) return { value: null, text: null };
  if (YES_OR_NO.test(scalar)) return { value: /^t/i.test(scalar), text: scalar };
  return NUMBER.test(scalar) ? null : { value: scalar, text: scalar };
}

/** The string value of a scalar; null if the scalar is, or may be, something other than a string. */
export function textOf(scalar: string): string | null {
  const meaning = ONE_SCALAR.test(scalar) ? meaningOf(scalar) : null;
  return typeof meaning?.value === 'string' ? meaning.value : null;
}

/** The scalars of `[ a, b ]`. Null where it holds anything else. */
export function flowItems(text: string): readonly string[] | null {
  if (!text.startsWith('[') || !text.endsWith(']')) return null;
  return matchAll(FLOW_ITEM, text.slice(1, -1))?.map(([, item = '']) => item) ?? null;
}

/** The keys and values of `{ a: b }`. Null where it holds anything else. */
export function flowPairs(text: string): readonly (readonly [key: string, value: string])[] | null {
  if (!text.startsWith('{') || !text.endsWith('}')) return null;
  const found = matchAll(FLOW_PAIR, text.slice(1, -1));
  return found?.map(([, key = '', value = '']): [string, string] => [key, value]) ?? null;
}

/** The items between brackets; the last group of the pattern is the comma behind one. */
function matchAll(pattern: RegExp, text: string): readonly RegExpExecArray[] | null {
  const found: RegExpExecArray[] = [];
  if (text.trim() === '') return found;
  pattern.lastIndex = 0;
  for (let comma = ','; comma !== ''; ) {
    const item = pattern.exec(text);
    if (!item) return null;
    found.push(item);
    comma = item.at(-1) ?? '';
  }
  return pattern.lastIndex === text.length ? found : null;
}
