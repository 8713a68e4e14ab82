/**
 * A program of its own: one call of the native binding, in a process that can be killed. The request is JSON on stdin,
 * the answer JSON on stdout. Raw errors stay in here: their texts may hold anything. It imports nothing of keyturn: the
 * tests run it from folders where nothing else is.
 */
import { readdirSync, readFileSync, realpathSync, writeSync } from 'node:fs';
import { createRequire } from 'node:module';
import { arch, platform } from 'node:os';
import { basename, dirname, join, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

interface Request {
  readonly operation: 'get' | 'set' | 'delete' | 'version';
  readonly service: string;
  readonly account: string;
  readonly password: string | null;
}

interface Binding {
  readonly version: string;
  readonly Entry: typeof import('@napi-rs/keyring').Entry;
}

const binding = loadOwnBinding(fileURLToPath(import.meta.url));
const input = readFileSync(0, 'utf8');
if (input !== '') answer(binding ? run(binding, decode(input)) : { ok: false, reason: 'not-installed' });

function run({ Entry, version }: Binding, request: Request): unknown {
  if (request.operation === 'version') return { ok: true, version };
  try {
    // keyturn does not run this on Linux. Unpinned, the binding would move secrets to the kernel's keyring there at any
    // trouble with D-Bus; they are gone in three days.
    const entry = new Entry(request.service, request.account, { linux: { store: 'secret-service' } });
    if (request.operation === 'delete') return { ok: true, deleted: entry.deletePassword() };
    if (request.operation === 'set' && request.password !== null) entry.setPassword(request.password);
    return { ok: true, password: entry.getPassword() };
  } catch {
    return { ok: false, reason: 'failed' };
  }
}

/**
 * The binding from keyturn's own `node_modules`, or from the one that keyturn itself lies in; null where it is not there.
 * Node would look in every parent folder too, one of which others may write to (A28). The native library is loaded by its
 * path: the package's own loader looks for it in the same way, and obeys NAPI_RS_NATIVE_LIBRARY_PATH.
 */
function loadOwnBinding(file: string): Binding | null {
  const own = findOwnFolder(file);
  if (own === null) return null;
  const beside = basename(dirname(own)) === 'node_modules' ? [dirname(own)] : [];
  // Where pnpm, Bun and npm's linked strategy keep every package, each with links to what it depends on.
  const store = /^(.*[\\/](?:node_modules[\\/]\.(?:pnpm|bun|store)|store[\\/]v\d+[\\/]links))[\\/]/.exec(own);
  const trusted = [own, ...beside, ...(store?.[1] === undefined ? [] : [store[1]])];
  for (const modules of [join(own, 'node_modules'), ...beside]) {
    const folder = findReal(join(modules, '@napi-rs', 'keyring'), trusted);
    const version = folder === null ? undefined : readManifest(folder)?.version;
    if (folder === null || typeof version !== 'string') continue;
    for (const scope of [join(folder, 'node_modules', '@napi-rs'), dirname(folder)]) {
      const Entry = loadFirst(findLibraries(scope, trusted));
      if (Entry) return { version, Entry };
    }
  }
  return null;
}

/** The folder of the package that this file belongs to. */
function findOwnFolder(file: string): string | null {
  for (let folder = dirname(file); folder !== dirname(folder); folder = dirname(folder))
    if (readManifest(folder)?.name === 'keyturn') return folder;
  return null;
}

/** The native libraries for this system; there may be one for each C library. */
function findLibraries(scope: string, trusted: readonly string[]): readonly string[] {
  const start = `keyring-${platform()}-${arch()}`;
  return listFolder(scope)
    .filter((name) => name === start || name.startsWith(`${start}-`))
    .flatMap((name) => listFolder(join(scope, name)).map((part) => join(scope, name, part)))
    .filter((path) => path.endsWith('.node'))
    .flatMap((path) => findReal(path, trusted) ?? []);
}

/** The first that loads: a library for another C library does not. */
function loadFirst(libraries: readonly string[]): Binding['Entry'] | null {
  const load = createRequire(import.meta.url);
  for (const path of libraries) {
    try {
      // As the package's own types say.
      return (load(path) as Pick<Binding, 'Entry'>).Entry;
    } catch {
      // The next one may.
    }
  }
  return null;
}

/** Where it really lies; null when that is not inside of a trusted folder, or it is not there. */
function findReal(path: string, trusted: readonly string[]): string | null {
  try {
    const real = realpathSync(path);
    return trusted.some((folder) => real.startsWith(realpathSync(folder) + sep)) ? real : null;
  } catch {
    return null;
  }
}

function listFolder(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function readManifest(folder: string): { readonly name?: unknown; readonly version?: unknown } | null {
  try {
    const facts: unknown = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
    return typeof facts === 'object' ? facts : null;
  } catch {
    return null;
  }
}

function decode(text: string): Request {
  // Our own parent wrote it.
  return JSON.parse(text) as Request;
}

function answer(value: unknown): void {
  const bytes = Buffer.from(JSON.stringify(value), 'utf8');
  for (let at = 0; at < bytes.length; ) at += writeSync(1, bytes, at);
}
