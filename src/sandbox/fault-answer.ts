import type { FaultAction, FieldKind } from './fault-actions.ts';
import type { History } from './history.ts';
import { json } from './message.ts';
import { notDone } from './not-done.ts';
import { asText, compressed, doubled, garbled, without, withSecretIn, wrapped } from './reshape.ts';
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

const PORTAL = '<!doctype html><title>Sign in</title><h1>Sign in to this network</h1>\n';

const FIELD_CHANGES: Readonly<
  Record<FieldKind, (field: string, response: SandboxResponse) => SandboxResponse>
> = {
  garble: (field, response) => garbled(response, field),
  'rename-secret': withSecretIn,
  wrap: wrapped,
  drop: without,
  double: (field, response) => doubled(response, field),
};

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
    case 'rename-secret':
    case 'wrap':
    case 'drop':
    case 'double':
      return whole(FIELD_CHANGES[action.kind](action.field, commit()));
    case 'text':
      return whole(asText(commit()));
    case 'gzip':
    case 'br':
    case 'deflate':
      return whole(compressed(commit(), action.kind));
    case 'silent':
    case 'unchanged':
      return whole(notDone(vendors.pretend(request), action.kind, request));
    case 'refuse-in-200':
      return whole(notDone(vendors.pretend(request), action.how, request));
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
