import type { ErrorAnswer, ProviderProblem } from '../ports/provider.ts';
import { isFields, pick } from './decode.ts';

/** The status that a body of a 2xx answer has to be read with when it names none itself. */
const UNNAMED = 422;
const FAILED_WORDS: ReadonlySet<string> = new Set(['error', 'fail', 'failed', 'failure']);

/** The refusal that the body of a 2xx answer tells of, read by the vendor's own `readError`; null where it tells of none. */
export function refusalIn(
  body: unknown,
  readError: (answer: ErrorAnswer) => ProviderProblem,
): ProviderProblem | null {
  const status = refusedStatus(body);
  return status === null ? null : readError({ status, body, header: () => null });
}

function refusedStatus(body: unknown): number | null {
  if (!isFields(body)) return null;
  const named = Number(pick(body, ['statusCode', 'status_code']));
  if (named >= 400 && named <= 599) return named;
  const isRefused =
    isSomething(pick(body, ['error'])) ||
    isSomething(pick(body, ['errors'])) ||
    pick(body, ['success', 'ok']) === false ||
    FAILED_WORDS.has(String(pick(body, ['status'])).toLowerCase());
  return isRefused ? UNNAMED : null;
}

function isSomething(value: unknown): boolean {
  if (Array.isArray(value)) return value.length > 0;
  if (isFields(value)) return Object.keys(value).length > 0;
  return value !== undefined && value !== false && value !== '' && value !== 0;
}
