import type { Clock } from '../../ports/clock.ts';

/** Longer, and a process would end that much later than its work. In ms. */
const LONGEST_SLEEP_MS = 40;

/**
 * Whose turn it is among those of this process that want the same lock: one by one, in the order in which they came. If each
 * of them looked at the folder every few ms instead, many at once would keep each other from it.
 */
export class Turns {
  readonly #clock: Pick<Clock, 'sleep'>;
  /** By name, those who wait for the one whose turn it is. */
  readonly #waiting = new Map<string, (() => void)[]>();

  constructor(clock: Pick<Clock, 'sleep'>) {
    this.#clock = clock;
  }

  /**
   * Waits for at most `waitMs` while nobody before this one gets the turn: a long queue that moves is no lock that is stuck.
   * Returns how much of that is left, or null where the turn did not come.
   */
  async take(name: string, waitMs: number): Promise<number | null> {
    const waiting = this.#waiting.get(name);
    if (waiting === undefined) {
      this.#waiting.set(name, []);
      return waitMs;
    }
    let isMine = false;
    let wake = (): void => {};
    const turn = new Promise<void>((resolve) => {
      wake = () => {
        isMine = true;
        resolve();
      };
    });
    waiting.push(wake);
    let left = waitMs;
    let ahead = waiting.length;
    while (!isMine && left > 0) {
      const wait = Math.min(left, LONGEST_SLEEP_MS);
      await Promise.race([turn, this.#clock.sleep(wait)]);
      if (isMine) break;
      const place = waiting.indexOf(wake) + 1;
      left = place < ahead ? waitMs : left - wait;
      ahead = place;
    }
    if (isMine) return left;
    waiting.splice(waiting.indexOf(wake), 1);
    return null;
  }

  pass(name: string): void {
    const next = this.#waiting.get(name)?.shift();
    if (next === undefined) this.#waiting.delete(name);
    else next();
  }
}
