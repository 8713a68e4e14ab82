import { dirname } from 'node:path';
import { replaceFile } from '../disk/atomic-file.ts';
import { type SharedFile, sameBytes } from '../disk/commit-file.ts';
import { FILE_LIMIT } from './format.ts';

/** Keeps a copy of a file of an older schema beside it, before the first write in the newer one. */
export async function backUp(shared: SharedFile, bytes: Uint8Array, schema: number): Promise<void> {
  for (let copy = 1; ; copy += 1) {
    const path = `${shared.path}.schema${schema}${copy === 1 ? '' : `.${copy}`}.bak`;
    const existing = await shared.disk.read(path, FILE_LIMIT);
    if (sameBytes(existing, bytes)) return;
    if (existing) continue;
    await replaceFile(shared.disk, shared.random, path, bytes, 0o600);
    await shared.disk.syncFolder(dirname(path));
    return;
  }
}
