import { usage } from '../../domain/errors.ts';
import type { HttpRequest } from '../../ports/request.ts';
import type { Endpoint } from '../../ports/transport.ts';

export type Headers = Readonly<Record<string, string>>;
export type HeaderReader = (name: string) => string | null;

/** The most bytes that the headers of an answer may have. */
export const MAX_HEADER_BYTES = 16_384;

const NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
const VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;
/** Decided by the transport alone; a request that sets one could smuggle a second request or a body that is not read. */
const RESERVED: ReadonlySet<string> = new Set([
  'host',
  'connection',
  'content-length',
  'transfer-encoding',
  'accept-encoding',
  'expect',
  'upgrade',
  'keep-alive',
  'te',
  'trailer',
  'proxy-authorization',
]);
/** Where providers put the id of a request; `x-devo-cid` is Devo's. */
const REQUEST_ID_NAMES = ['x-request-id', 'x-devo-cid', 'request-id', 'x-correlation-id'];

/**
 * The headers of one request, lower-cased. Values are checked here because both clients could name a bad one in
 * their message. Throws `AppError` (usage) without the value.
 */
export function requestHeaders(endpoint: Endpoint, request: HttpRequest, userAgent: string): Headers {
  const result: Record<string, string> = { accept: 'application/json', 'user-agent': userAgent };
  if (request.body !== undefined) result['content-type'] = 'application/json';
  if (request.form !== undefined) result['content-type'] = 'application/x-www-form-urlencoded';
  add(result, request.headers ?? {}, 'the request');
  add(result, endpoint.auth.headers(endpoint.secret), 'the credential');
  result['accept-encoding'] = 'identity';
  return result;
}

/** Reads an answer's headers by name, in any case; a repeated header is joined with commas. */
export function headerReader(headers: Iterable<readonly [string, string]>): HeaderReader {
  const values = new Map<string, string>();
  for (const [written, text] of headers) {
    const name = written.toLowerCase();
    // Spaces after a value are no part of it; undici leaves them there.
    const value = text.trim();
    const before = values.get(name);
    values.set(name, before === undefined ? value : `${before}, ${value}`);
  }
  return (name) => values.get(name.toLowerCase()) ?? null;
}

/** The provider's id of a request, where it sent one that is safe to show. */
export function requestIdOf(header: HeaderReader): string | null {
  for (const name of REQUEST_ID_NAMES) {
    const value = header(name);
    if (value !== null && /^[\w.:/+=-]{1,128}$/.test(value)) return value;
  }
  return null;
}

function add(to: Record<string, string>, headers: Headers, from: string): void {
  for (const [name, value] of Object.entries(headers)) {
    if (!NAME.test(name) || RESERVED.has(name.toLowerCase())) {
      throw usage(`${from} may not set the header ${NAME.test(name) ? `"${name}"` : 'that it names'}`);
    }
    if (!VALUE.test(value)) {
      throw usage(
        `${from} holds a character that the header "${name}" cannot carry`,
        'check that the value was copied whole, without line breaks or quotes',
      );
    }
    to[name.toLowerCase()] = value;
  }
}
