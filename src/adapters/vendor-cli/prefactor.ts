import { basename, dirname, isAbsolute, join } from 'node:path';
import { AppError, usage } from '../../domain/errors.ts';
import { type Origin, parseOrigin } from '../../domain/origin.ts';
import { readSecretInput } from '../../domain/secret-input.ts';
import { safeText } from '../../domain/text.ts';
import type { Disk } from '../../ports/disk.ts';
import type { VendorSession } from './bricks.ts';
import { notLoggedIn } from './not-logged-in.ts';

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
  /** Named by the person; else PREFACTOR_PROFILE, else `default`. */
  readonly profile: string | null;
}

const FILE = 'prefactor.json';
const LIMIT = 1024 * 1024;
const HINT = 'log in with the prefactor CLI, or hand over a token with `--with-token`';

/**
 * The session of the prefactor CLI, by its own look-up order: the repository's root, the folder that the executable is
 * installed in, `~/.prefactor`, the current folder. The first file that exists counts. Read at each use and never written.
 * A file in a repository is not this person's word on where to send anything: compare `origin` with the profile's.
 */
export async function readPrefactorSession(deps: PrefactorDeps): Promise<PrefactorSession> {
  const candidates = await listCandidates(deps);
  for (const path of candidates) {
    const bytes = await deps.disk.read(await deps.disk.resolve(path), LIMIT);
    if (bytes) return readProfile(bytes, path, deps);
  }
  throw notLoggedIn('prefactor', candidates, HINT);
}

async function listCandidates(deps: PrefactorDeps): Promise<readonly string[]> {
  const root = await findGitRoot(deps.disk, deps.cwd);
  const executable = deps.env['PREFACTOR_CLI_SELF_PATH'];
  const folders = [
    ...(root === null ? [] : [root]),
    ...(executable !== undefined && isAbsolute(executable) ? [executableRoot(executable)] : []),
    join(deps.home, '.prefactor'),
    deps.cwd,
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
    origin: readOrigin(url, shown),
    profile: name,
  };
}

function readOrigin(url: string, shown: string): Origin {
  try {
    return parseOrigin(url);
  } catch {
    throw usage(`"${shown}" has a "base_url" that keyturn does not accept`, 'it must be https://host');
  }
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
