import type { ErrorCode } from '../domain/errors.ts';
import { describePause, isLimited } from '../domain/pause.ts';
import { cutSecret, vendorText } from '../domain/vendor-text.ts';
import type { ProviderProblem } from '../ports/provider.ts';
import type { ErrorAnswer } from '../ports/request.ts';
import { isFields, pick } from './decode.ts';
import { fullOf } from './full-account.ts';
import { at } from './pointer.ts';
import { findReasons } from './reasons.ts';

export interface ProblemRules {
  /** The header that holds the provider's id of the request. */
  readonly requestIdHeader: string;
  /** What to do, by status. */
  readonly hints: Readonly<Record<number, string>>;
  /** What to do, by a part of the provider's own message; wins over the status. */
  readonly hintFor?: (words: string) => string | undefined;
  /** Our code, by the provider's; wins over the status. */
  readonly codes?: Readonly<Record<string, ErrorCode>>;
  /** Our code, by a part of the provider's own message; wins over both. */
  readonly codeFor?: (words: string) => ErrorCode | undefined;
  /** Where the provider's code is documented to be, as a JSON Pointer. */
  readonly codeAt?: string;
  /** Where the provider's message is documented to be; elsewhere it is looked for where these hold no text. */
  readonly messageAt?: readonly string[];
  /** What the vendor's secrets begin with: a message may quote one that is not the request's own. */
  readonly secretStarts?: readonly string[];
}

/** The vendor's error answer in keyturn's terms: its words are quoted, one safe line, with secrets cut out. */
export function readProblem(answer: ErrorAnswer, rules: ProblemRules): ProviderProblem {
  const words = quote(answer, rules);
  const code = (words === null ? undefined : rules.codeFor?.(words)) ?? codeOf(answer, rules);
  const requestId = answer.header(rules.requestIdHeader);
  const full = words === null ? null : fullOf(answer.status, words);
  return {
    code,
    message:
      words === null
        ? phraseFor(answer, code)
        : // Quotes of its own would end ours.
          `${phraseFor(answer, code)}: "${words.replaceAll('"', "'")}"`,
    hint: (words && rules.hintFor?.(words)) || hintOf(answer, code, rules),
    ...(full !== null && { fullOf: full }),
    requestId: requestId !== null && /^[\x21-\x7e]{1,128}$/.test(requestId) ? requestId : undefined,
  };
}

function codeOf({ status, body, header }: ErrorAnswer, rules: ProblemRules): ErrorCode {
  if (status === 403 && isLimited(header)) return 'unavailable';
  const { codes = {}, codeAt } = rules;
  const error = isFields(body) ? pick(body, ['error']) : undefined;
  const words = [body, error].map((holder) => (isFields(holder) ? pick(holder, ['code']) : undefined));
  for (const word of codeAt === undefined ? words : [at(body, codeAt), ...words]) {
    const name = typeof word === 'string' || typeof word === 'number' ? String(word) : '';
    const code = Object.hasOwn(codes, name) ? codes[name] : undefined;
    if (code !== undefined) return code;
  }
  return codeFor(status);
}

function codeFor(status: number): ErrorCode {
  if (status === 401 || status === 403) return 'auth';
  if (status === 404 || status === 410) return 'not-found';
  if (status === 409) return 'conflict';
  return status === 408 || status === 425 || status === 429 || status >= 500 ? 'unavailable' : 'failure';
}

function phraseFor({ status, isInferred }: ErrorAnswer, code: ErrorCode): string {
  const seen = isInferred ? '' : ` (status ${status})`;
  if (status === 401) return 'the provider rejected the credential';
  if (status === 429 || (status === 403 && code === 'unavailable')) return 'the provider asks for a pause';
  if (code === 'auth') return 'the credential is not allowed to do this';
  if (code === 'not-found') return 'the provider knows no such thing';
  if (code === 'conflict') return 'the state at the provider forbids this';
  if (code === 'unavailable') return `the provider is in trouble${seen}`;
  return `the provider refused the request${seen}`;
}

function hintOf({ status, header }: ErrorAnswer, code: ErrorCode, rules: ProblemRules): string | undefined {
  if (code !== 'unavailable') return rules.hints[status] ?? hintFor(code);
  const pause = describePause(header);
  return pause === null ? (status === 403 ? hintFor(code) : (rules.hints[status] ?? hintFor(code))) : pause;
}

function hintFor(code: ErrorCode): string | undefined {
  if (code === 'auth') return 'see {whoami}, then {login} with a credential that may';
  if (code === 'unavailable') return 'try again in a minute';
  if (code === 'not-found') return 'see the matching `list` for what there is';
  return undefined;
}

/** The provider's own words: one line, safe, short, without secrets. */
function quote(answer: ErrorAnswer, { messageAt = [], secretStarts = [] }: ProblemRules): string | null {
  // The request's own secret first: cutting a part of it by its shape would hide the rest from this.
  const own = answer.secret?.reveal() ?? '';
  const documented = messageAt
    .map((place) => at(answer.body, place))
    .filter((found): found is string => typeof found === 'string' && found.trim() !== '');
  const joined = (documented.length > 0 ? documented.slice(0, 3) : findReasons(answer.body))
    .map((reason) => reason.slice(0, 100_000))
    .join('; ')
    .slice(0, 100_000)
    .replace(/\s+/g, ' ');
  const shown = cutBeginnings(cutSecret(joined, own).slice(0, 2_000), secretStarts);
  return vendorText(cutSecretShapes(shown));
}

/** What every vendor's secrets look like; a message may quote one that is not the request's own. */
function cutSecretShapes(words: string): string {
  return words
    .replace(/\beyJ[\w.-]{8,}/g, '[secret]')
    .replace(/\b(?:bbx|pf)_[\w-]+/g, '[secret]')
    .replace(/\b(errova_session=|Bearer )[^\s;,"']+/gi, '$1[secret]')
    .replace(/[0-9a-f]{32,}/gi, '[secret]');
}

/** A shorter beginning is that of many words. In characters. */
const SHORTEST_START = 3;

function cutBeginnings(words: string, starts: readonly string[]): string {
  const known = starts.filter((start) => start.length >= SHORTEST_START);
  if (known.length === 0) return words;
  return words.replace(/[\w.~+/=-]{8,}/g, (word) =>
    known.some((start) => word.startsWith(start)) ? '[secret]' : word,
  );
}
