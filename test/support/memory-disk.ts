import { posix } from 'node:path';
import { AppError, usage } from '../../src/domain/errors.ts';
import type { Disk, OpenFile, PathFacts } from '../../src/ports/disk.ts';

/**
 * A disk in memory that loses what a real one may lose.
 *
 * - `disk.connect(watch)` is the disk as ONE process sees it. Each call of the view is an effect, numbered from 1; `watch`
 *   sees it first and may return a fault, or a promise to pause the process there.
 * - A fault `kill` ends the process at that instant: this and every later call of that view rejects with `Killed`, for
 *   ever. What was written stays (the page cache outlives a process). Start over with a new view.
 * - `disk.crash('power')` cuts the power: every view dies, file bytes without `sync` and folder entries without
 *   `syncFolder` are gone. `crash('torn', pick)` keeps a part of them: of each file a prefix of what was not synced, of
 *   each folder a prefix of its changes (a rename is one change). `pick(n)` chooses 0 … n-1; seed it.
 * - A failed `sync` poisons the file as Linux does: later syncs of it succeed and make nothing durable.
 */
export interface MemoryDisk {
  connect(watch?: Watch): Disk;
  crash(kind: 'power'): void;
  crash(kind: 'torn', pick: (count: number) => number): void;
  /** Every regular file by path, as a process would read it now. */
  files(): ReadonlyMap<string, Uint8Array>;
  /** Puts a durable file there from outside, with its folders: to tamper and to plant. */
  put(path: string, bytes: Uint8Array, more?: { readonly mode?: number; readonly owned?: boolean }): void;
  /** Puts a durable folder, or a symbolic link to `target`, there from outside. */
  plant(path: string, what: { readonly folder: number } | { readonly link: string }): void;
  /** Takes a file away from outside, durably. */
  erase(path: string): void;
}

export type EffectName =
  | 'facts'
  | 'read'
  | 'create'
  | 'append'
  | 'write'
  | 'sync'
  | 'close'
  | 'rename'
  | 'remove'
  | 'truncate'
  | 'list'
  | 'makeFolder'
  | 'syncFolder'
  | 'resolve';

export interface Effect {
  /** Counts the calls of this view from 1. */
  readonly n: number;
  readonly name: EffectName;
  readonly path: string;
  /** Whether it changes what is on the disk; a kill before one that does not is the kill after the last that did. */
  readonly changes: boolean;
}

export interface Fault {
  /** `fail` throws `error` (the disk is full, unless given). */
  readonly kind: 'kill' | 'fail';
  /** `during` is for `write` and writes the first `bytes` bytes; elsewhere it is `before`. */
  readonly when: 'before' | 'during' | 'after';
  readonly bytes?: number;
  readonly error?: AppError;
}

export type Watch = (effect: Effect) => Fault | null | undefined | Promise<Fault | null | undefined>;

/** The process is dead. Not an `AppError`: nothing in the program may handle it. */
export class Killed extends Error {
  override readonly name = 'Killed';
}

interface FileNode {
  readonly kind: 'file';
  readonly inode: number;
  /** Counts the changes of the content. */
  version: number;
  mode: number;
  owned: boolean;
  bytes: Uint8Array;
  /** How many of the bytes survive a power cut. */
  synced: number;
  /** The bytes before a cut to fewer that was not synced: a power cut may bring them back. */
  uncut: Uint8Array | null;
  poisoned: boolean;
}
interface LinkNode {
  readonly kind: 'link';
  readonly target: string;
}
interface FolderNode {
  readonly kind: 'folder';
  mode: number;
  entries: Map<string, Node>;
  durable: Map<string, Node>;
  /** Changes since the last `syncFolder`, oldest first. */
  pending: Change[];
}
type Node = FileNode | LinkNode | FolderNode;
type Change = readonly (readonly [name: string, node: Node | null])[];

/** `capacity`: bytes that all files together may hold; a write beyond it writes what fits and fails. */
export function createMemoryDisk(options: { readonly capacity?: number } = {}): MemoryDisk {
  const root = newFolder(0o755);
  let boot = 0;

  const find = (path: string): Node | null => {
    let node: Node = root;
    for (const part of parts(path)) {
      const next: Node | undefined = node.kind === 'folder' ? node.entries.get(part) : undefined;
      if (!next) return null;
      node = next;
    }
    return node;
  };
  const parentOf = (path: string): FolderNode => {
    const parent = find(posix.dirname(path));
    if (parent?.kind !== 'folder')
      throw usage(`"${path}" or its folder does not exist`, 'make the folder first');
    return parent;
  };
  const fileAt = (path: string): FileNode => {
    const node = find(path);
    if (!node) throw usage(`"${path}" or its folder does not exist`);
    if (node.kind !== 'file') throw usage(`"${path}" is not a regular file`);
    return node;
  };
  const used = (): number => [...filesBelow(root, '')].reduce((sum, [, file]) => sum + file.bytes.length, 0);

  function connect(watch?: Watch): Disk {
    const born = boot;
    let killed = false;
    let count = 0;

    async function effect<T>(
      name: EffectName,
      path: string,
      run: (short: number | null) => T,
      onFail?: () => void,
    ): Promise<T> {
      const alive = (): void => {
        if (killed || born !== boot) throw new Killed();
      };
      alive();
      count += 1;
      const changes = !['facts', 'read', 'append', 'close', 'list', 'resolve'].includes(name);
      const fault = (await watch?.({ n: count, name, path, changes })) ?? null;
      alive();
      const strike = (): void => {
        if (!fault) return;
        killed ||= fault.kind === 'kill';
        alive();
        onFail?.();
        throw fault.error ?? full();
      };
      const during = fault?.when === 'during' && name === 'write';
      if (fault && fault.when !== 'after' && !during) strike();
      const result = run(during ? (fault.bytes ?? 0) : null);
      strike();
      return result;
    }

    const open = (path: string, file: FileNode): OpenFile => ({
      write: (bytes) =>
        effect('write', path, (short) => {
          const room = options.capacity === undefined ? bytes.length : options.capacity - used();
          const length = Math.max(0, Math.min(bytes.length, short ?? bytes.length, room));
          file.bytes = join(file.bytes, bytes.subarray(0, length));
          file.version += 1;
          if (short === null && length < bytes.length) throw full();
        }),
      sync: () =>
        effect(
          'sync',
          path,
          () => {
            if (file.poisoned) return;
            file.synced = file.bytes.length;
            file.uncut = null;
          },
          () => {
            file.poisoned = true;
          },
        ),
      close: () => effect('close', path, () => undefined),
    });

    return {
      facts: (path) => effect('facts', path, () => factsOf(find(path))),
      read: (path, limit) =>
        effect('read', path, () => {
          if (!find(path)) return null;
          const { bytes } = fileAt(path);
          if (bytes.length > limit) throw usage(`"${path}" is larger than ${limit} bytes`);
          return bytes.slice();
        }),
      create: (path, mode) =>
        effect('create', path, () => {
          const parent = parentOf(path);
          if (find(path)) throw new AppError({ code: 'conflict', message: `"${path}" exists already` });
          const file = newFile(new Uint8Array(), mode);
          change(parent, [[posix.basename(path), file]]);
          return open(path, file);
        }),
      append: (path) => effect('append', path, () => open(path, fileAt(path))),
      // Nothing is mounted here.
      canReplace: async () => true,
      openToOthers: async () => null,
      createFolder: (path, mode) =>
        effect('makeFolder', path, () => {
          if (find(path)) throw new AppError({ code: 'conflict', message: `"${path}" exists already` });
          change(parentOf(path), [[posix.basename(path), newFolder(mode)]]);
        }),
      removeFolder: (path) =>
        effect('remove', path, () => {
          const node = find(path);
          if (node?.kind === 'folder' && node.entries.size > 0) throw usage(`"${path}" is not empty`);
          if (node) change(parentOf(path), [[posix.basename(path), null]]);
        }),
      rename: (from, to) =>
        effect('rename', to, () => {
          const parent = parentOf(from);
          if (parentOf(to) !== parent) throw new Error('a rename between folders is not modelled');
          const node = find(from);
          if (!node) throw usage(`"${from}" or its folder does not exist`);
          change(parent, [
            [posix.basename(from), null],
            [posix.basename(to), node],
          ]);
        }),
      remove: (path) =>
        effect('remove', path, () => {
          const node = find(path);
          if (node?.kind === 'folder') throw usage(`"${path}" is a folder`);
          if (node) change(parentOf(path), [[posix.basename(path), null]]);
        }),
      truncate: (path, size) =>
        effect('truncate', path, () => {
          const file = fileAt(path);
          file.uncut ??= file.bytes.slice(0, file.synced);
          file.version += 1;
          file.bytes = join(
            file.bytes.subarray(0, size),
            new Uint8Array(Math.max(0, size - file.bytes.length)),
          );
          file.synced = Math.min(file.synced, size);
        }),
      list: (folder) =>
        effect('list', folder, () => {
          const node = find(folder);
          return node?.kind === 'folder' ? [...node.entries.keys()].sort() : [];
        }),
      makeFolder: (path, mode) =>
        effect('makeFolder', path, () => {
          let node: FolderNode = root;
          for (const part of parts(path)) {
            const next = node.entries.get(part) ?? newFolder(mode);
            if (next.kind !== 'folder') throw usage(`"${path}" is not a folder`);
            if (!node.entries.has(part)) change(node, [[part, next]]);
            node = next;
          }
        }),
      syncFolder: (path) =>
        effect('syncFolder', path, () => {
          const node = find(path);
          if (node?.kind !== 'folder') throw usage(`"${path}" or its folder does not exist`);
          node.durable = new Map(node.entries);
          node.pending = [];
        }),
      resolve: (path) =>
        effect('resolve', path, () => {
          let at = path;
          for (let links = 0; links < 40; links += 1) {
            const node = find(at);
            if (node?.kind !== 'link') return at;
            at = posix.resolve(posix.dirname(at), node.target);
          }
          throw usage(`"${path}" is a loop of symbolic links`);
        }),
    };
  }

  /** From outside: durable at once, folders made on the way. */
  const place = (path: string, node: Node | null): void => {
    let folder = root;
    for (const part of parts(posix.dirname(path))) {
      const known = folder.entries.get(part);
      const next = known?.kind === 'folder' ? known : newFolder(0o700);
      folder.entries.set(part, next);
      folder.durable.set(part, next);
      folder = next;
    }
    for (const entries of [folder.entries, folder.durable]) {
      if (node) entries.set(posix.basename(path), node);
      else entries.delete(posix.basename(path));
    }
  };

  return {
    connect,
    crash: (kind: 'power' | 'torn', pick?: (count: number) => number) => {
      boot += 1;
      settle(root, kind === 'torn' && pick ? pick : () => 0);
    },
    files: () => new Map([...filesBelow(root, '')].map(([path, file]) => [path, file.bytes.slice()])),
    put: (path, bytes, more = {}) => {
      const file = newFile(bytes.slice(), more.mode ?? 0o600);
      file.synced = bytes.length;
      file.owned = more.owned ?? true;
      place(path, file);
    },
    plant: (path, what) =>
      place(path, 'link' in what ? { kind: 'link', target: what.link } : newFolder(what.folder)),
    erase: (path) => place(path, null),
  };
}

function settle(folder: FolderNode, pick: (count: number) => number): void {
  const kept = folder.pending.slice(0, pick(folder.pending.length + 1));
  for (const step of kept) apply(folder.durable, step);
  folder.entries = new Map(folder.durable);
  folder.pending = [];
  for (const node of folder.entries.values()) {
    if (node.kind === 'folder') settle(node, pick);
    if (node.kind !== 'file') continue;
    node.bytes =
      node.uncut !== null && pick(2) === 0
        ? node.uncut
        : node.bytes.slice(0, node.synced + pick(node.bytes.length - node.synced + 1));
    node.uncut = null;
    node.version += 1;
    node.synced = node.bytes.length;
    node.poisoned = false;
  }
}

function change(folder: FolderNode, step: Change): void {
  apply(folder.entries, step);
  folder.pending.push(step);
}

function apply(entries: Map<string, Node>, step: Change): void {
  for (const [name, node] of step) {
    if (node) entries.set(name, node);
    else entries.delete(name);
  }
}

function* filesBelow(folder: FolderNode, path: string): Generator<[string, FileNode]> {
  for (const [name, node] of folder.entries) {
    if (node.kind === 'file') yield [`${path}/${name}`, node];
    if (node.kind === 'folder') yield* filesBelow(node, `${path}/${name}`);
  }
}

function factsOf(node: Node | null): PathFacts | null {
  if (!node) return null;
  const size = node.kind === 'file' ? node.bytes.length : 0;
  const mode = node.kind === 'link' ? 0o777 : node.mode;
  if (node.kind !== 'file') return { kind: node.kind, mode, size, owned: true };
  const inode = String(node.inode);
  return { kind: 'file', mode, size, owned: node.owned, inode, stamp: `${inode}-${node.version}` };
}

let inodes = 0;

function newFile(bytes: Uint8Array, mode: number): FileNode {
  inodes += 1;
  return {
    kind: 'file',
    inode: inodes,
    version: 1,
    mode,
    owned: true,
    bytes,
    synced: 0,
    uncut: null,
    poisoned: false,
  };
}

function newFolder(mode: number): FolderNode {
  return { kind: 'folder', mode, entries: new Map(), durable: new Map(), pending: [] };
}

function full(): AppError {
  return new AppError({ code: 'unavailable', message: 'the disk is full', hint: 'make room and try again' });
}

function join(a: Uint8Array, b: Uint8Array): Uint8Array {
  const all = new Uint8Array(a.length + b.length);
  all.set(a);
  all.set(b, a.length);
  return all;
}

function parts(path: string): string[] {
  return posix.resolve('/', path).split('/').filter(Boolean);
}
