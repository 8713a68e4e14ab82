import { isObject } from './message.ts';
import type { SandboxResponse } from './vendor.ts';

export const ERROR_BODIES = [
  'documented',
  'empty',
  'text',
  'html',
  'error-text',
  'msg',
  'errors',
  'field-lists',
  'problem',
] as const;

export type ErrorBody = (typeof ERROR_BODIES)[number];

/** A refusal in other words: the status stays, and so does the vendor's reason where the form has room for one. */
export function withErrorBody(response: SandboxResponse, form: ErrorBody): SandboxResponse {
  const reason = reasonOf(response.body);
  const typed = (type: string, body: unknown): SandboxResponse => ({
    ...response,
    headers: { ...response.headers, 'content-type': type },
    body,
  });
  switch (form) {
    case 'documented':
      return response;
    case 'empty':
      return { ...response, body: null };
    case 'text':
      return typed('text/plain; charset=utf-8', reason);
    case 'html':
      return typed('text/html; charset=utf-8', `<!doctype html><title>${response.status}</title>\n`);
    case 'error-text':
      return { ...response, body: { error: reason } };
    case 'msg':
      return { ...response, body: { msg: reason } };
    case 'errors':
      return { ...response, body: { errors: [{ message: reason }] } };
    case 'field-lists':
      return { ...response, body: { errors: { request: [reason] } } };
    case 'problem':
      return typed('application/problem+json', { title: reason, status: response.status });
  }
}

function reasonOf(body: unknown): string {
  if (!isObject(body)) return '';
  if (typeof body['message'] === 'string') return body['message'];
  return reasonOf(body['error']);
}
