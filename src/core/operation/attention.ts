import type { ErrorCode } from '../../domain/errors.ts';
import { AppError } from '../../domain/errors.ts';

export interface AttentionFacts {
  /** `orphan`: something live whose secret keyturn does not have. `lost`: a secret must be replaced by a person. */
  readonly code: Extract<ErrorCode, 'orphan' | 'lost' | 'conflict' | 'failure'>;
  readonly message: string;
  /** What a person must do, as a sentence or a command. */
  readonly manual: string;
  /** The provider's id of what is, or may be, the orphan. */
  readonly orphanId?: string | null;
  /** The command to run first, where that is not `rotations resume`. */
  readonly next?: string;
}

/** An operation cannot be settled without a person: nothing more is sent, and everything is kept. */
export class NeedsAttention extends AppError {
  readonly orphanId: string | null;
  readonly manual: string;

  constructor(facts: AttentionFacts) {
    super({ code: facts.code, message: facts.message, hint: facts.manual, next: facts.next });
    this.orphanId = facts.orphanId ?? null;
    this.manual = facts.manual;
  }
}
