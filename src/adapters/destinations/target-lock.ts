import { basename, dirname } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { createFileLocks } from '../locks/file-locks.ts';
import { createProcesses } from '../locks/process-identity.ts';
import type { DestinationDeps } from './destination-deps.ts';

const WAIT_MS = 30_000;

/**
 * Runs `work` as the only keyturn that changes this file. The lock lies beside the file and not in keyturn's own folder:
 * processes with another home, or in another container, see the same one.
 */
export async function holdTarget<T>(deps: DestinationDeps, path: string, work: () => Promise<T>): Promise<T> {
  const { disk, random } = deps;
  const locks = createFileLocks({
    disk,
    random,
    clock: deps.clock ?? { sleep: async (ms) => void (await wait(ms)) },
    // Who does not say which process it is counts as alive for ever.
    processes: deps.processes ?? createProcesses({ pid: 0, signalZero: () => true }),
    folder: dirname(path),
    hidden: true,
  });
  return locks.hold(basename(path), WAIT_MS, work);
}
