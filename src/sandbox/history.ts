import type { Sandbox } from './sandbox.ts';
import type { Json, SandboxRequest, SandboxResponse } from './vendor.ts';

/** A sandbox that remembers its last states, for answers that lag behind. */
export interface History {
  handle(request: SandboxRequest): SandboxResponse;
  /** Answers as it would have before the last `mutations` changes, or as far back as is remembered. */
  handlePast(mutations: number, request: SandboxRequest): SandboxResponse;
  /** The answer that `handle` would give; nothing is done. */
  pretend(request: SandboxRequest): SandboxResponse;
  /** How many requests have changed something so far. */
  readonly commits: number;
}

const REMEMBERED = 32;

export function createHistory(sandbox: Sandbox): History {
  const states: Json[] = [];
  let commits = 0;
  return {
    get commits() {
      return commits;
    },
    handle(request) {
      if (request.method === 'GET') return sandbox.handle(request);
      const before = sandbox.save();
      const response = sandbox.handle(request);
      if (response.status < 300 && response.changed !== false) {
        commits += 1;
        states.push(before);
        if (states.length > REMEMBERED) states.shift();
      }
      return response;
    },
    pretend: (request) => sandbox.handleAsOf(sandbox.save(), request),
    handlePast(mutations, request) {
      const state = mutations === 0 ? undefined : states.at(-Math.min(mutations, states.length));
      return state === undefined ? sandbox.handle(request) : sandbox.handleAsOf(state, request);
    },
  };
}
