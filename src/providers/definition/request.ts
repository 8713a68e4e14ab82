import { type AppError, usage } from '../../domain/errors.ts';
import type { Json, JsonObject } from '../../domain/json.ts';
import type { Setting, TokenSpec, TokenTarget } from '../../ports/provider.ts';
import type { HttpRequest, Settings } from '../../ports/request.ts';
import { notAddressable } from '../path.ts';
import { find, needed } from '../settings.ts';
import type { Definition } from './provider-table.ts';
import type { RequestDefinition } from './request-table.ts';
import { fillMap, fillObject, fillPath, type Values } from './template.ts';

/** A definition with what is made from it once. */
export interface Made {
  readonly definition: Definition;
  readonly settings: readonly Setting[];
}

/** What a call is filled with, beside the settings. */
export type Filling = Readonly<Record<string, Json | undefined>>;

/** A call of the definition as a request. Throws a usage error for a value that it needs and does not have. */
export function requestOf(
  made: Made,
  request: RequestDefinition,
  { settings, filling = {}, now = Number.NaN }: RequestInput,
): HttpRequest {
  const { definition } = made;
  const values = valuesOf(made, settings, filling, now);
  const [method = 'GET', path = '/'] = request.call.split(' ');
  const headers = fillMap({ ...definition.headers, ...request.headers }, values);
  return {
    // The grammar of a call has no other.
    method: method as HttpRequest['method'],
    path: fillPath((definition.base ?? '') + path, values),
    ...(request.query !== undefined && { query: fillMap(request.query, values) }),
    ...(Object.keys(headers).length > 0 && { headers }),
    ...(request.body !== undefined && { body: fillObject(request.body as JsonObject, values) }),
    ...(request.form !== undefined && { form: fillMap(request.form, values) }),
    ...(request.repeatable && { repeatable: true }),
  };
}

export interface RequestInput {
  readonly settings: Settings;
  readonly filling?: Filling;
  readonly now?: number | undefined;
}

export function valuesOf(made: Made, settings: Settings, filling: Filling = {}, now = Number.NaN): Values {
  const named = new Map<string, Json>();
  for (const [name, value] of Object.entries(settings)) named.set(`setting.${name}`, value);
  for (const [name, value] of Object.entries(filling)) if (value !== undefined) named.set(name, value);
  return { named, now, missing: (name) => missingValue(made, name) };
}

function missingValue({ definition: { title }, settings }: Made, name: string): AppError {
  const setting = settings.find((known) => `setting.${known.name}` === name);
  if (setting !== undefined) return needed(setting);
  if (name === 'token.id') return notAddressable('an empty id or name');
  if (name === 'token.name')
    return usage(`${title} knows its tokens by name`, 'give the name as `keyturn tokens list` shows it');
  const option = name.startsWith('option.') ? name.slice('option.'.length) : name;
  return usage(`the token has no ${option}`, `give \`--${option}\`; nothing was sent`);
}

export function fillingOfTarget({ id, name }: TokenTarget): Filling {
  return { 'token.id': id, 'token.name': name ?? undefined };
}

/** An option that has the name of a setting stands in for it, for one token. */
export function fillingOfSpec(
  { options = {}, settings: known = {} }: Definition,
  spec: TokenSpec,
  settings: Settings,
): Filling {
  const own = Object.keys(options).map((name) => {
    const value = find(spec.options, name) ?? (Object.hasOwn(known, name) ? find(settings, name) : null);
    return [`option.${name}`, value ?? undefined] as const;
  });
  return {
    name: spec.name ?? undefined,
    scopes: spec.scopes,
    expires: spec.expiresAt ?? undefined,
    'idempotency-key': spec.idempotencyKey ?? undefined,
    ...Object.fromEntries(own),
  };
}
