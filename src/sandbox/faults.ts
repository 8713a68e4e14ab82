import { usage } from '../domain/errors.ts';

/** What goes wrong. "Committed" means that the vendor did what was asked, whatever the client gets to see. */
export type FaultAction =
  | { readonly kind: 'status'; readonly code: number; readonly retryAfter: string | null }
  | { readonly kind: 'status-after'; readonly code: number }
  | { readonly kind: 'reset-before' | 'reset-after' | 'reset-headers' | 'hang-before' | 'hang-after' }
  | { readonly kind: 'truncate'; readonly bytes: number | null }
  | { readonly kind: 'short-length' | 'html' | 'empty' | 'twice' | 'endless' }
  | { readonly kind: 'slow' | 'drip'; readonly ms: number }
  | { readonly kind: 'redirect'; readonly code: number; readonly url: string }
  | { readonly kind: 'garble' | 'double'; readonly field: string }
  | { readonly kind: 'headers'; readonly bytes: number }
  | { readonly kind: 'stale'; readonly mutations: number };

export interface FaultRule {
  /** As it was written. */
  readonly text: string;
  /** Null for any. */
  readonly method: string | null;
  /** `*` stands for any text, slashes included; the whole path must match. */
  readonly path: string;
  readonly action: FaultAction;
  /** How often it fires; Infinity for ever. */
  readonly times: number;
  /** How many matching requests pass unharmed first. */
  readonly after: number;
}

const METHOD = /^(GET|HEAD|POST|PUT|PATCH|DELETE)$/;
const GRAMMAR = '[METHOD] [PATH-GLOB] ACTION[:ARG] [xN] [after:N]';

/**
 * Reads one rule, for example `POST /api/v1/auth/key reset-after x1`.
 * The grammar and the actions are listed in `docs/sandbox.md`. Throws a usage error.
 */
export function parseFault(text: string): FaultRule {
  const words = text.trim().split(/\s+/);
  const times = takeCount(words, /^x(\d{1,9})$/);
  const after = takeCount(words, /^after:(\d{1,9})$/);
  // Either order: `x2 after:1` and `after:1 x2`.
  const timesFirst = times ?? takeCount(words, /^x(\d{1,9})$/);
  const action = parseAction(words.pop() ?? '', text);
  const method = METHOD.test(words[0] ?? '') ? (words.shift() ?? null) : null;
  const path = words.shift() ?? '*';
  if (words.length > 0 || !/^[/*]/.test(path)) throw badRule(text);
  // A list that lags for ever would never be noticed: by default it catches up after one answer.
  const usual = action.kind === 'stale' ? 1 : Number.POSITIVE_INFINITY;
  return { text, method, path, action, times: timesFirst ?? usual, after: after ?? 0 };
}

function takeCount(words: string[], pattern: RegExp): number | undefined {
  const count = pattern.exec(words.at(-1) ?? '')?.[1];
  if (count === undefined) return undefined;
  words.pop();
  return Number(count);
}

function parseAction(word: string, text: string): FaultAction {
  const [kind = '', ...rest] = word.split(':');
  const argument = rest.join(':');
  switch (kind) {
    case 'status':
      return parseStatus(argument, text);
    case 'status-after':
      return { kind, code: statusCode(argument, text) };
    case 'reset-before':
    case 'reset-after':
    case 'reset-headers':
    case 'hang-before':
    case 'hang-after':
      return { kind: withoutArgument(kind, argument, text) };
    case 'short-length':
    case 'html':
    case 'empty':
    case 'twice':
    case 'endless':
      return { kind: withoutArgument(kind, argument, text) };
    case 'truncate':
      return { kind, bytes: argument === '' ? null : whole(argument, text) };
    case 'slow':
    case 'drip':
      return { kind, ms: whole(argument, text) };
    case 'headers':
      return { kind, bytes: whole(argument, text) };
    case 'stale':
      return { kind, mutations: argument === '' ? 1 : whole(argument, text) };
    case 'garble':
    case 'double':
      if (argument === '') throw badRule(text);
      return { kind, field: argument };
    case 'redirect':
      return parseRedirect(argument, text);
    default:
      throw badRule(text);
  }
}

function parseStatus(argument: string, text: string): FaultAction {
  const [, code = '', retryAfter = null] = /^(\d+)(?::retry-after=(\S+))?$/.exec(argument) ?? [];
  return { kind: 'status', code: statusCode(code, text), retryAfter };
}

function parseRedirect(argument: string, text: string): FaultAction {
  const [, code = '', url = ''] = /^(3\d\d):(\S+)$/.exec(argument) ?? [];
  return { kind: 'redirect', code: statusCode(code, text), url };
}

function statusCode(argument: string, text: string): number {
  const code = whole(argument, text);
  if (code < 200 || code > 599) throw badRule(text);
  return code;
}

function whole(argument: string, text: string): number {
  if (!/^\d{1,9}$/.test(argument)) throw badRule(text);
  return Number(argument);
}

function withoutArgument<K extends string>(kind: K, argument: string, text: string): K {
  if (argument !== '') throw badRule(text);
  return kind;
}

function badRule(text: string): Error {
  return usage(
    `not a fault rule: "${text}"`,
    `write ${GRAMMAR}, for example "POST /api/v1/auth/key reset-after x1"`,
  );
}
