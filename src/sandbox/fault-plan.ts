import type { FaultAction } from './fault-actions.ts';
import type { FaultRule } from './faults.ts';

/** What befalls one request. */
export interface Fate {
  /** Milliseconds before the answer starts, from all matching `slow` rules. */
  readonly delay: number;
  /** The first other rule that fires; undefined: the request is answered as it should be. */
  readonly action: FaultAction | undefined;
}

/** Counts how often each rule has matched and fired. */
export interface FaultPlan {
  next(request: { readonly method: string; readonly path: string }): Fate;
}

export function createFaultPlan(rules: readonly FaultRule[]): FaultPlan {
  const entries = rules.map((rule) => ({ rule, pattern: globPattern(rule.path), seen: 0, fired: 0 }));
  return {
    next({ method, path }) {
      let delay = 0;
      let action: FaultAction | undefined;
      for (const entry of entries) {
        const { rule, pattern } = entry;
        if (rule.method !== null && rule.method !== method) continue;
        if (!pattern.test(path)) continue;
        const isDelay = rule.action.kind === 'slow';
        // A rule behind the one that fires is not used up by a request it could not harm.
        if (!isDelay && action !== undefined) continue;
        entry.seen += 1;
        if (entry.seen <= rule.after || entry.fired >= rule.times) continue;
        entry.fired += 1;
        if (rule.action.kind === 'slow') delay += rule.action.ms;
        else action = rule.action;
      }
      return { delay, action };
    },
  };
}

function globPattern(glob: string): RegExp {
  const parts = glob.split(/\*+/).map((part) => part.replace(/[\\^$.|?+()[\]{}]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`, 's');
}
