import { mayBeShownAs } from './marked-name.ts';
import type { Instant } from './time.ts';
import type { UnreadableDates } from './token.ts';

/** What was asked for when a token was created. Null, or no scopes: nothing was asked. */
export interface Asked {
  readonly name: string | null;
  readonly scopes: readonly string[];
  readonly expiresAt: Instant | null;
}

/** What the provider says that the token has. Null scopes or name: it does not say. */
export interface Given {
  readonly name: string | null;
  readonly scopes: readonly string[] | null;
  readonly expiresAt: Instant | null;
  readonly unreadable?: UnreadableDates;
  /** Whether nobody but an answer that names no end could be asked. */
  readonly isEndUntold?: boolean;
}

export interface Difference {
  readonly field: 'name' | 'scopes' | 'expiresAt';
  /** `asked to end at 2026-12-01T00:00:00Z; the provider says that it never ends` */
  readonly text: string;
  /** Whether the provider only writes the same thing in its own way (a name in lower case). */
  readonly isSpelling: boolean;
}

const MINUTE_MS = 60_000;

/** Where what was given differs from what was asked for. Instants within a minute are the same, scopes are a set. */
export function findDifferences(asked: Asked, given: Given): readonly Difference[] {
  return [...compareEnd(asked, given), ...compareScopes(asked, given), ...compareName(asked, given)];
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
  if (expiresAt === null || (given.expiresAt !== null && isSameMinute(expiresAt, given.expiresAt))) return [];
  const says = given.isEndUntold
    ? 'the answer of the provider names no end'
    : `the provider says that it ${describeEnd(given)}`;
  const text = `asked to end at ${expiresAt}; ${says}`;
  return [{ field: 'expiresAt', text, isSpelling: false }];
}

function compareScopes({ scopes }: Asked, given: Given): readonly Difference[] {
  if (scopes.length === 0 || given.scopes === null) return [];
  const [asked, got] = [new Set(scopes), new Set(given.scopes)];
  if (asked.size === got.size && [...asked].every((scope) => got.has(scope))) return [];
  const shown = got.size === 0 ? 'none' : [...got].slice(0, 10).join(' ').slice(0, 200);
  const text = `asked for the scopes ${[...asked].join(' ')}; the provider says ${shown}`;
  return [{ field: 'scopes', text, isSpelling: false }];
}

function compareName({ name }: Asked, given: Given): readonly Difference[] {
  if (name === null || given.name === null || name === given.name) return [];
  const text = `asked for the name "${name}"; the provider says "${given.name.slice(0, 200)}"`;
  return [{ field: 'name', text, isSpelling: isSpelling(name, given.name) }];
}

function isSpelling(asked: string, given: string): boolean {
  return asked.trim().toLowerCase() === given.trim().toLowerCase() || mayBeShownAs(asked, given);
}
