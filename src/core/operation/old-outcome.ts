import type { Instant } from '../../domain/time.ts';
import type { Operation } from './operation.ts';
import { readObjectOrNull, readOneOf, readTextOrNull } from './records.ts';

/** What became of the token or key that a rotation replaced. */
export interface OldOutcome {
  readonly id: string;
  readonly name: string | null;
  /**
   * `revoked`: it is gone for good. `disabled`: it does not work, and could be enabled again. `valid-until`: it works until
   * `at`. `replaced`: it is the same thing with a new secret; the provider should refuse the old one, which nobody tried. `kept`: it was left as it is.
   * `unknown`: nobody could look.
   */
  readonly outcome: 'revoked' | 'disabled' | 'valid-until' | 'replaced' | 'kept' | 'unknown';
  /** When that happened, or until when it works; null where that is not known. */
  readonly at: Instant | null;
}

/** As far as the journal tells; null where nothing is replaced. */
export function oldOutcome({ journal, plan }: Pick<Operation, 'journal' | 'plan'>): OldOutcome | null {
  const { target } = plan;
  if (!target) return null;
  const { id, name } = target;
  if (plan.way === 'in-place') {
    const at = readTextOrNull(readObjectOrNull(journal.result('log created'))?.['at']);
    return { id, name, outcome: 'replaced', at };
  }
  if (plan.retainOld) return { id, name, outcome: 'kept', at: null };
  const ended = readObjectOrNull(journal.result('retire') ?? journal.result('disable'));
  const outcome = readTextOrNull(ended?.['outcome']);
  // A journal of an older keyturn does not say what was seen.
  if (!ended || outcome === null) return { id, name, outcome: 'unknown', at: null };
  return {
    id,
    name,
    outcome: readOneOf(outcome, ['revoked', 'disabled', 'unknown']),
    at: readTextOrNull(ended['at']),
  };
}
