import { LONGEST_TIMER_MS } from '../domain/duration.ts';

/** Waiting that can be called off, so that a server with slow answers still closes at once. */
export interface Pauses {
  /** Resolves after the time (the longest that a timer takes, where it is more), or never once `end` was called. */
  wait(ms: number): Promise<void>;
  end(): void;
}

export function createPauses(): Pauses {
  const timers = new Set<NodeJS.Timeout>();
  let ended = false;
  return {
    wait(ms) {
      if (ms <= 0) return Promise.resolve();
      return new Promise((resolve) => {
        if (ended) return;
        const timer = setTimeout(
          () => {
            timers.delete(timer);
            resolve();
          },
          Math.min(ms, LONGEST_TIMER_MS),
        );
        timers.add(timer);
      });
    },
    end() {
      ended = true;
      for (const timer of timers) clearTimeout(timer);
      timers.clear();
    },
  };
}
