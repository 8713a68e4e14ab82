import type { FaultAction } from './faults.ts';
import type { History } from './history.ts';
import { isObject, json } from './message.ts';
import type { SandboxRequest, SandboxResponse } from './vendor.ts';

/** How an answer goes over the wire. `whole` is the only honest way. */
export type Delivery =
  | { readonly kind: 'whole' | 'reset' | 'reset-after-headers' | 'hang' | 'short-length' | 'endless' }
  | { readonly kind: 'truncate'; readonly bytes: number | null }
  | { readonly kind: 'drip'; readonly ms: number };

export interface FaultyAnswer {
  readonly response: SandboxResponse;
  readonly delivery: Delivery;
}

interface FaultyCall {
  readonly vendors: History;
  readonly request: SandboxRequest;
  readonly action: FaultAction | undefined;
}

const SECRET_FIELDS = ['tokenSecret', 'secret', 'token', 'api_key'];
const PORTAL = '<!doctype html><title>Sign in</title><h1>Sign in to this network</h1>\n';

/** Lets the vendor act, or not, and says what the client will see. Needs no socket. */
export function answerWithFault({ vendors, request, action }: FaultyCall): FaultyAnswer {
  const commit = (): SandboxResponse => vendors.handle(request);
  switch (action?.kind) {
    case undefined:
    case 'slow':
      return whole(commit());
    case 'status':
      return whole({ ...injected(action.code), headers: retryAfter(action.retryAfter) });
    case 'status-after':
      commit();
      return whole(injected(action.code));
    case 'reset-before':
      return { response: injected(500), delivery: { kind: 'reset' } };
    case 'hang-before':
      return { response: injected(500), delivery: { kind: 'hang' } };
    case 'reset-after':
      return { response: commit(), delivery: { kind: 'reset' } };
    case 'hang-after':
      return { response: commit(), delivery: { kind: 'hang' } };
    case 'reset-headers':
      return { response: commit(), delivery: { kind: 'reset-after-headers' } };
    case 'short-length':
    case 'endless':
      return { response: commit(), delivery: { kind: action.kind } };
    case 'truncate':
      return { response: commit(), delivery: { kind: 'truncate', bytes: action.bytes } };
    case 'drip':
      return { response: commit(), delivery: { kind: 'drip', ms: action.ms } };
    case 'html':
      return whole({ status: 200, headers: { 'content-type': 'text/html; charset=utf-8' }, body: PORTAL });
    case 'redirect':
      return whole({ status: action.code, headers: { location: action.url }, body: null });
    case 'empty':
      return whole({ ...commit(), body: null });
    case 'headers':
      return whole(withPadding(commit(), action.bytes));
    case 'garble':
      return whole(garbled(commit(), action.field));
    case 'double':
      return whole(doubled(commit(), action.field));
    case 'twice':
      // What a proxy does that retries: the first answer is lost, the client sees the second.
      commit();
      return whole(commit());
    case 'stale':
      return whole(request.method === 'GET' ? vendors.handlePast(action.mutations, request) : commit());
  }
}

function whole(response: SandboxResponse): FaultyAnswer {
  return { response, delivery: { kind: 'whole' } };
}

function injected(status: number): SandboxResponse {
  return json(status, { error: 'a fault rule of the sandbox asked for this answer' });
}

function retryAfter(value: string | null): Readonly<Record<string, string>> {
  return value === null ? {} : { 'retry-after': value };
}

function withPadding(response: SandboxResponse, bytes: number): SandboxResponse {
  return { ...response, headers: { ...response.headers, 'x-padding': 'x'.repeat(bytes) } };
}

/** `secret` as the field's name stands for whatever this vendor calls it. */
function garbled(response: SandboxResponse, field: string): SandboxResponse {
  if (!isObject(response.body)) return response;
  const names = field === 'secret' ? SECRET_FIELDS : [field];
  const renamed = Object.entries(response.body).map(([key, value]) => [
    names.includes(key) ? `${key}_v2` : key,
    value,
  ]);
  return { ...response, body: Object.fromEntries(renamed) };
}

/** A second value of the same form as the secret, which works nowhere, in a field of this name. */
function doubled(response: SandboxResponse, field: string): SandboxResponse {
  if (!isObject(response.body)) return response;
  const secret = Object.entries(response.body).find(([name]) => SECRET_FIELDS.includes(name))?.[1];
  if (typeof secret !== 'string') return response;
  const other = secret.slice(0, -4) + [...secret.slice(-4)].reverse().map(next).join('');
  return { ...response, body: { [field]: other, ...response.body } };
}

/** The next digit or letter, of the same kind. */
function next(character: string): string {
  if (/[0-9]/.test(character)) return character === '9' ? '0' : String(Number(character) + 1);
  return /[a-e]/.test(character) ? String.fromCharCode(character.charCodeAt(0) + 1) : 'a';
}
