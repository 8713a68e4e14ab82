import { usage } from '../../domain/errors.ts';
import { parseInstant, toInstant } from '../../domain/time.ts';
import type { Token } from '../../domain/token.ts';
import type { Marking, TokenOption, TokenSpec } from '../../ports/provider.ts';
import type { Settings } from '../../ports/request.ts';
import { lastPart } from '../pointer.ts';
import { find } from '../settings.ts';
import { checkName, checkOptions, checkScopes, markName, refuseExpiry } from '../spec.ts';
import type { Definition } from './provider-table.ts';
import { placeholdersOf } from './template.ts';
import type { OptionDefinition } from './token-table.ts';

type Options = readonly (readonly [string, OptionDefinition])[];

export function optionsOf({ options = {} }: Definition): readonly TokenOption[] {
  return Object.entries(options).map(([name, { about, example, choices }]) => ({
    name,
    about,
    placeholder: example ?? 'VALUE',
    ...(choices !== undefined && { choices }),
  }));
}

/** What no token can be made without, so that all that is missing is named at once. */
export function requiredOf(definition: Definition): readonly string[] {
  const { options = {}, scopes } = definition;
  const needed = placeholdersIn(definition)
    .filter(({ isOptional }) => !isOptional)
    .map(({ name }) => name);
  return [
    ...(needed.includes('name') ? ['name'] : []),
    ...Object.entries(options).flatMap(([name, { required }]) => (required ? [name] : [])),
    ...(scopes?.words === 'required' ? ['scope'] : []),
    ...(expiryOf(definition).words === 'required' ? ['expires-in'] : []),
  ];
}

/** Those of a create. */
function placeholdersIn({ tokens }: Definition): ReturnType<typeof placeholdersOf> {
  const { call, query, headers, body, form } = tokens.create ?? { call: '' };
  return [call, query, headers, body, form].flatMap((part) => placeholdersOf(part));
}

export function expiryOf({ expiry = 'none' }: Definition) {
  return typeof expiry === 'string' ? { words: expiry, hint: undefined } : { hint: undefined, ...expiry };
}

/** Refuses a specification that the vendor would refuse or misread, before anything is sent. */
export function checkSpec(definition: Definition, spec: TokenSpec): TokenSpec {
  const options = Object.entries(definition.options ?? {});
  checkOptions(spec, optionsOf(definition));
  checkExpiry(definition, spec);
  const key = spec.idempotencyKey;
  const isSent = placeholdersIn(definition).some(({ name }) => name === 'idempotency-key');
  if (isSent && key !== null && !/^[\x21-\x7e]{8,64}$/.test(key))
    throw usage('the idempotency key does not fit', 'use 8 to 64 plain characters');
  const checked = checkedOptions(options, spec.options);
  return {
    ...spec,
    ...(requiredOf(definition).includes('name') && { name: checkName(spec.name) }),
    scopes: checkedScopes(definition, spec),
    options: checked,
  };
}

function checkExpiry(definition: Definition, spec: TokenSpec): void {
  const { words, hint } = expiryOf(definition);
  if (words === 'none' || words === 'vendor') refuseExpiry(spec, hint ?? 'leave the expiry out');
  if (words === 'required' && spec.expiresAt === null)
    throw usage('the token has no end', hint ?? 'give `--expires-in 30d`');
}

function checkedScopes({ scopes, title }: Definition, spec: TokenSpec): readonly string[] {
  if (scopes === undefined || scopes.words === 'none') {
    if (spec.scopes.length === 0) return spec.scopes;
    throw usage(scopes?.say ?? `${title} has no scopes by name`, scopes?.hint ?? 'leave `--scope` out');
  }
  if (scopes.words === 'optional' && spec.scopes.length === 0) return spec.scopes;
  return checkScopes(spec.scopes, scopes.hint ?? 'give `--scope SCOPE`');
}

function checkedOptions(options: Options, given: Settings): Settings {
  const checked: Record<string, string> = {};
  for (const [name, option] of options) {
    const value = tidy(option, find(given, name) ?? option.default ?? '');
    if (value !== '') checked[name] = value;
    else if (option.required)
      throw usage(`the token has no ${name}`, `give \`--${name} ${option.example ?? 'VALUE'}\``);
  }
  for (const [name, option] of options) checkReach(name, option, checked);
  return checked;
}

function tidy({ several }: OptionDefinition, value: string): string {
  if (!several) return value.trim();
  return [...new Set(value.split(/[\s,]+/).filter((word) => word !== ''))].join(' ');
}

/** An option that belongs to some values of another one. */
function checkReach(name: string, { example, with: needed = {} }: OptionDefinition, checked: Settings): void {
  for (const [other, values] of Object.entries(needed)) {
    const chosen = find(checked, other) ?? '';
    const isNeeded = values.includes(chosen);
    const isGiven = find(checked, name) !== null;
    if (isNeeded && !isGiven)
      throw usage(`a token for "${chosen}" needs "--${name}"`, `give \`--${name} ${example ?? 'VALUE'}\``);
    if (!isNeeded && isGiven)
      throw usage(
        `a token for "${chosen}" takes no "--${name}"`,
        `leave it out, or give \`--${other} ${values[0] ?? ''}\``,
      );
  }
}

/** The specification that makes a token like this one. */
export function specOf({ options = {}, scopes }: Definition, token: Token): TokenSpec {
  const carried = Object.entries(options).flatMap(([name, { told }]) => {
    const value = told === undefined ? undefined : token.attributes[lastPart(told)];
    if (value === undefined || value === null) return [];
    return [[name, typeof value === 'string' ? value : JSON.stringify(value)] as const];
  });
  const hasScopes = scopes !== undefined && scopes.words !== 'none';
  return {
    name: token.name,
    scopes: hasScopes ? (token.scopes ?? []) : [],
    expiresAt: null,
    options: Object.fromEntries(carried),
    idempotencyKey: null,
  };
}

export function markingOf({ rotation }: Definition): Marking | undefined {
  const { mark, replay = 'duplicates' } = rotation;
  if (mark === undefined) return undefined;
  return {
    mark: (spec, marker, now) => ({
      ...spec,
      ...(mark.includes('name') && { name: markName(spec.name, marker, now) }),
      ...(mark.includes('idempotency-key') && { idempotencyKey: `keyturn-${marker}` }),
      ...(mark.includes('expiry-seconds') && { expiresAt: markExpiry(spec.expiresAt, marker, now) }),
    }),
    isMarked: (token, marked) =>
      mark.includes('name')
        ? marked.name !== null && token.name === marked.name
        : marked.expiresAt !== null && isSameSecond(token.expiresAt, marked.expiresAt),
    replay,
  };
}

/** The end within the same minute, its seconds taken from the marker: the one trace that a list shows. */
function markExpiry(expiresAt: string | null, marker: string, now: number): string | null {
  const ms = parseInstant(expiresAt);
  if (ms === null) return expiresAt;
  const marked = Math.floor(ms / 60_000) * 60_000 + (Number.parseInt(marker.slice(0, 8), 16) % 60) * 1_000;
  return marked > now ? toInstant(marked) : expiresAt;
}

function isSameSecond(a: string | null, b: string | null): boolean {
  const [left, right] = [parseInstant(a), parseInstant(b)];
  return left !== null && right !== null && Math.floor(left / 1_000) === Math.floor(right / 1_000);
}
