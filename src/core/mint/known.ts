import type { Attempt } from './attempt.ts';
import { NeedsAttention } from './attention.ts';
import { ARM, readBaseline } from './baseline.ts';

/**
 * Whether the id is of something that was there before the mint. An answer that names such a thing is wrong about it,
 * or meant to mislead: what it names is neither read, kept nor ended.
 */
export function isKnown({ journal, plan }: Pick<Attempt, 'journal' | 'plan'>, id: string): boolean {
  if (plan.way === 'in-place') return false;
  const armed = journal.result(ARM);
  return id === plan.target?.id || (armed !== null && (readBaseline(armed).before?.has(id) ?? false));
}

/** The last look before something is ended as this attempt's own: it cannot be what was there before. */
export function refuseKnown(attempt: Pick<Attempt, 'journal' | 'plan'>, id: string): void {
  if (!isKnown(attempt, id)) return;
  throw new NeedsAttention({
    code: 'conflict',
    message: `what would be ended, "${id}", was there before this operation`,
    manual: 'nothing was sent; compare `keyturn tokens list` with what should be there',
  });
}
