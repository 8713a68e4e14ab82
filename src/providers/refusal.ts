import type { ProviderProblem, RefusalContext } from '../ports/provider.ts';
import type { ErrorAnswer } from '../ports/request.ts';
import { plain } from './ambiguous-secrets.ts';
import { type Fields, findId, isFields, pick } from './decode.ts';
import { isWords, statusOfWord } from './status-words.ts';
import { WRAPPERS as ITEM_WRAPPERS } from './wrappers.ts';

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
/** Fields that tell of the answer, beside what it is about. */
const ASIDES = fieldNames('meta', 'header', 'head', 'responseStatus', 'responseMetadata');
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
  const refused = findRefused(body, { isChange: context.method !== 'GET', depth: 0 });
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

interface Place {
  readonly isChange: boolean;
  readonly depth: number;
  /** Set where the fields are those of a thing (a token, a key), whatever they are. */
  readonly isThing?: boolean;
}

function findRefused(body: unknown, place: Place): Refused | null {
  const { depth } = place;
  if (typeof body === 'string') return depth === 0 && isRefusingText(body) ? { status: UNNAMED, body } : null;
  if (Array.isArray(body)) return findInAnswers(body, place);
  if (!isFields(body) || depth > DEEPEST) return null;
  const isThing = place.isThing || hasId(body);
  const status = refusedStatus(body, isThing);
  if (status !== null) return { status, body };
  for (const [name, value] of Object.entries(body)) {
    const inner = openField(body, name, value, isThing);
    const found = inner && findRefused(value, { ...place, ...inner, depth: depth + inner.deeper });
    if (found !== null) return found;
  }
  return null;
}

/** How much deeper the content of a field is looked at, and as what; null where it is not looked at. */
function openField(
  fields: Fields,
  written: string,
  value: unknown,
  isThing: boolean,
): { readonly deeper: number; readonly isThing: boolean } | null {
  const name = plain(written);
  const isOnly = Object.keys(fields).length === 1 && isFields(value);
  if (WRAPPERS.has(name) || isOnly) return { deeper: 1, isThing: false };
  if (ANSWERS.has(name)) return Array.isArray(value) ? { deeper: 0, isThing: false } : null;
  // What a thing holds is its own: at JSON:API its fields, else another thing.
  if (isThing) return name === 'attributes' ? { deeper: 1, isThing } : null;
  if (ASIDES.has(name)) return { deeper: 1, isThing: false };
  return ITEM_WRAPPERS.has(name) ? { deeper: 1, isThing: isFields(value) && hasName(value) } : null;
}

/** What a read lists are things. Only one without id and name, and no other beside it, can be an answer. */
function findInAnswers(answers: readonly unknown[], { isChange, depth }: Place): Refused | null {
  if (depth > DEEPEST || (!isChange && answers.length !== 1)) return null;
  for (const answer of answers.slice(0, 1_000).filter(isFields)) {
    if (!isChange && (hasId(answer) || hasName(answer))) continue;
    const found = findRefused(answer, { isChange, depth: depth + 1, isThing: !isChange });
    if (found !== null) return found;
  }
  return null;
}

function hasId(fields: Fields): boolean {
  return findId(fields, 'id', 'uuid', '_id', 'tokenId', 'token_id', 'keyId', 'key_id') !== null;
}

function hasName(fields: Fields): boolean {
  return typeof pick(fields, ['name', 'label', 'slug']) === 'string';
}

/** The status of a refusal that the fields of one object tell of; null where they tell of none. */
function refusedStatus(fields: Fields, isThing: boolean): number | null {
  // The status of a thing is its own, unless a message says otherwise.
  const said = pick(fields, ['error', 'errors']);
  const hasMessage = isWords(pick(fields, MESSAGES)) || (isSomething(said) && typeof said !== 'number');
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
