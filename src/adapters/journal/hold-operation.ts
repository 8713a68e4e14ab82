import { isAppError } from '../../domain/errors.ts';
import type { Locks } from '../../ports/lock.ts';

/** Runs `work` as the only process at the operation. Throws `locked`, which tells that another one is at it. */
export async function holdOperation<T>(locks: Locks, id: string, work: () => Promise<T>): Promise<T> {
  let isHere = false;
  try {
    return await locks.hold(`operation-${id}`, 0, () => {
      isHere = true;
      return work();
    });
  } catch (error) {
    if (isHere || !isAppError(error, 'locked')) throw error;
    throw error.with({ message: `another keyturn is at the operation ${id} now`, operation: id });
  }
}

export async function isHeld(locks: Locks, id: string): Promise<boolean> {
  try {
    await locks.hold(`operation-${id}`, 0, async () => {});
    return false;
  } catch (error) {
    if (!isAppError(error)) throw error;
    return error.code === 'locked';
  }
}
