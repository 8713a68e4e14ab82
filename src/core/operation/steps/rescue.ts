import { isAppError } from '../../../domain/errors.ts';
import type { Operation } from '../operation.ts';
import { issueStep } from '../step-names.ts';
import { checkSecret, decode } from './read-answer.ts';
import { write } from './store.ts';

/**
 * The journal broke while it held nothing but memory: the answer is whole, and the disk would not take it. The store is
 * another file, perhaps on another disk; what is put there under the operation's own version is found again by `resume`.
 */
export async function rescue(operation: Operation): Promise<void> {
  const { memory, plan, deps } = operation;
  const { entry } = plan;
  if (!memory.answer?.complete || !entry || (await isSealed(operation.journal))) return;
  if ((await operation.journal.captured(issueStep(Math.max(1, memory.sends))))?.complete) return;
  const issued = decode(operation, memory.answer);
  if (isAppError(issued) || !issued.secret) return;
  const secret = checkSecret(operation, issued.secret);
  if (isAppError(secret)) return;
  try {
    await write(operation, { entry, item: issued.item, secret });
    deps.note(`the journal could not be written; the new secret is in the store as "${entry.name}"`);
  } catch (error) {
    if (!isAppError(error)) throw error;
    deps.note('neither the journal nor the store could be written');
  }
}

/** Whether the new secret is in the journal; false also where the journal cannot be read. */
export async function isSealed(journal: Pick<Operation['journal'], 'stashed'>): Promise<boolean> {
  try {
    return (await journal.stashed()) !== null;
  } catch (error) {
    if (isAppError(error)) return false;
    throw error;
  }
}
