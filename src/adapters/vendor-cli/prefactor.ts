import { basename, dirname, isAbsolute, join } from 'node:path';
import { AppError, usage } from '../../domain/errors.ts';
import type { Origin } from '../../domain/origin.ts';
import { readSecretInput } from '../../domain/secret-input.ts';
import { safeText } from '../../domain/text.ts';
import type { Disk } from '../../ports/disk.ts';
import type { VendorSession } from './bricks.ts';
import { notLoggedIn } from './not-logged-in.ts';
import { readVendorFile } from './read-vendor-file.ts';
import { requireHome } from './require-home.ts';
import { readVendorOrigin } from './vendor-origin.ts';

export interface PrefactorSession extends VendorSession {
  /** Where the vendor's CLI would send the key. */
  readonly origin: Origin;
  /** The vendor CLI's profile that was read. */
  readonly profile: string;
}

export interface PrefactorDeps {
  readonly disk: Disk;
  readonly home: string;
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The `node` that runs: the vendor's command, installed with npm, keeps its file beside the same installation. */
  readonly node: string;
  /** Named by the person; else PREFACTOR_PROFILE, else `default`. */
  readonly profile: string | null;
  /** The file that a login agreed to; without one it is looked for. */
  readonly file?: string | null;
}

const FILE = 'prefactor.json';
const HINT = 'log in with the prefactor CLI, or hand over a token with `--with-token`';

/**
 * The session of the prefactor CLI. A login looks for it in the CLI's own order: the repository's root, or the current folder
 * where there is no repository; the folder that the executable is installed in (`<prefix>` of a CLI that Node runs);
 * `~/.prefactor`. The first file that exists counts. Every later use reads that file and looks for no other: a repository
 * that somebody else wrote must not swap the credential. Never written.
 */
export async function readPrefactorSession(deps: PrefactorDeps): Promise<PrefactorSession> {
  const candidates = deps.file ? [deps.file] : await listCandidates(deps);
  for (const path of candidates) {
    const bytes = await readVendorFile(deps.disk, path);
    if (bytes) return readProfile(bytes, path, deps);
  }
  throw notLoggedIn('prefactor', candidates, HINT);
}

async function listCandidates(deps: PrefactorDeps): Promise<readonly string[]> {
  const home = requireHome(deps.home);
  const root = await findGitRoot(deps.disk, deps.cwd);
  const executable = deps.env['PREFACTOR_CLI_SELF_PATH'];
  const folders = [
    root ?? deps.cwd,
    executableRoot(executable !== undefined && isAbsolute(executable) ? executable : deps.node),
    join(home, '.prefactor'),
  ];
  return [...new Set(folders.map((folder) => join(folder, FILE)))];
}

async function findGitRoot(disk: Disk, from: string): Promise<string | null> {
  for (let folder = from; ; folder = dirname(folder)) {
    if (await disk.facts(join(folder, '.git'))) return folder;
    if (dirname(folder) === folder) return null;
  }
}

/** A managed installation keeps the executable in `<root>/bin`. */
function executableRoot(executable: string): string {
  const folder = dirname(executable);
  return basename(folder) === 'bin' ? dirname(folder) : folder;
}

function readProfile(bytes: Uint8Array, path: string, deps: PrefactorDeps): PrefactorSession {
  const shown = safeText(path, 300);
  const named = deps.profile ?? deps.env['PREFACTOR_PROFILE'] ?? '';
  const name = named === '' ? 'default' : named;
  const profile = field(parseJson(bytes, shown), name);
  if (typeof profile !== 'object' || profile === null) {
    throw new AppError({
      code: 'not-found',
      message: `"${shown}" has no profile "${safeText(name, 80)}"`,
      hint: 'name another one with PREFACTOR_PROFILE',
    });
  }
  const key = field(profile, 'api_key');
  const url = field(profile, 'base_url');
  if (typeof key !== 'string' || typeof url !== 'string') {
    // The vendor's own parser drops a profile without either of them silently.
    throw usage(`a profile of "${shown}" lacks "api_key" or "base_url"`, HINT);
  }
  return {
    secret: readSecretInput(key, 'the key of prefactor'),
    path,
    origin: readVendorOrigin(url, { path, field: 'base_url' }),
    profile: name,
  };
}

function parseJson(bytes: Uint8Array, shown: string): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    // The parser's message quotes the text, which holds keys.
    throw usage(`"${shown}" is not valid JSON`, HINT);
  }
}

function field(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined;
  return Object.entries(value).find(([key]) => key === name)?.[1];
}
