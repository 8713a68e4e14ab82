import { json, readJsonBody } from './message.ts';
import { Refusal } from './refusal.ts';
import type { Route } from './route.ts';
import { findRoute } from './route.ts';
import type { SandboxRequest, SandboxResponse } from './vendor.ts';

/** Runs the route and turns a refusal into one of Prefactor's two error bodies. */
export function answerPrefactor(routes: readonly Route[], request: SandboxRequest): SandboxResponse {
  try {
    const match = findRoute(routes, request);
    if (match.kind === 'found') return match.answer();
    throw match.kind === 'none'
      ? new Refusal(404, 'not_found', 'Not found')
      : new Refusal(405, 'bad_request', 'Method not allowed');
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const body = { status: 'error', code: error.code, message: error.message };
    return json(
      error.status,
      error.code === 'validation_errors' ? { ...body, errors: fieldErrors(error) } : body,
    );
  }
}

/** The fields of a JSON body. */
export function readPrefactorBody(
  request: SandboxRequest,
  empty?: 'may be empty',
): Readonly<Record<string, unknown>> {
  const body = readJsonBody(request);
  if (body.kind === 'object') return body.fields;
  if (body.kind === 'missing' && empty !== undefined) return {};
  throw new Refusal(400, 'bad_request', 'The request body must be a JSON object');
}

function fieldErrors({ fields }: Refusal): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(fields).map(([field, reason]) => [
      field,
      { status: 'error', code: reason.startsWith('required') ? 'required' : 'invalid', message: reason },
    ]),
  );
}
