import { usage } from '../../domain/errors.ts';
import { isMachineAddress } from '../../domain/machine-address.ts';
import { isLoopback } from '../../domain/origin.ts';
import type { HttpRequest } from '../../ports/request.ts';
import type { Endpoint } from '../../ports/transport.ts';
import { type Headers, requestHeaders } from './headers.ts';

/** A request as it goes over the wire, checked. */
export interface WireRequest {
  readonly origin: string;
  /** Host and port, for messages: `api.example.com:443`. */
  readonly host: string;
  readonly method: HttpRequest['method'];
  /** The path alone, for notes. */
  readonly path: string;
  /** Path and query. */
  readonly target: string;
  readonly headers: Headers;
  readonly body: Buffer | null;
}

/** Throws `AppError` (usage) for anything that must not be sent; nothing was sent then. */
export function toWire(endpoint: Endpoint, request: HttpRequest, userAgent: string): WireRequest {
  const url = checkOrigin(endpoint.origin);
  if (!/^\/[\x21-\x7e]*$/.test(request.path) || /[?#\\]/.test(request.path)) {
    throw usage('the request holds a path that cannot be sent');
  }
  return {
    origin: url.origin,
    host: hostAndPort(url),
    method: request.method,
    path: request.path,
    target: request.path + queryText(request.query ?? {}),
    headers: requestHeaders(endpoint, request, userAgent),
    body: bodyOf(endpoint, request),
  };
}

/** JSON or a form, with the members that carry the secret where the vendor wants it in the body. */
function bodyOf({ auth, secret }: Endpoint, { body, form }: HttpRequest): Buffer | null {
  if (form !== undefined)
    return Buffer.from(new URLSearchParams({ ...form, ...auth.body?.(secret) }).toString(), 'utf8');
  if (body === undefined) return null;
  return Buffer.from(JSON.stringify({ ...body, ...auth.body?.(secret) }), 'utf8');
}

/** Host and port, the port also where it is the scheme's own. */
export function hostAndPort(url: URL): string {
  return `${url.hostname}:${url.port === '' ? (url.protocol === 'https:' ? '443' : '80') : url.port}`;
}

/** The last look before a secret leaves, whoever checked the origin before. */
function checkOrigin(origin: string): URL {
  const url = URL.canParse(origin) ? new URL(origin) : null;
  const allowed = url?.protocol === 'https:' || (url?.protocol === 'http:' && isLoopback(url.hostname));
  if (url === null || !allowed || url.origin !== origin || isMachineAddress(url.hostname)) {
    throw usage('the address may not be sent a credential', 'only https is accepted, and http for loopback');
  }
  return url;
}

function queryText(query: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(query);
  if (pairs.some(([name, value]) => /\p{Cs}/u.test(name + value))) {
    throw usage('the request holds text that is not valid Unicode');
  }
  const text = pairs
    .map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`)
    .join('&');
  return text === '' ? '' : `?${text}`;
}
