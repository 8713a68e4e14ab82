import { json, readJsonBody } from './message.ts';
import { Refusal } from './refusal.ts';
import type { Route } from './route.ts';
import { findRoute } from './route.ts';
import type { SandboxRequest, SandboxResponse } from './vendor.ts';

/** Runs the route and turns a refusal into Devo's error body. */
export function answerDevo(routes: readonly Route[], request: SandboxRequest): SandboxResponse {
  try {
    const match = findRoute(routes, request);
    if (match.kind === 'found') return match.answer();
    throw match.kind === 'none'
      ? new Refusal(404, 'not_found', 'Not found')
      : new Refusal(405, 'method_not_allowed', 'Method not allowed');
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return json(error.status, { error: { code: error.status, message: error.message } });
  }
}

// The vendor rejects what it does not know, which is why a client must never send one key too many.
export function readDevoFields(
  request: SandboxRequest,
  known: readonly string[],
): Readonly<Record<string, unknown>> {
  const body = readJsonBody(request);
  if (body.kind === 'missing') throw badRequest('Required request body is missing');
  if (body.kind === 'malformed') throw badRequest('JSON parse error: Unexpected input');
  const stranger = Object.keys(body.fields).find((key) => !known.includes(key));
  if (stranger !== undefined) throw badRequest(`JSON parse error: Unrecognized field "${stranger}"`);
  return body.fields;
}

export function badRequest(message: string): Refusal {
  return new Refusal(400, 'bad_request', message);
}

export function forbidden(): Refusal {
  return new Refusal(403, 'forbidden', 'Forbidden');
}
