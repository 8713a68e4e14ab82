import type { AppError } from '../domain/errors.ts';
import { safeText } from '../domain/text.ts';
import { jsonText } from './structured.ts';

/** An error for a person: what happened, then what to do. */
export function errorText(error: AppError): string {
  const { message, hint, provider, status, requestId } = error.facts;
  const facts = [
    provider !== undefined && message.toLowerCase().includes(provider) ? undefined : provider,
    status === undefined ? undefined : `HTTP ${status}`,
    requestId && `request ${requestId}`,
  ];
  const where = facts.filter((fact) => fact !== undefined && fact !== '').join(', ');
  const first = `keyturn: ${safeText(message)}${where === '' ? '' : ` (${safeText(where)})`}\n`;
  return hint === undefined ? first : `${first}  ${safeText(hint)}\n`;
}

/** The same for a program, as one JSON document. */
export function errorJson(error: AppError): string {
  const { code, message, hint, provider, status, requestId, operation, id, profile, next } = error.facts;
  const facts = {
    code,
    message,
    hint: hint ?? null,
    provider: provider ?? null,
    status: status ?? null,
    requestId: requestId ?? null,
    attempt: operation ?? null,
    id: id ?? null,
    profile: profile ?? null,
    next: next ?? null,
  };
  return `${jsonText({ error: facts })}\n`;
}
