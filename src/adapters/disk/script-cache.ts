import { randomBytes } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import Module from 'node:module';
import { basename, dirname, join } from 'node:path';
import { Script } from 'node:vm';
import { crc32 } from 'node:zlib';

type Load = (module: NodeJS.Module, path: string) => void;

interface Options {
  /** A folder that only this user can change: V8 runs what lies there in place of the source. */
  readonly folder: string;
  /** The version of keyturn and of Node: code compiled by another is of no use. */
  readonly version: string;
  /** The folder of the files whose compiled code is kept; other files are loaded as ever. */
  readonly of: string;
  /** Calls this when the process ends by itself. */
  onExit(write: () => void): void;
}

/** Compiled code is kept for this many versions and installations: a person may change between two of them. */
const MOST_VERSIONS = 3;
/** In bytes. */
const CHECKSUM = 4;
/** Node keeps what it compiled in folders of its own beside ours. */
const PREFIX = 'keyturn-';

/**
 * Keeps the code that V8 compiled of keyturn's own files (`.cjs`) for the next start, as Node does from 22.1 on. A file in the folder
 * is named by the length and the checksum of its source; V8 refuses what another version or other flags of it made. What cannot be read is compiled
 * anew, what cannot be written is left: this never fails a command.
 */
export function keepScripts({ folder, version, of, onExit }: Options): void {
  const place = join(folder, `${PREFIX}${version}-${crc32(of).toString(36)}`);
  const extensions: Record<string, Load | undefined> = Reflect.get(Module, '_extensions');
  const usual = extensions['.js'];
  const wrap: (source: string) => string = Reflect.get(Module, 'wrap');
  const made: Made[] = [];
  extensions['.cjs'] = (module, path) => {
    if (dirname(path) !== of) return usual?.(module, path);
    const { source, stamp } = readSource(path);
    const name = `${basename(path, '.cjs')}-${stamp}`;
    const cachedData = readOrNothing(join(place, name));
    const script = new Script(wrap(source), { filename: path, ...(cachedData && { cachedData }) });
    if (!cachedData || script.cachedDataRejected) made.push({ name, script });
    const run = script.runInThisContext();
    run.call(module.exports, module.exports, module.require.bind(module), module, path, of);
  };
  onExit(() => {
    if (made.length > 0) write(folder, place, made);
  });
}

/** V8 itself compares the length of the source only. */
function readSource(path: string): { readonly source: string; readonly stamp: string } {
  const bytes = readFileSync(path);
  return { source: bytes.toString('utf8'), stamp: `${bytes.length}-${crc32(bytes)}` };
}

/** V8 itself notices no byte that changed on the disk, and would crash: a checksum comes first, as in Node's own cache. */
function readOrNothing(path: string): Buffer | undefined {
  try {
    const bytes = readFileSync(path);
    const code = bytes.subarray(CHECKSUM);
    return bytes.readUInt32BE() === crc32(code) ? code : undefined;
  } catch {
    return undefined;
  }
}

function withChecksum(code: Buffer): Buffer {
  const bytes = Buffer.alloc(CHECKSUM + code.length);
  bytes.writeUInt32BE(crc32(code));
  code.copy(bytes, CHECKSUM);
  return bytes;
}

interface Made {
  readonly name: string;
  readonly script: Script;
}

function write(folder: string, place: string, made: readonly Made[]): void {
  try {
    mkdirSync(place, { mode: 0o700, recursive: true });
    const before = readdirSync(place);
    for (const { name, script } of made) {
      replace(place, name, withChecksum(script.createCachedData()));
      for (const old of before)
        if (old !== name && chunkOf(old) === chunkOf(name)) rmSync(join(place, old), { force: true });
    }
    const others = readdirSync(folder).filter(
      (each) => each.startsWith(PREFIX) && join(folder, each) !== place,
    );
    const ageOf = (name: string) => statSync(join(folder, name)).mtimeMs;
    for (const old of others.sort((a, b) => ageOf(a) - ageOf(b)).slice(0, 1 - MOST_VERSIONS))
      rmSync(join(folder, old), { recursive: true, force: true });
  } catch {
    // The disk may be full or read-only: the next start compiles again.
  }
}

/** Two commands may write at once; each reader sees a whole file. */
function replace(place: string, name: string, bytes: Buffer): void {
  const draft = join(place, `${name}.${randomBytes(6).toString('hex')}`);
  try {
    writeFileSync(draft, bytes, { flag: 'wx', mode: 0o600 });
    renameSync(draft, join(place, name));
  } catch (error) {
    rmSync(draft, { force: true });
    throw error;
  }
}

/** `change-363305-1732…`: the file, and the length and checksum of its source. */
function chunkOf(name: string): string {
  return name.split(/-\d/)[0] ?? name;
}
