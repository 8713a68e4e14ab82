import { readFile, stat } from 'node:fs/promises';
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

const OVERFLOW_UID = 65_534;

/**
 * The number that stands for every owner outside of this user namespace; null where each owner has a number of its own. In a
 * user namespace (a rootless container, a sandbox) that maps few users, the system shows all others as one number: the
 * root of the machine, who owns `/`, among them. They cannot be told apart.
 */
export async function findOutsideUid(): Promise<number | null> {
  try {
    return isMapped(OVERFLOW_UID, await readFile('/proc/self/uid_map', 'utf8')) ? null : OVERFLOW_UID;
  } catch {
    return null;
  }
}

/** Lines of three numbers: the first inside, the first outside, how many. */
export function isMapped(uid: number, map: string): boolean {
  return map
    .trim()
    .split('\n')
    .some((line) => {
      const [first = 0, , count = 0] = line.trim().split(/\s+/).map(Number);
      return uid >= first && uid < first + count;
    });
}
