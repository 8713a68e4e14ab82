import { isAppError } from '../../domain/errors.ts';
import type { Locks } from '../../ports/lock.ts';

/** Runs `work` as the only process at the attempt. Throws `locked`, which tells that another one is at it. */
export async function holdAttempt<T>(locks: Locks, id: string, work: () => Promise<T>): Promise<T> {
  let isHere = false;
  try {
    return await locks.hold(`attempt-${id}`, 0, () => {
      isHere = true;
      return work();
    });
  } catch (error) {
    if (isHere || !isAppError(error, 'locked')) throw error;
    throw error.with({ message: `another keyturn is at the operation ${id} now`, attempt: id });
  }
}

export async function isHeld(locks: Locks, id: string): Promise<boolean> {
  try {
    await locks.hold(`attempt-${id}`, 0, async () => {});
    return false;
  } catch (error) {
    if (!isAppError(error)) throw error;
    return error.code === 'locked';
  }
}
