/** What a path is, without following a last symbolic link. `mode` is the permission bits. */
export interface PathFacts {
  readonly kind: 'file' | 'folder' | 'link' | 'other';
  readonly mode: number;
  readonly size: number;
  /** Whether the current user owns it (always true where the system does not tell). */
  readonly owned: boolean;
  /** Which file it is, whatever its name: the same after a rename. Absent where the system does not tell. */
  readonly inode?: string;
  /** Another one whenever the file at this path is another or its content changed. Absent where the times of files are too coarse to tell. */
  readonly stamp?: string;
}

/** A place that lets another user, root aside, decide what lies at a path. */
export interface OpenPlace {
  readonly path: string;
  /**
   * `writable`: a folder or file that others may write. `owner`: it belongs to another user. `link`: a link of another user, or
   * one in another user's folder. `guest`: it belongs to another user, and root asks.
   */
  readonly why: 'writable' | 'owner' | 'link' | 'guest';
}

export interface OpenFile {
  /** Appends all bytes; a short write is continued, an error leaves what was written. */
  write(bytes: Uint8Array): Promise<void>;
  /** Resolves when everything written is on the device. */
  sync(): Promise<void>;
  close(): Promise<void>;
}

/**
 * The file system as the store, the journal and the destinations use it: few calls, each one an effect that a simulator can
 * fail or stop at. Errors are `AppError`s: unavailable for a full or failing disk, usage for a path that cannot be used.
 */
export interface Disk {
  /** Null when there is nothing. Never follows the last link. */
  facts(path: string): Promise<PathFacts | null>;
  /** The whole file, at most `limit` bytes; null when it does not exist. Refuses anything but a regular file. */
  read(path: string, limit: number): Promise<Uint8Array | null>;
  /** A new file with exactly this mode; conflict when the path exists in any form. */
  create(path: string, mode: number): Promise<OpenFile>;
  /** An existing regular file, for appending; links are not followed. */
  append(path: string): Promise<OpenFile>;
  rename(from: string, to: string): Promise<void>;
  /**
   * Whether another file can be renamed over this one: not over one that is mounted by itself. Found out by way of `trial`,
   * a path that is free, in the same folder or below it; nothing stays there.
   */
  canReplace(path: string, trial: string): Promise<boolean>;
  /** No error when it is already gone. */
  remove(path: string): Promise<void>;
  /** Cuts a file to `size` bytes. */
  truncate(path: string, size: number): Promise<void>;
  /** Names in a folder, sorted; empty when there is no such folder. */
  list(folder: string): Promise<readonly string[]>;
  /** Makes the folder and its parents, the new ones with this mode. */
  makeFolder(path: string, mode: number): Promise<void>;
  /** One new folder with exactly this mode; conflict when the path exists in any form. */
  createFolder(path: string, mode: number): Promise<void>;
  /** Removes an empty folder; no error when it is already gone. */
  removeFolder(path: string): Promise<void>;
  /**
   * Whether other users, root aside, could put a link in the way of a file in this folder: the folder, or one that leads
   * to it, which they own or in which they may make or rename files, or a link of theirs; null where there is none. Of a file:
   * the file too, where they may change it.
   */
  openToOthers(folder: string): Promise<OpenPlace | null>;
  /** Resolves when the folder's entries are on the device. */
  syncFolder(path: string): Promise<void>;
  /** The path behind a chain of links, or the path itself. */
  resolve(path: string): Promise<string>;
}
