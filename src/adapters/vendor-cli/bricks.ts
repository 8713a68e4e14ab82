import { dirname, join } from 'node:path';
import { AppError, isAppError } from '../../domain/errors.ts';
import type { Origin } from '../../domain/origin.ts';
import type { Secret } from '../../domain/secret.ts';
import { readSecretInput } from '../../domain/secret-input.ts';
import { safeText } from '../../domain/text.ts';
import type { Disk } from '../../ports/disk.ts';
import { parseYaml } from '../yaml/yaml-file.ts';
import { readMap, readText } from '../yaml/yaml-tree.ts';
import { notLoggedIn } from './not-logged-in.ts';
import { readVendorFile } from './read-vendor-file.ts';
import { requireHome } from './require-home.ts';
import { readVendorOrigin } from './vendor-origin.ts';

export interface VendorSession {
  readonly secret: Secret;
  /** The file that it was read from. */
  readonly path: string;
}

export interface BricksSession extends VendorSession {
  /** The backend that the session belongs to, where it is not the vendor's own service (on-premise). */
  readonly origin: Origin | null;
}

interface BricksDeps {
  readonly disk: Disk;
  readonly home: string;
  /** The file that a login agreed to; without one it is looked for. */
  readonly file?: string | null;
}

/**
 * The token of a logged-in `bricks`: flat YAML, `token: Bearer <JWT or bbx_…>`, with or without the word
 * (docs.bluebricks.co, "CLI credentials"). Read at each use and never written. Throws not-found or usage.
 */
export async function readBricksSession({ disk, home, file }: BricksDeps): Promise<BricksSession> {
  const path = file ?? join(requireHome(home), '.bricks', 'credentials.yaml');
  const bytes = await readVendorFile(disk, path);
  if (!bytes || bytes.length === 0) throw notLoggedIn('bricks', [path], 'run `bricks login`');
  const token = await readToken(bytes, path);
  if (token === null || token.trim() === '') throw notLoggedIn('bricks', [path], 'run `bricks login`');
  const secret = readSecretInput(token.trim().replace(/^Bearer\s+/i, ''), 'the token of bricks');
  return { secret, path, origin: await readBackend(disk, dirname(path)) };
}

/** The last of the files that names a backend wins, as in the vendor's command (docs.bluebricks.co, "configuration"). */
async function readBackend(disk: Disk, folder: string): Promise<Origin | null> {
  let origin: Origin | null = null;
  for (const name of ['config.yaml', 'environment.yaml', 'credentials.yaml']) {
    const path = join(folder, name);
    const bytes = await readVendorFile(disk, path);
    if (!bytes || isBlank(bytes)) continue;
    const url = (await readField(bytes, path, 'backend_api_url'))?.trim() ?? '';
    if (url !== '') origin = readVendorOrigin(url, { path, field: 'backend_api_url' });
  }
  return origin;
}

/** A configuration that nobody wrote to holds comments only. */
function isBlank(bytes: Uint8Array): boolean {
  return new TextDecoder()
    .decode(bytes)
    .split('\n')
    .every((line) => /^\s*(?:#|$)/.test(line));
}

async function readToken(bytes: Uint8Array, path: string): Promise<string | null> {
  return readField(bytes, path, 'token');
}

async function readField(bytes: Uint8Array, path: string, name: string): Promise<string | null> {
  try {
    const file = await parseYaml(bytes, path);
    const fields = readMap(file, file.root, 'the file');
    return readText(file, fields.get(name)?.value, `"${name}"`);
  } catch (error) {
    if (!isAppError(error, 'usage')) throw error;
    // The file is the vendor's: its own login fixes it.
    throw new AppError({
      ...error.facts,
      hint: `run \`bricks login\` to write "${safeText(path, 300)}" anew`,
    });
  }
}
