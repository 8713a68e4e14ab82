import * as fs from 'node:fs/promises';
import { usage } from '../../domain/errors.ts';
import { safeText } from '../../domain/text.ts';
import { errnoOf, toDiskError } from './disk-error.ts';

const PART = 64 * 1024;

/**
 * What a person named to be read, whole, at most `limit` bytes; null when there is nothing. Unlike keyturn's own files it
 * may be a link (a secret that Kubernetes mounts) or a pipe (`<(…)`, a FIFO).
 */
export async function readInput(path: string, limit: number, stop: AbortSignal): Promise<Uint8Array | null> {
  // A FIFO waits for who writes to it, for ever if nobody does.
  return Promise.race([readWhole(path, limit), whenStopped(stop)]);
}

async function readWhole(path: string, limit: number): Promise<Uint8Array | null> {
  try {
    const file = await fs.open(path, 'r');
    try {
      const parts: Uint8Array[] = [];
      for (let size = 0; ; ) {
        const { bytesRead, buffer } = await file.read(new Uint8Array(PART), 0, PART, null);
        if (bytesRead === 0) return Buffer.concat(parts);
        size += bytesRead;
        if (size > limit)
          throw usage(
            `"${safeText(path, 300)}" is larger than ${limit} bytes`,
            'it cannot be the right file',
          );
        parts.push(buffer.subarray(0, bytesRead));
      }
    } finally {
      await file.close();
    }
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return null;
    throw toDiskError(error, path);
  }
}

function whenStopped(stop: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (stop.aborted) reject(stop.reason);
    stop.addEventListener('abort', () => reject(stop.reason), { once: true });
  });
}
