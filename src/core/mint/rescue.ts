import { isAppError } from '../../domain/errors.ts';
import type { Attempt } from './attempt.ts';
import { write } from './keep.ts';
import { checkSecret, decode } from './read-answer.ts';
import { mintName } from './send.ts';

/**
 * The journal broke while it held nothing but memory: the answer is whole, and the disk would not take it. The store is
 * another file, perhaps on another disk; what is put there under the attempt's own version is found again by `resume`.
 */
export async function rescue(attempt: Attempt): Promise<void> {
  const { memory, plan, deps } = attempt;
  const { entry } = plan;
  if (!memory.answer?.complete || !entry || (await isSealed(attempt.journal))) return;
  if ((await attempt.journal.captured(mintName(Math.max(1, memory.sends))))?.complete) return;
  const minted = decode(attempt, memory.answer);
  if (isAppError(minted) || !minted.secret) return;
  const secret = checkSecret(attempt, minted.secret);
  if (isAppError(secret)) return;
  try {
    await write(attempt, { entry, item: minted.item, secret });
    deps.note(`the journal could not be written; the new secret is in the store as "${entry.name}"`);
  } catch (error) {
    if (!isAppError(error)) throw error;
    deps.note('neither the journal nor the store could be written');
  }
}

/** Whether the new secret is in the journal; false also where the journal cannot be read. */
export async function isSealed(journal: Pick<Attempt['journal'], 'kept'>): Promise<boolean> {
  try {
    return (await journal.kept()) !== null;
  } catch (error) {
    if (isAppError(error)) return false;
    throw error;
  }
}
