import { isUnsafe } from '../../domain/text.ts';
import { isPointer } from '../pointer.ts';
import type { KeyGrammar, TextGrammar } from './shape.ts';
import { findTemplateMistake } from './template.ts';

/** The most characters of one text. */
export const LONGEST_TEXT = 2_000;
/** The most entries of one list or map. */
export const MOST_ENTRIES = 200;

interface Grammar {
  readonly form: RegExp;
  /** Completes "… is not ". */
  readonly what: string;
}

const GRAMMARS: Readonly<Partial<Record<TextGrammar, Grammar>>> = {
  name: { form: /^[a-z][a-z0-9-]{0,38}$/, what: 'a name: small letters, digits and "-"' },
  id: { form: /^[a-z][a-z0-9-]{1,38}$/, what: 'an id: two to 39 small letters, digits and "-"' },
  address: {
    form: /^https:\/\/[a-z0-9.-]+(?::\d{1,5})?(?:\/[\x21-\x7e]*)?$/i,
    what: 'an address that begins with https://',
  },
  origin: {
    form: /^(?:ask|https:\/\/(?=[a-z0-9<])(?:[a-z0-9-]|\.(?!\.)|<setting\.[a-z][a-z0-9-]*>)+(?::\d{1,5})?)$/,
    what: '`https://host` or `ask`',
  },
  call: {
    form: /^(?:GET|POST|PUT|PATCH|DELETE) \/[\x21-\x7e]*$/,
    what: '`METHOD /path`, with one of GET, POST, PUT, PATCH and DELETE',
  },
  date: { form: /^\d{4}-\d{2}-\d{2}$/, what: 'a date: `2026-11-28`' },
};

const KEYS: Readonly<Record<KeyGrammar, Grammar>> = {
  name: { form: /^[a-z][a-z0-9-]{0,38}$/, what: 'a name: small letters, digits and "-"' },
  header: { form: /^[a-z][a-z0-9-]{0,62}$/i, what: 'the name of a header' },
  status: { form: /^[1-5]\d\d$/, what: 'a status of three digits' },
  member: { form: /^(?!(?:__proto__|constructor|prototype)$)[\x20-\x7e]{1,128}$/, what: 'a plain name' },
};

/** What is wrong with a text; null where it is right. Never repeats it: it may be a secret in the wrong place. */
export function findTextMistake(value: string, grammar: TextGrammar): string | null {
  if (value.length > LONGEST_TEXT) return `is longer than ${LONGEST_TEXT} characters`;
  if (isUnsafe(value)) return 'holds control or invisible characters';
  if (grammar === 'pointer')
    return isPointer(value) ? null : 'is not a JSON Pointer: `/member/0`, or "" for the whole answer';
  if (grammar === 'template' || grammar === 'call') {
    const mistake = findTemplateMistake(value);
    if (mistake !== null) return mistake;
  }
  const known = GRAMMARS[grammar];
  return known === undefined || known.form.test(value) ? null : `is not ${known.what}`;
}

export function findKeyMistake(key: string, grammar: KeyGrammar): string | null {
  const { form, what } = KEYS[grammar];
  return form.test(key) ? null : `is not ${what}`;
}

/** The pattern of a text for editors, where it has one. */
export function patternOf(grammar: TextGrammar): string | undefined {
  return GRAMMARS[grammar]?.form.source;
}

export function keyPatternOf(grammar: KeyGrammar): string {
  return KEYS[grammar].form.source;
}
