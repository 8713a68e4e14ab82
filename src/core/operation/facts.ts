import type { AppError, ErrorCode } from '../../domain/errors.ts';
import type { Item } from './records.ts';

/** What became of one request, as the journal records it: no secret, no body. */
export type Sent =
  | { readonly kind: 'not-sent'; readonly reason: string; readonly code: AppError['code'] }
  /** A success, whole; the secret is in the captured bytes. */
  | { readonly kind: 'answered'; readonly status: number }
  /** The provider said no, and says so only when it did nothing. */
  | {
      readonly kind: 'refused';
      readonly status: number;
      readonly code: AppError['code'];
      readonly message: string;
      readonly hint: string | null;
    }
  /** It may have been acted upon. */
  | { readonly kind: 'ambiguous'; readonly status: number | null; readonly reason: string };

/** What the answer to the request held. */
export type Answer =
  /** The secret is sealed in the journal. `proven`: read from a whole answer, not from a part of one. */
  | { readonly kind: 'issued'; readonly item: Item | null; readonly proven: boolean }
  /**
   * No secret. `id` is set when the answer still named what was made: it is ours beyond doubt. `isTold`: something
   * whole arrived, and a repeat would tell the same.
   */
  | { readonly kind: 'none'; readonly id: string | null; readonly why: string; readonly isTold: boolean }
  /** The provider refused in the body of a success. */
  | Refusal
  /** More than one value may be it. None is chosen; what arrived stays sealed in the journal. */
  | { readonly kind: 'several'; readonly id: string | null; readonly why: string };

/** Why an answer of which no byte is kept cannot be used. */
export const NO_BYTES = { lost: 'the answer was lost', empty: 'the answer is empty' } as const;

/** Whether something arrived that a person could read. */
export function hasArrived(why: string): boolean {
  return why !== NO_BYTES.lost && why !== NO_BYTES.empty;
}

/**
 * Whether a person must read the answer: it arrived, and keyturn does not know which of its values is the secret. What the
 * request made is then never ended unasked, for the answer may be the only copy of its secret.
 */
export function isUnread({ answer }: Pick<LostAnswer, 'answer'>): boolean {
  return answer !== undefined && isWholeWithoutSecret(answer);
}

/** Whether a whole answer arrived from which no secret was taken: a repeat would tell the same. */
export function isWholeWithoutSecret(answer: {
  readonly kind?: unknown;
  readonly isTold?: unknown;
}): boolean {
  return answer.kind === 'several' || (answer.kind === 'none' && answer.isTold === true);
}

export interface Refusal {
  readonly kind: 'refused';
  readonly id: null;
  readonly code: ErrorCode;
  readonly why: string;
  readonly hint: string | null;
}

/** The secret is sealed in the journal. */
export interface NewSecret {
  readonly kind: 'issued';
  /** Null where the answer told nothing but the secret. */
  readonly item: Item | null;
  /** Whether the secret came in a whole answer; if not, it must be proven before it is relied on. */
  readonly proven: boolean;
  /** Whether it took more than one request, because the answer to the first was lost. */
  readonly repeated: boolean;
}

/** Nothing is left of the request. */
export interface NothingIssued {
  readonly kind: 'aborted';
  readonly error: AppError;
}

/** One request, and what its answer held. */
export interface Try {
  readonly sent: Sent;
  readonly answer: Answer;
}

/** What is known of a request whose secret keyturn does not have. */
export interface LostAnswer {
  readonly sent: Sent;
  /** The id that the answer still named, which was not there before: ours beyond doubt. */
  readonly madeId: string | null;
  /** What the answer held, where one was read. */
  readonly answer?: Answer;
}

/** Nothing usable is left of the request. */
export interface NothingLeft {
  readonly kind: 'nothing';
  /** Names or ids of what it had made, and what was ended again. */
  readonly ended: readonly string[];
}

/** What was made, addressed beyond doubt. */
export interface Made {
  readonly item: Item;
  /** Ids of tokens that appeared beside it and may be a second effect of the same request. */
  readonly candidates: readonly string[];
}
