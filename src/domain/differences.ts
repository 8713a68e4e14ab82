import { mayBeShownAs } from './marked-name.ts';
import type { Instant } from './time.ts';
import type { UnreadableDates } from './token.ts';

/** What was asked for when a token was created. Null, or no scopes: nothing was asked. */
export interface Asked {
  readonly name: string | null;
  readonly scopes: readonly string[];
  readonly expiresAt: Instant | null;
  /** The provider's own options, under the names of `tokens create`. */
  readonly options?: Readonly<Record<string, string>>;
}

/** What the provider says that the token has. Null scopes or name: it does not say. */
export interface Given {
  readonly name: string | null;
  readonly scopes: readonly string[] | null;
  readonly expiresAt: Instant | null;
  readonly unreadable?: UnreadableDates;
  /** As far as the provider tells them. */
  readonly options?: Readonly<Record<string, string>>;
  /** Whether nobody but an answer that names no end could be asked. */
  readonly isEndUntold?: boolean;
}

export interface Difference {
  readonly field: 'name' | 'scopes' | 'expiresAt' | 'options' | 'id';
  /** `asked to end at 2026-12-01T00:00:00Z; the provider says that it never ends` */
  readonly text: string;
  /**
   * Whether it is told and stops no rotation: the provider cuts a name, writes it in lower case or without blanks, or gives an end where
   * none was asked for.
   */
  readonly isMinor: boolean;
}

const MINUTE_MS = 60_000;

/** Where what was given differs from what was asked for. Instants within a minute are the same, scopes are a set. */
export function findDifferences(asked: Asked, given: Given): readonly Difference[] {
  return [
    ...compareEnd(asked, given),
    ...compareScopes(asked, given),
    ...compareOptions(asked, given),
    ...compareName(asked, given),
  ];
}

/** Providers cut fractions and seconds; nobody plans by less than a minute. */
export function isSameMinute(a: Instant, b: Instant): boolean {
  return Math.abs(Date.parse(a) - Date.parse(b)) < MINUTE_MS;
}

/** `ends at …`, `never ends`, or the text that cannot be read. */
export function describeEnd(given: Pick<Given, 'expiresAt' | 'unreadable'> | null): string {
  const text = given?.unreadable?.expiresAt;
  if (text !== undefined) return `ends at "${text.slice(0, 40)}", which keyturn cannot read`;
  return given?.expiresAt ? `ends at ${given.expiresAt}` : 'never ends';
}

function compareEnd({ expiresAt }: Asked, given: Given): readonly Difference[] {
  if (expiresAt === null) return compareUnasked(given);
  if (given.expiresAt !== null && isSameMinute(expiresAt, given.expiresAt)) return [];
  const says = given.isEndUntold
    ? 'the answer of the provider names no end'
    : `the provider says that it ${describeEnd(given)}`;
  const text = `asked to end at ${expiresAt}; ${says}`;
  return [{ field: 'expiresAt', text, isMinor: false }];
}

/** A provider may end a token by itself: whoever planned for one without an end must hear of it. */
function compareUnasked(given: Given): readonly Difference[] {
  if (given.expiresAt === null && given.unreadable?.expiresAt === undefined) return [];
  const text = `asked for no end; the provider says that it ${describeEnd(given)}`;
  return [{ field: 'expiresAt', text, isMinor: true }];
}

/** An option that the provider does not tell proves nothing. Several words are a set, as a list of audiences is. */
function compareOptions({ options = {} }: Asked, given: Given): readonly Difference[] {
  return Object.entries(options).flatMap(([name, value]): Difference[] => {
    const told = given.options?.[name];
    if (told === undefined || wordsOf(told) === wordsOf(value)) return [];
    const text = `asked for the ${name.replaceAll('-', ' ')} "${value}"; the provider says "${told.slice(0, 200)}"`;
    return [{ field: 'options', text, isMinor: false }];
  });
}

function wordsOf(value: string): string {
  const words = value.toLowerCase().split(/[\s,]+/);
  return [...new Set(words.filter((word) => word !== ''))].sort().join(' ');
}

function compareScopes({ scopes }: Asked, given: Given): readonly Difference[] {
  if (scopes.length === 0 || given.scopes === null) return [];
  const [asked, got] = [new Set(scopes), new Set(given.scopes)];
  if (asked.size === got.size && [...asked].every((scope) => got.has(scope))) return [];
  const shown = got.size === 0 ? 'none' : [...got].slice(0, 10).join(' ').slice(0, 200);
  const text = `asked for the scopes ${[...asked].join(' ')}; the provider says ${shown}`;
  return [{ field: 'scopes', text, isMinor: false }];
}

function compareName({ name }: Asked, given: Given): readonly Difference[] {
  if (name === null || given.name === null || name === given.name) return [];
  const text = `asked for the name "${name}"; the provider says "${given.name.slice(0, 200)}"`;
  return [{ field: 'name', text, isMinor: isSameName(name, given.name) }];
}

/** Whether two names differ in case, in blanks around them, or by a cut end alone. Anything added makes another name. */
function isSameName(asked: string, given: string): boolean {
  if (asked.trim().toLowerCase() === given.trim().toLowerCase()) return true;
  return given.length < asked.length && mayBeShownAs(asked, given);
}
