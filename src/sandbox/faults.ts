import { usage } from '../domain/errors.ts';
import type { FaultAction } from './fault-actions.ts';
import { FAULT_ACTIONS } from './fault-actions.ts';

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
  const row = Object.entries(FAULT_ACTIONS).find(([name]) => name === kind)?.[1];
  const action = row?.read(rest.join(':'));
  if (action === undefined) throw badRule(text);
  return action;
}

function badRule(text: string): Error {
  return usage(
    `not a fault rule: "${text}"`,
    `write ${GRAMMAR}, for example "POST /api/v1/auth/key reset-after x1"`,
  );
}
