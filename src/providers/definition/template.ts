import { usage } from '../../domain/errors.ts';
import type { Json, JsonObject } from '../../domain/json.ts';
import { path as pathOf } from '../path.ts';
import { shapedValue, textOf, VALUE_FORMS } from './value-forms.ts';

/** What placeholders are filled with, by name. An absent, null or empty value leaves an optional member out. */
export interface Values {
  /** The time of the request, for forms that count from it. */
  readonly now: number;
  readonly named: ReadonlyMap<string, Json>;
  /** The error for a value that is needed and not there. */
  missing(name: string): Error;
}

interface Placeholder {
  readonly name: string;
  readonly form: string | undefined;
  readonly isOptional: boolean;
}

type Part = string | Placeholder;

const PLACEHOLDER = /<([a-z][a-z0-9.-]{0,80})(?:\|([a-z-]{1,20}))?(\?)?>/g;

/** A template as its texts and placeholders. */
export function partsOfTemplate(template: string): readonly Part[] {
  const parts: Part[] = [];
  let end = 0;
  for (const match of template.matchAll(PLACEHOLDER)) {
    if (match.index > end) parts.push(template.slice(end, match.index));
    const [whole, name = '', form, optional] = match;
    parts.push({ name, form, isOptional: optional !== undefined });
    end = match.index + whole.length;
  }
  if (end < template.length) parts.push(template.slice(end));
  return parts;
}

/** What is wrong with the placeholders of a text, whatever they name. */
export function findTemplateMistake(template: string): string | null {
  const parts = partsOfTemplate(template);
  if (parts.some((part) => typeof part === 'string' && /<[a-z][^<>]*>/i.test(part)))
    return 'holds a placeholder that keyturn does not know; it writes `<name>`, `<name|form>` and `<name?>`';
  const odd = parts.find(
    (part): part is Placeholder =>
      typeof part !== 'string' && part.form !== undefined && !VALUE_FORMS.has(part.form),
  );
  return odd === undefined
    ? null
    : `uses the form "${odd.form}", and there are ${[...VALUE_FORMS].join(', ')}`;
}

/** Every placeholder of a text, a list or an object. */
export function placeholdersOf(template: Json | undefined): readonly Placeholder[] {
  if (typeof template === 'string')
    return partsOfTemplate(template).filter((part): part is Placeholder => typeof part !== 'string');
  if (typeof template !== 'object' || template === null) return [];
  return Object.values(template).flatMap(placeholdersOf);
}

/** Undefined where an optional value is absent. */
export function fillText(
  template: string,
  values: Values,
  encode: (value: string) => string = (value) => value,
): string | undefined {
  let text = '';
  for (const part of partsOfTemplate(template)) {
    if (typeof part === 'string') text += part;
    else {
      const value = take(part, values);
      if (value === undefined) return undefined;
      text += encode(textOf(value));
    }
  }
  return text;
}

/** A path; each value stays within its segment. */
export function fillPath(template: string, values: Values): string {
  return fillText(template, values, (value) => pathOf`${value}`) ?? '/';
}

export function fillMap(
  templates: Readonly<Record<string, string>>,
  values: Values,
): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(templates).flatMap(([name, template]) => {
      const text = fillText(template, values);
      return text === undefined ? [] : [[name, text] as const];
    }),
  );
}

/** A text that is one placeholder takes the value as it is: a list, a number. */
export function fillJson(template: Json, values: Values): Json | undefined {
  if (typeof template === 'string') {
    const parts = partsOfTemplate(template);
    const [only] = parts;
    if (parts.length === 1 && only !== undefined && typeof only !== 'string') return take(only, values);
    return fillText(template, values);
  }
  if (isList(template)) return template.flatMap((item) => fillJson(item, values) ?? []);
  return typeof template === 'object' && template !== null ? fillObject(template, values) : template;
}

export function fillObject(template: JsonObject, values: Values): JsonObject {
  return Object.fromEntries(
    Object.entries(template).flatMap(([name, inner]) => {
      const value = inner === undefined ? undefined : fillJson(inner, values);
      return value === undefined ? [] : [[name, value] as const];
    }),
  );
}

function take({ name, form, isOptional }: Placeholder, { named, now, missing }: Values): Json | undefined {
  const value = named.get(name);
  if (value === undefined || value === null || value === '' || (isList(value) && value.length === 0)) {
    if (isOptional) return undefined;
    throw missing(name);
  }
  if (form === undefined) return value;
  const shaped = shapedValue(value, form, now);
  if (shaped === undefined)
    throw usage(`"${name}" cannot be written as ${form}`, 'check the value; nothing was sent');
  return shaped;
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}
