import * as fs from 'node:fs/promises';
import { dirname } from 'node:path';
import { usage } from '../../domain/errors.ts';
import { safeText } from '../../domain/text.ts';
import { errnoOf } from './disk-error.ts';

const ROOT = 0;

/** Makes the folder and those above it that are missing, none of them in a folder that belongs to another user. */
export async function makeFolders(
  path: string,
  mode: number,
  ownUid: () => Promise<number | null>,
): Promise<void> {
  for (const folder of await missingFolders(path)) {
    await refuseForeignParent(dirname(folder), path, ownUid);
    await makeOne(folder, mode);
  }
}

/** Refuses what {@link makeFolders} would refuse; makes nothing. */
export async function checkFolders(path: string, ownUid: () => Promise<number | null>): Promise<void> {
  const [first] = await missingFolders(path);
  if (first !== undefined) await refuseForeignParent(dirname(first), path, ownUid);
}

/** The folder and those above it that are not there, the uppermost first. */
async function missingFolders(path: string): Promise<readonly string[]> {
  const missing: string[] = [];
  for (let at = path; !(await isFolder(at)); at = dirname(at)) {
    missing.unshift(at);
    if (dirname(at) === at) break;
  }
  return missing;
}

async function isFolder(path: string): Promise<boolean> {
  try {
    const facts = await fs.stat(path);
    if (facts.isDirectory()) return true;
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return false;
    throw error;
  }
  throw usage(`"${safeText(path, 300)}" is not a folder`, 'move it away or choose another folder');
}

/** An error is final: some file systems say that the folder above is missing though it is there (/proc, an automount). */
async function makeOne(path: string, mode: number): Promise<void> {
  try {
    await fs.mkdir(path, { mode });
  } catch (error) {
    const code = errnoOf(error);
    // Another process was quicker.
    if (code === 'EEXIST' && (await isFolder(path))) return;
    if (code !== 'ENOENT') throw error;
    throw usage(
      `no folder can be made at "${safeText(path, 300)}"`,
      'choose a folder elsewhere: set HOME, or KEYTURN_CONFIG_DIR and KEYTURN_STATE_DIR',
    );
  }
  await fs.chmod(path, mode);
}

/** `sudo` without `-H` leaves another user's HOME: what root makes there, its owner can never use again. */
async function refuseForeignParent(
  parent: string,
  wanted: string,
  ownUid: () => Promise<number | null>,
): Promise<void> {
  const own = await ownUid();
  if (own === null) return;
  const { uid } = await fs.stat(parent);
  if (uid === own || uid === ROOT) return;
  throw usage(
    `"${safeText(parent, 300)}" belongs to another user: "${safeText(wanted, 300)}" is not made there`,
    'set HOME to your own home (`sudo -H`), or make the folder yourself with mode 700',
  );
}
