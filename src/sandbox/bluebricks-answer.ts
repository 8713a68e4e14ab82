import { json, readJsonBody } from './message.ts';
import { Refusal } from './refusal.ts';
import type { Route } from './route.ts';
import { findRoute } from './route.ts';
import type { SandboxRequest, SandboxResponse } from './vendor.ts';

const REASONS: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  409: 'Conflict',
};

/** Runs the route and turns a refusal into Bluebricks' error body. */
export function answerBluebricks(routes: readonly Route[], request: SandboxRequest): SandboxResponse {
  try {
    const match = findRoute(routes, request);
    if (match.kind === 'found') return match.answer();
    throw new Refusal(match.kind === 'none' ? 404 : 405, '', `Cannot ${request.method} ${request.path}`);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const { status, message } = error;
    return json(status, { statusCode: status, message, error: REASONS[status] ?? 'Error' });
  }
}

export function readBluebricksBody(
  request: SandboxRequest,
  empty?: 'may be empty',
): Readonly<Record<string, unknown>> {
  const body = readJsonBody(request);
  if (body.kind === 'object') return body.fields;
  if (body.kind === 'missing' && empty !== undefined) return {};
  throw new Refusal(400, '', 'Bad request');
}
