import type { SandboxRequest, SandboxResponse } from './vendor.ts';

export function json(status: number, body: unknown): SandboxResponse {
  return { status, headers: {}, body };
}

export function noContent(): SandboxResponse {
  return { status: 204, headers: {}, body: null };
}

/** The credential of `Authorization: Bearer …`; undefined where there is none. The scheme's case does not matter. */
export function bearerOf(request: SandboxRequest): string | undefined {
  return /^bearer +(\S+) *$/i.exec(request.headers['authorization'] ?? '')?.[1];
}

export function cookieOf(request: SandboxRequest, name: string): string | undefined {
  for (const pair of (request.headers['cookie'] ?? '').split(';')) {
    const [key, ...value] = pair.trim().split('=');
    if (key === name) return value.join('=');
  }
  return undefined;
}

export type JsonBody =
  | { readonly kind: 'object'; readonly fields: Readonly<Record<string, unknown>> }
  | { readonly kind: 'missing' }
  | { readonly kind: 'malformed' };

export function readJsonBody(request: SandboxRequest): JsonBody {
  if (request.body.length === 0) return { kind: 'missing' };
  try {
    const value: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(request.body));
    return isObject(value) ? { kind: 'object', fields: value } : { kind: 'malformed' };
  } catch {
    return { kind: 'malformed' };
  }
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function isText(value: unknown, longest: number): value is string {
  return typeof value === 'string' && value.trim() !== '' && value.length <= longest;
}

/** Milliseconds of a full ISO 8601 date-time with a zone; undefined for anything looser, such as a bare date. */
export function readDateTime(value: unknown): number | undefined {
  if (typeof value !== 'string') return undefined;
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/.test(value)) return undefined;
  const time = Date.parse(value);
  return Number.isNaN(time) ? undefined : time;
}

/** `2024-01-01T00:00:00Z`, from milliseconds. */
export function isoSeconds(time: number): string {
  return new Date(time).toISOString().replace(/\.\d+Z$/, 'Z');
}

/** A whole number of a query; the fallback where it is absent, NaN where it is something else. */
export function queryNumber(query: URLSearchParams, name: string, fallback: number): number {
  const text = query.get(name);
  if (text === null) return fallback;
  return /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
}
