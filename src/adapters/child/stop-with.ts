import { existsSync, readFileSync } from 'node:fs';

/** How often, and how long in all, a program that was asked to stop is looked at: an editor puts the terminal in order first. */
const LOOK_MS = 50;
const PATIENCE_MS = 1_000;

/**
 * Stops us once the program has stopped, so that a shell gets its terminal back. A program that has a handler of its own for Ctrl-Z
 * and goes on keeps us going. Where the system does not tell, we stop with the signal.
 */
export async function stopWith(pid: number, stop: () => void): Promise<void> {
  for (let waited = 0; waited < PATIENCE_MS; waited += LOOK_MS) {
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    const state = stateOf(pid);
    if (state === 'gone') return;
    if (state === 'stopped' || state === 'unknown') return stop();
  }
}

function stateOf(pid: number): 'stopped' | 'running' | 'gone' | 'unknown' {
  try {
    // The name of the program, in parentheses, may hold anything.
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const state = stat.slice(stat.lastIndexOf(')') + 2, stat.lastIndexOf(')') + 3);
    return state === 'T' || state === 't' ? 'stopped' : 'running';
  } catch {
    return existsSync('/proc/self/stat') ? 'gone' : 'unknown';
  }
}
