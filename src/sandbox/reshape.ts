import { isObject } from './message.ts';
import type { SandboxResponse } from './vendor.ts';

const SECRET_FIELDS = ['tokenSecret', 'secret', 'token', 'api_key'];

/** The field that holds the secret gets this name. */
export function withSecretIn(field: string, response: SandboxResponse): SandboxResponse {
  return {
    ...response,
    body: renameKeys(response.body, (key) => (SECRET_FIELDS.includes(key) ? field : key)),
  };
}

/** `secret` as the field's name stands for whatever this vendor calls it. */
export function garbled(response: SandboxResponse, field: string): SandboxResponse {
  const names = field === 'secret' ? SECRET_FIELDS : [field];
  return { ...response, body: renameKeys(response.body, (key) => (names.includes(key) ? `${key}_v2` : key)) };
}

export function without(field: string, response: SandboxResponse): SandboxResponse {
  return { ...response, body: renameKeys(response.body, (key) => (key === field ? undefined : key)) };
}

/** `bare` leaves the secret alone, as a JSON text. */
export function wrapped(field: string, response: SandboxResponse): SandboxResponse {
  if (field !== 'bare') return { ...response, body: { [field]: response.body } };
  const secret = secretOf(response);
  return secret === undefined ? response : { ...response, body: JSON.stringify(secret) };
}

/** The secret that an unchanged answer of a vendor shows. */
export function secretOf({ body }: SandboxResponse): string | undefined {
  if (!isObject(body)) return undefined;
  const value = Object.entries(body).find(([name]) => SECRET_FIELDS.includes(name))?.[1];
  return typeof value === 'string' ? value : undefined;
}

/** A second value of the same form as the secret, which works nowhere, in a field of this name. */
export function doubled(response: SandboxResponse, field: string): SandboxResponse {
  if (!isObject(response.body)) return response;
  const secret = secretOf(response);
  if (secret === undefined) return response;
  const other = secret.slice(0, -4) + [...secret.slice(-4)].reverse().map(next).join('');
  return { ...response, body: { [field]: other, ...response.body } };
}

export function asText(response: SandboxResponse, text = 'OK'): SandboxResponse {
  const headers = { ...response.headers, 'content-type': 'text/plain; charset=utf-8' };
  return { ...response, status: response.status === 204 ? 200 : response.status, headers, body: text };
}

/** Compressed on the wire, whatever the client accepts. */
export function compressed(response: SandboxResponse, coding: string): SandboxResponse {
  if (response.body === null) return response;
  return { ...response, headers: { ...response.headers, 'content-encoding': coding } };
}

/** Undefined drops the field. Objects inside objects are renamed too, rows of a list are not. */
function renameKeys(body: unknown, rename: (key: string) => string | undefined): unknown {
  if (!isObject(body)) return body;
  const renamed = Object.entries(body).flatMap(([key, value]) => {
    const name = rename(key);
    return name === undefined ? [] : [[name, renameKeys(value, rename)]];
  });
  return Object.fromEntries(renamed);
}

/** The next digit or letter, of the same kind. */
function next(character: string): string {
  if (/[0-9]/.test(character)) return character === '9' ? '0' : String(Number(character) + 1);
  return /[a-e]/.test(character) ? String.fromCharCode(character.charCodeAt(0) + 1) : 'a';
}
