import { join } from 'node:path';
import { AppError, isAppError } from '../../domain/errors.ts';
import type { Secret } from '../../domain/secret.ts';
import { readSecretInput } from '../../domain/secret-input.ts';
import { safeText } from '../../domain/text.ts';
import type { Disk } from '../../ports/disk.ts';
import { parseYaml, readMap, readText } from '../yaml/yaml-file.ts';
import { notLoggedIn } from './not-logged-in.ts';

export interface VendorSession {
  readonly secret: Secret;
  /** The file that it was read from. */
  readonly path: string;
}

const LIMIT = 1024 * 1024;

/**
 * The token of a logged-in `bricks`: flat YAML, `token: Bearer <JWT or bbx_…>`, with or without the word
 * (docs.bluebricks.co, "CLI credentials"). Read at each use and never written. Throws not-found or usage.
 */
export async function readBricksSession(deps: {
  readonly disk: Disk;
  readonly home: string;
}): Promise<VendorSession> {
  const path = join(deps.home, '.bricks', 'credentials.yaml');
  const bytes = await deps.disk.read(await deps.disk.resolve(path), LIMIT);
  if (!bytes || bytes.length === 0) throw notLoggedIn('bricks', [path], 'run `bricks login`');
  const token = await readToken(bytes, path);
  if (token === null || token.trim() === '') throw notLoggedIn('bricks', [path], 'run `bricks login`');
  return { secret: readSecretInput(token.trim().replace(/^Bearer\s+/i, ''), 'the token of bricks'), path };
}

async function readToken(bytes: Uint8Array, path: string): Promise<string | null> {
  try {
    const file = await parseYaml(bytes, path);
    const fields = readMap(file, file.document.contents, 'the file');
    return readText(file, fields.get('token')?.value, '"token"');
  } catch (error) {
    if (!isAppError(error, 'usage')) throw error;
    // The file is the vendor's: its own login mends it.
    throw new AppError({
      ...error.facts,
      hint: `run \`bricks login\` to write "${safeText(path, 300)}" anew`,
    });
  }
}
