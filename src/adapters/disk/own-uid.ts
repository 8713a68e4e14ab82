import { stat } from 'node:fs/promises';
import { userInfo } from 'node:os';

/** The user id that this process runs as; null where the system has none. */
export async function findOwnUid(): Promise<number | null> {
  try {
    // A container may run as a number without a name: userInfo() throws there, /proc still tells.
    return (await stat('/proc/self')).uid;
  } catch {
    // No /proc: macOS, Windows.
  }
  try {
    const { uid } = userInfo();
    return uid >= 0 ? uid : null;
  } catch {
    return null;
  }
}
