import { json, readJsonBody } from './message.ts';
import { Refusal } from './refusal.ts';
import type { Route } from './route.ts';
import { findRoute } from './route.ts';
import type { SandboxRequest, SandboxResponse } from './vendor.ts';

/** Runs the route, unless something else answers first, and turns a refusal into Errova's error body. */
export function answerErrova(
  request: SandboxRequest,
  first: () => SandboxResponse | undefined,
  routes: readonly Route[],
): SandboxResponse {
  try {
    const answer = first();
    if (answer !== undefined) return answer;
    const match = findRoute(routes, request);
    if (match.kind === 'found') return match.answer();
    throw match.kind === 'none'
      ? new Refusal(404, 'not_found', 'no such resource')
      : new Refusal(405, 'method_not_allowed', 'this method is not allowed here');
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return json(error.status, { error: { code: error.code, message: error.message } });
  }
}

export function readErrovaBody(request: SandboxRequest): Readonly<Record<string, unknown>> {
  const body = readJsonBody(request);
  if (body.kind === 'object') return body.fields;
  throw new Refusal(400, 'bad_request', 'the request body must be a JSON object');
}

export function invalid(message: string): Refusal {
  return new Refusal(422, 'validation_failed', message);
}
