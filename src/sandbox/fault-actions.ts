import type { RefusalIn200 } from './not-done.ts';
import { isRefusalIn200, REFUSALS_IN_200 } from './not-done.ts';

/** What goes wrong. "Committed" means that the vendor did what was asked, whatever the client gets to see. */
export type FaultAction =
  | { readonly kind: 'status'; readonly code: number; readonly retryAfter: string | null }
  | { readonly kind: 'status-after'; readonly code: number }
  | { readonly kind: BareKind }
  | { readonly kind: 'truncate'; readonly bytes: number | null }
  | { readonly kind: 'refuse-in-200'; readonly how: RefusalIn200 }
  | { readonly kind: 'slow' | 'drip'; readonly ms: number }
  | { readonly kind: 'redirect'; readonly code: number; readonly url: string }
  | { readonly kind: FieldKind; readonly field: string }
  | { readonly kind: 'headers'; readonly bytes: number }
  | { readonly kind: 'stale'; readonly mutations: number };

/** Actions without an argument. */
type BareKind =
  | ('reset-before' | 'reset-after' | 'reset-headers' | 'hang-before' | 'hang-after')
  | ('short-length' | 'html' | 'empty' | 'twice' | 'endless')
  | ('silent' | 'unchanged' | 'text' | 'gzip' | 'br' | 'deflate');

/** Actions on one field of the answer. */
export type FieldKind = 'garble' | 'double' | 'rename-secret' | 'wrap' | 'drop';

/** One action of the rule language. `docs/sandbox.md` lists this table. */
export interface ActionRow {
  /** How it is written, one form a text. */
  readonly forms: readonly string[];
  /** Does the vendor do what was asked? */
  readonly acts: string;
  /** What the client sees. */
  readonly sees: string;
  /** Undefined for an argument that is none. */
  read(argument: string): FaultAction | undefined;
}

export const FAULT_ACTIONS: Readonly<Record<FaultAction['kind'], ActionRow>> = {
  status: {
    forms: ['status:CODE', 'status:CODE:retry-after=V'],
    acts: 'no',
    sees: 'this status',
    read(argument) {
      const [, digits = '', retryAfter = null] = /^(\d+)(?::retry-after=(\S+))?$/.exec(argument) ?? [];
      const code = statusCode(digits);
      return code === undefined ? undefined : { kind: 'status', code, retryAfter };
    },
  },
  'status-after': {
    forms: ['status-after:CODE'],
    acts: 'yes',
    sees: 'this status',
    read(argument) {
      const code = statusCode(argument);
      return code === undefined ? undefined : { kind: 'status-after', code };
    },
  },
  'reset-before': bare('reset-before', 'no', 'a connection that is reset, and no byte'),
  'reset-after': bare('reset-after', 'yes', 'a connection that is reset, and no byte'),
  'reset-headers': bare('reset-headers', 'yes', 'status and headers, then a reset'),
  'hang-before': bare('hang-before', 'no', 'nothing, for as long as it waits'),
  'hang-after': bare('hang-after', 'yes', 'nothing, for as long as it waits'),
  truncate: {
    forms: ['truncate', 'truncate:BYTES'],
    acts: 'yes',
    sees: 'half of the body, or that many bytes; more was announced',
    read(argument) {
      if (argument === '') return { kind: 'truncate', bytes: null };
      const bytes = whole(argument);
      return bytes === undefined ? undefined : { kind: 'truncate', bytes };
    },
  },
  'short-length': bare('short-length', 'yes', 'a `content-length` of half of the body: a cut without a sign'),
  empty: bare('empty', 'yes', 'the vendor’s status, no body'),
  text: bare('text', 'yes', 'plain text, `OK`, in place of the body'),
  gzip: bare('gzip', 'yes', 'the answer, compressed, whatever the client accepts'),
  br: bare('br', 'yes', 'the answer, compressed, whatever the client accepts'),
  deflate: bare('deflate', 'yes', 'the answer, compressed, whatever the client accepts'),
  garble: field('garble', 'the field named `FIELD_v2`; `garble:secret` renames whatever holds the secret'),
  'rename-secret': field('rename-secret', 'the secret in the field `FIELD`'),
  wrap: field('wrap', 'the whole answer inside the field `FIELD`; `wrap:bare`: the secret alone'),
  drop: field('drop', 'no field of this name: `drop:id`'),
  double: field('double', 'besides the secret, another value of the same form in `FIELD`'),
  silent: bare('silent', 'no', 'the answer of a vendor that did it'),
  unchanged: bare('unchanged', 'no', 'as `silent`, and the answer shows the token as still active'),
  'refuse-in-200': {
    forms: ['refuse-in-200', 'refuse-in-200:HOW'],
    acts: 'no',
    sees: `a refusal with status 200; HOW is ${REFUSALS_IN_200.map((how) => `\`${how}\``).join(', ')}`,
    read(argument) {
      const how = argument === '' ? 'error' : argument;
      return isRefusalIn200(how) ? { kind: 'refuse-in-200', how } : undefined;
    },
  },
  headers: {
    forms: ['headers:BYTES'],
    acts: 'yes',
    sees: 'one header of that size',
    read(argument) {
      const bytes = whole(argument);
      return bytes === undefined ? undefined : { kind: 'headers', bytes };
    },
  },
  endless: bare('endless', 'yes', 'a body that never ends'),
  drip: milliseconds('drip', 'one byte every so many milliseconds'),
  slow: milliseconds('slow', 'the answer that much later'),
  twice: bare('twice', 'twice', 'the second answer'),
  stale: {
    forms: ['stale', 'stale:N'],
    acts: 'yes',
    sees: 'a GET answered as of before the last change, or the last N; once, unless `xN` says otherwise',
    read(argument) {
      const mutations = argument === '' ? 1 : whole(argument);
      return mutations === undefined ? undefined : { kind: 'stale', mutations };
    },
  },
  html: bare('html', 'no', 'the page of a captive portal, with status 200'),
  redirect: {
    forms: ['redirect:CODE:URL'],
    acts: 'no',
    sees: 'a redirect',
    read(argument) {
      const [, code, url] = /^(3\d\d):(\S+)$/.exec(argument) ?? [];
      return code === undefined || url === undefined
        ? undefined
        : { kind: 'redirect', code: Number(code), url };
    },
  },
};

function bare(kind: BareKind, acts: string, sees: string): ActionRow {
  return { forms: [kind], acts, sees, read: (argument) => (argument === '' ? { kind } : undefined) };
}

function field(kind: FieldKind, sees: string): ActionRow {
  const read = (argument: string): FaultAction | undefined =>
    argument === '' ? undefined : { kind, field: argument };
  return { forms: [`${kind}:FIELD`], acts: 'yes', sees, read };
}

function milliseconds(kind: 'slow' | 'drip', sees: string): ActionRow {
  const read = (argument: string): FaultAction | undefined => {
    const ms = whole(argument);
    return ms === undefined ? undefined : { kind, ms };
  };
  return { forms: [`${kind}:MS`], acts: 'yes', sees, read };
}

function statusCode(argument: string): number | undefined {
  const code = whole(argument);
  return code !== undefined && code >= 200 && code <= 599 ? code : undefined;
}

function whole(argument: string): number | undefined {
  return /^\d{1,9}$/.test(argument) ? Number(argument) : undefined;
}
