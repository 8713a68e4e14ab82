import { toInstant } from '../../domain/time.ts';
import type { Token, TokenStatus } from '../../domain/token.ts';
import {
  attributes,
  count,
  dates,
  type Fields,
  flag,
  id,
  instant,
  pick,
  status,
  text,
  words,
} from '../decode.ts';
import { lastPart } from '../pointer.ts';
import { dateValue } from './dates.ts';
import { formsOf, hasForm } from './form.ts';
import type { Definition } from './provider-table.ts';
import { listOf } from './several.ts';
import type { StatusRule } from './token-table.ts';
import type { InsideRule } from './value-tables.ts';

type Places = string | readonly string[] | undefined;

/** The names that a pointer of a list or an item is known by in answers that wrap it otherwise. */
export function lastNames(places: Places): readonly string[] {
  return listOf(places)
    .map(lastPart)
    .filter((name) => name !== '');
}

/** One row of a list, or the thing that an answer is about, as a token. */
export function tokenOf({ token, options = {} }: Definition, fields: Fields): Token {
  const told = Object.values(options).flatMap((option) => option.told ?? []);
  return {
    id: id(fields, ...listOf(token.id)),
    name: text(fields, ...listOf(token.name)),
    status: statusOf(token.status ?? [], fields),
    scopes: scopesOf(token.scopes, fields),
    ...datesOf(token, fields),
    createdBy: text(fields, ...listOf(token.by)),
    attributes: withoutSecrets(token, attributes(fields, ...new Set([...(token.show ?? []), ...told]))),
  };
}

export function scopesOf(places: Places, fields: Fields): readonly string[] | null {
  return places === undefined ? null : words(fields, ...listOf(places));
}

/** A shown value of the published form of a secret is one, wherever the vendor puts it. */
function withoutSecrets(
  { secretForm }: Definition['token'],
  shown: Token['attributes'],
): Token['attributes'] {
  const known = formsOf(secretForm).filter(({ starts }) => starts !== undefined);
  if (known.length === 0) return shown;
  return Object.fromEntries(
    Object.entries(shown).filter(
      ([, value]) => typeof value !== 'string' || !known.some((form) => hasForm(value, form)),
    ),
  );
}

/** A lifetime in seconds stands in for an end that cannot be read. */
function datesOf(token: Definition['token'], fields: Fields) {
  const read = dates(dated(token, fields), {
    createdAt: ['created'],
    expiresAt: ['expires'],
    lastUsedAt: ['used'],
  });
  const seconds = token.life === undefined ? null : count(fields, token.life);
  if (read.unreadable?.expiresAt === undefined || read.createdAt === null || !seconds) return read;
  const { expiresAt: _, ...others } = read.unreadable;
  const isUnreadable = Object.keys(others).length > 0;
  const { unreadable: __, ...readable } = read;
  const expiresAt = toInstant(Date.parse(read.createdAt) + seconds * 1_000);
  return { ...readable, expiresAt, ...(isUnreadable && { unreadable: others }) };
}

/** The dates of a token under plain names, each in the first place that says something else than "none". */
function dated(token: Definition['token'], fields: Fields): Fields {
  const { created, expires, used } = token;
  return {
    created: dateValue(fields, created),
    expires: dateValue(fields, expires),
    used: dateValue(fields, used),
  };
}

function statusOf(rules: readonly StatusRule[], fields: Fields): TokenStatus {
  for (const rule of rules) {
    const places = listOf(rule.at);
    if (rule.means === 'told') {
      const told = status(fields, ...places);
      if (told !== null) return told;
    } else if (holds(rule, fields)) return rule.means;
  }
  return 'active';
}

type Rule = Pick<StatusRule & InsideRule, 'is' | 'present' | 'least' | 'date'> & { readonly at: Places };

/** Whether a rule about a row, or about a whole answer, holds. */
export function holds(rule: Rule, fields: Fields): boolean {
  const { is, present, least, date } = rule;
  const places = listOf(rule.at);
  if (date !== undefined) return (instant(fields, ...places) !== null) === date;
  const found = pick(fields, places);
  if (present !== undefined) return (found !== undefined) === present;
  if (least !== undefined) return typeof found !== 'object' && Number(found) >= least;
  if (typeof is === 'boolean') return flag(fields, ...places) === is;
  return is !== undefined && typeof found !== 'object' && String(found) === String(is);
}
