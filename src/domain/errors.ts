/** Every way a command can end. The number is the process's exit code; numbers are never reused. */
export const EXIT = {
  ok: { code: 0, meaning: 'done' },
  failure: { code: 1, meaning: 'the provider refused for a reason not below, or a bug in keyturn' },
  usage: { code: 2, meaning: 'wrong options, arguments, input or configuration; nothing was sent' },
  cancelled: { code: 3, meaning: 'the person said no at a prompt' },
  auth: {
    code: 4,
    meaning: 'no credential, or the provider rejected it, or it is not allowed to do this',
  },
  'not-found': { code: 5, meaning: 'no such token, key, project, profile or credential' },
  conflict: { code: 6, meaning: 'the name is taken, the reference is ambiguous, or the state forbids it' },
  unavailable: {
    code: 7,
    meaning: 'network, time-out, rate limit, 5xx, store cannot be reached; worth trying again',
  },
  unsupported: { code: 8, meaning: 'this provider has no such operation' },
  partial: { code: 9, meaning: 'of several items some failed; each is reported' },
  pending: { code: 10, meaning: 'stopped at a safe place; `keyturn rotations resume` goes on' },
  orphan: {
    code: 11,
    meaning: 'a live token exists at the provider whose secret keyturn does not have; it is named',
  },
  lost: { code: 12, meaning: 'a secret is lost or not usable; a person must replace it' },
  locked: { code: 13, meaning: 'another keyturn works on the same credential' },
  interrupted: { code: 130, meaning: 'interrupted (Ctrl-C) before anything was sent' },
  terminated: { code: 143, meaning: 'terminated before anything was sent' },
} as const;

export type ExitName = keyof typeof EXIT;
export type ErrorCode = Exclude<ExitName, 'ok'>;

export const ERROR_CODES: readonly ErrorCode[] = Object.keys(EXIT).filter(
  (name): name is ErrorCode => name !== 'ok' && name in EXIT,
);

export interface ErrorFacts {
  readonly code: ErrorCode;
  /** Lower-case, no full stop, the thing in quotes. Never holds a secret, a raw error or a vendor's body. */
  readonly message: string;
  /** What to do next, as a command where there is one. */
  readonly hint?: string | undefined;
  readonly provider?: string | undefined;
  /** The HTTP status that the provider answered with. */
  readonly status?: number | undefined;
  /** The request was sent and no whole answer came. */
  readonly unanswered?: boolean | undefined;
  /** The provider's own id of the request, to quote to its support (`x-devo-cid`). */
  readonly requestId?: string | undefined;
  /** The id of the unfinished operation that the error belongs to, for `rotations resume`. */
  readonly operation?: string | undefined;
  /** The provider's id of the token or key that the error is about. */
  readonly id?: string | undefined;
  readonly profile?: string | undefined;
  /** The command to run next, ready to paste. */
  readonly next?: string | undefined;
}

/** The only error that a person or a script ever sees. */
export class AppError extends Error {
  override readonly name = 'AppError';
  readonly facts: ErrorFacts;

  constructor(facts: ErrorFacts) {
    super(facts.message);
    this.facts = facts;
  }

  get code(): ErrorCode {
    return this.facts.code;
  }

  /** The same error with facts added that only the caller knows. */
  with(more: Partial<ErrorFacts>): AppError {
    return new AppError({ ...this.facts, ...more });
  }
}

export function usage(message: string, hint?: string): AppError {
  return new AppError({ code: 'usage', message, hint });
}

export function isAppError(error: unknown, code?: ErrorCode): error is AppError {
  return error instanceof AppError && (code === undefined || error.code === code);
}

/** What was asked to stop, in words: the reason given with the signal, else Ctrl-C. */
export function interruption(signal: AbortSignal): AppError {
  const reason: unknown = signal.reason;
  return isAppError(reason) ? reason : new AppError({ code: 'interrupted', message: 'interrupted' });
}
