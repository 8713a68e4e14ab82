import type { ErrorAnswer, ProviderProblem, RefusalContext } from '../ports/provider.ts';
import { type Fields, findId, isFields, pick } from './decode.ts';
import { plain } from './rivals.ts';
import { isWords, statusOfWord } from './status-words.ts';

/** The status that a body of a 2xx answer is read with when it names none itself. */
const UNNAMED = 422;
const DEEPEST = 3;

/** Fields that hold an error, or a list of errors, when they hold anything. */
const ERRORS = fieldNames(
  ...['error', 'errors', 'err', 'fault', 'exception', 'errorMessage', 'errMsg', 'errorCode', 'errCode'],
  ...['userErrors', 'validationErrors', 'fieldErrors', 'failures', 'errorDescription', 'errorDetails'],
);
/** Fields that say no with `false`, and fields that say no with `true`. */
const DONE_FLAGS = fieldNames(
  'success',
  'successful',
  'succeeded',
  'ok',
  'isSuccess',
  'isOk',
  'acknowledged',
);
const FAILED_FLAGS = fieldNames('failed', 'failure', 'isError', 'hasError', 'hasErrors', 'isFailure');
/** Fields that say in a word or a status how the request went. */
const OUTCOMES = fieldNames('status', 'result', 'outcome', 'response', 'success', 'ok');
const FAILED_WORD =
  /^(error(ed)?|fail(ed|ure)?|faulted|exception|denied|rejected|refused|forbidden|unauthori[sz]ed|unauthenticated|invalid|unsuccessful|aborted|ko|nok|not ok|false|no)$/;
/** Fields that hold the HTTP status, whatever the status line says. */
const STATUS_CODES = fieldNames('statusCode', 'httpStatus', 'httpStatusCode', 'httpCode', 'responseCode');
const CODES = fieldNames('status', 'code');
/** Fields that hold the answer itself. */
const WRAPPERS = fieldNames('data', 'result', 'response', 'payload', 'body', 'details', 'output', 'reply');
/** Fields that hold one answer for each of several things. */
const ANSWERS = fieldNames(
  'results',
  'responses',
  'answers',
  'operations',
  'multistatus',
  'items',
  'outcomes',
);
const REFUSING_WORDS =
  /\b(forbidden|unauthori[sz]ed|denied|not (found|allowed|permitted|authori[sz]ed|exist)|no (such|permission)|service unavailable|too many requests|could not|cannot|failed)\b/i;
const NOTHING = /^(|none|null|nil|undefined|0|ok|okay|success|succeeded|no ?errors?|n\/?a|-)$/;

/**
 * The refusal that the body of a 2xx answer tells of, read by the vendor's own `readError`; null where it tells of
 * none. Looked for at the top and in wrappers. Where a change was asked for, each answer of a list of answers is looked
 * at too (207); what was read is a list of things, whose own fields may well be called `error` or `status`.
 */
export function refusalIn(
  body: unknown,
  readError: (answer: ErrorAnswer) => ProviderProblem,
  context: RefusalContext = {},
): ProviderProblem | null {
  const refused = findRefused(body, context.method !== 'GET', 0);
  if (refused === null) return null;
  const { header = () => null, secret } = context;
  return readError({
    ...refused,
    header,
    isInferred: refused.status === UNNAMED,
    ...(secret !== undefined && { secret }),
  });
}

type Refused = Pick<ErrorAnswer, 'status' | 'body'>;

function findRefused(body: unknown, isChange: boolean, depth: number): Refused | null {
  if (typeof body === 'string') return depth === 0 && isRefusingText(body) ? { status: UNNAMED, body } : null;
  if (Array.isArray(body)) return isChange ? findInAnswers(body, depth) : null;
  if (!isFields(body) || depth > DEEPEST) return null;
  const status = refusedStatus(body);
  if (status !== null) return { status, body };
  const entries = Object.entries(body);
  for (const [name, value] of entries) {
    const isOnly = entries.length === 1 && isFields(value);
    const found =
      WRAPPERS.has(plain(name)) || isOnly
        ? findRefused(value, isChange, depth + 1)
        : isChange && ANSWERS.has(plain(name)) && Array.isArray(value)
          ? findInAnswers(value, depth)
          : null;
    if (found !== null) return found;
  }
  return null;
}

function findInAnswers(answers: readonly unknown[], depth: number): Refused | null {
  if (depth > DEEPEST) return null;
  for (const answer of answers.slice(0, 1_000)) {
    const found = isFields(answer) ? findRefused(answer, true, depth + 1) : null;
    if (found !== null) return found;
  }
  return null;
}

/** The status of a refusal that the fields of one object tell of; null where they tell of none. */
function refusedStatus(fields: Fields): number | null {
  // What has an id is a thing: then its status is its own, unless a message says otherwise.
  const isThing = findId(fields, 'id', 'uuid', '_id', 'tokenId', 'token_id', 'keyId', 'key_id') !== null;
  const hasMessage = isWords(pick(fields, MESSAGES)) || isSomething(pick(fields, ['error', 'errors']));
  let isRefused = false;
  for (const [written, value] of Object.entries(fields)) {
    const name = plain(written);
    if (STATUS_CODES.has(name) && failedStatus(value) !== null) return failedStatus(value);
    const isBad = hasMessage || !isThing;
    isRefused ||= CODES.has(name) && isFailedCode(fields, value) && isBad;
    isRefused ||= name === 'type' && !isThing && isProblemType(fields, value);
    const isCount = typeof value === 'number' && name.endsWith('s');
    isRefused ||= ERRORS.has(name) && isSomething(value) && !(isCount && isThing);
    isRefused ||= DONE_FLAGS.has(name) && isNo(value);
    isRefused ||= FAILED_FLAGS.has(name) && isYes(value) && (isBad || value === true);
    isRefused ||= OUTCOMES.has(name) && isFailedWord(value) && isBad;
  }
  return isRefused ? (namedStatus(fields, 0) ?? UNNAMED) : null;
}

const MESSAGES = ['message', 'msg', 'detail', 'title', 'reason', 'error_description', 'Message'];

/** The status that an error names inside: as a number or in a word such as `forbidden`. */
function namedStatus(fields: Fields, depth: number): number | null {
  for (const name of NAMING) {
    const status = statusIn(Object.hasOwn(fields, name) ? fields[name] : null);
    if (status !== null) return status;
  }
  for (const [name, inner] of Object.entries(fields)) {
    if (depth > DEEPEST || !(ERRORS.has(plain(name)) || name === 'extensions')) continue;
    const first: unknown = Array.isArray(inner) ? inner[0] : inner;
    const status = isFields(first) ? namedStatus(first, depth + 1) : statusIn(first);
    if (status !== null) return status;
  }
  return null;
}

const NAMING = [
  ...['statusCode', 'status_code', 'status', 'code', 'Code', 'error_code', 'errorCode'],
  ...['type', 'reason', '__type'],
];

function statusIn(value: unknown): number | null {
  const status = failedStatus(value) ?? statusOfWord(value);
  return status === UNNAMED ? null : status;
}

/** 400 to 599, as a number or as a text that begins with it (`403 Forbidden`). */
function failedStatus(value: unknown): number | null {
  const status = typeof value === 'string' ? Number(/^\s*([45]\d\d)(?!\d)/.exec(value)?.[1]) : value;
  return typeof status === 'number' && status >= 400 && status <= 599 ? status : null;
}

const SUCCEEDED =
  /^\W*(ok|okay|success|done|complete)|^(?!.*\b(not|cannot|un\w+)\b).*\b(success(ful(ly)?)?|deleted|revoked|removed|disabled|enabled|updated|created)\W*$/i;

/** A code of the vendor's own is a failure beside words that do not speak of a success. */
function isFailedCode(fields: Fields, value: unknown): boolean {
  if (failedStatus(value) !== null) return true;
  const said = pick(fields, MESSAGES);
  const isSaid = typeof said === 'string' && isWords(said) && !SUCCEEDED.test(said);
  if (!isSaid || pick(fields, ['success', 'ok']) === true) return false;
  const number = typeof value === 'string' && /^-?\d{1,9}$/.test(value) ? Number(value) : value;
  return typeof number === 'number' ? number < 0 || number >= 400 : statusOfWord(value) !== null;
}

/** RFC 9457, or the name of an exception. */
function isProblemType(fields: Fields, value: unknown): boolean {
  if (typeof value !== 'string' || !isWords(pick(fields, MESSAGES))) return false;
  return /^(https?:|urn:|about:blank$)|[a-z](Exception|Error)$/.test(value) || statusOfWord(value) !== null;
}

function isFailedWord(value: unknown): boolean {
  if (value === false) return true;
  return typeof value === 'string' && FAILED_WORD.test(value.trim().toLowerCase().replace(/[_-]/g, ' '));
}

function isNo(value: unknown): boolean {
  return value === false || value === 0 || (typeof value === 'string' && /^\s*(false|no|0)\s*$/i.test(value));
}

function isYes(value: unknown): boolean {
  if (typeof value === 'number') return value > 0;
  return value === true || (typeof value === 'string' && /^\s*(true|yes|1)\s*$/i.test(value));
}

/** Whether a field for errors tells of one: not where it is empty all the way down, 0, a 2xx or a word for none. */
function isSomething(value: unknown): boolean {
  // `error: "no"` is none; a message may well be no more than that.
  if (typeof value === 'string' && /^\s*(no|false)\s*$/i.test(value)) return false;
  return isTelling(value);
}

function isTelling(value: unknown): boolean {
  if (Array.isArray(value)) return value.some((item) => isTelling(item) || isEmptyObject(item));
  if (isFields(value)) return Object.values(value).some(isTelling);
  if (typeof value === 'number') return value !== 0 && !(value >= 200 && value <= 299);
  if (typeof value === 'string')
    return !NOTHING.test(value.trim().toLowerCase().replace(/[_-]+/g, ' ').trim());
  return value === true;
}

function isEmptyObject(value: unknown): boolean {
  return isFields(value) && Object.keys(value).length === 0;
}

/** Plain text where no answer is needed, such as `Error: no such token`. */
function isRefusingText(text: string): boolean {
  return (
    /^\W*(error|fail(ed|ure)?|fatal|exception|invalid|bad request|internal server error|denied)\b/i.test(
      text,
    ) ||
    (text.length <= 300 && REFUSING_WORDS.test(text))
  );
}

function fieldNames(...names: readonly string[]): ReadonlySet<string> {
  return new Set(names.map(plain));
}
