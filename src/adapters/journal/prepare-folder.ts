import { dirname } from 'node:path';
import type { Disk } from '../../ports/disk.ts';
import { ensurePrivateFolder } from '../disk/private.ts';

/** Makes the folder, private and durable: a journal in a folder that a power cut takes away proves nothing. */
export async function prepareFolder(disk: Disk, folder: string): Promise<void> {
  const missing: string[] = [];
  for (let at = folder; dirname(at) !== at && !(await disk.facts(at)); at = dirname(at)) missing.push(at);
  await ensurePrivateFolder(disk, folder);
  for (const made of missing) await disk.syncFolder(dirname(made));
}
