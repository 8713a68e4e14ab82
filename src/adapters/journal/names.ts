import { join } from 'node:path';

/**
 * What lies in the folder of operations:
 * - `<id>.<epoch>.journal` one segment an owner. Every process that takes an operation over makes the next one, exclusively;
 *   that is the fence: a former owner sees that its segment is not the last one any more. Each later one begins with a
 *   copy of every record that counts, so the newest whole one is all that is read; the ones before it are removed.
 * - `<id>.spare` room on the disk for the answer of an issuing request.
 * - `<id>.<second>.done` and `<id>.<second>.aborted` the tombstone of an operation that ended so in that second since 1970. An
 *   older keyturn called both `ended`.
 * - `set-aside.<any of these names>` what a person took out of the count because it cannot be read. It is nothing to keyturn.
 * - `<id>.new` a first segment that is not whole yet: nothing has begun.
 */
export interface OperationFiles {
  readonly id: string;
  /** Ascending. */
  readonly epochs: readonly number[];
  /** Names of tombstones; more than one only when somebody copied one. */
  readonly ended: readonly string[];
  /** Names of a spare and of a first segment that is not whole. */
  readonly loose: readonly string[];
}

/** How and when an operation ended. */
export interface Ending {
  readonly state: 'done' | 'aborted';
  /** Since 1970. */
  readonly second: number;
}

/** The epoch of whoever begins an operation. */
export const FIRST = 1;

const NAME = /^([0-9a-f]{32})\.(?:(\d{1,9})\.journal|(\d{1,12})\.(?:done|aborted|ended)|spare|new)$/;

export function isOperationId(text: string): boolean {
  return /^[0-9a-f]{32}$/.test(text);
}

/** The operations that names in the folder tell of, by id. An operation may have a spare and nothing else. */
export function groupNames(names: readonly string[]): readonly OperationFiles[] {
  const groups = new Map<string, { id: string; epochs: number[]; ended: string[]; loose: string[] }>();
  for (const name of names) {
    const [, id, epoch, second] = NAME.exec(name) ?? [];
    if (id === undefined) continue;
    const group = groups.get(id) ?? { id, epochs: [], ended: [], loose: [] };
    groups.set(id, group);
    if (epoch !== undefined && String(Number(epoch)) === epoch) group.epochs.push(Number(epoch));
    if (second !== undefined) group.ended.push(name);
    if (epoch === undefined && second === undefined) group.loose.push(name);
  }
  for (const group of groups.values()) group.epochs.sort((a, b) => a - b);
  return [...groups.values()];
}

/** The second since 1970 in a tombstone's name. */
export function endedSecond(name: string): number {
  return Number(NAME.exec(name)?.[3] ?? 0);
}

/** Whether a tombstone with this name may be of an operation that was aborted in that second or later. */
export function mayBeAborted(name: string, second: number): boolean {
  return !name.endsWith('.done') && endedSecond(name) >= second;
}

export function segmentPath(folder: string, id: string, epoch: number): string {
  return join(folder, `${id}.${epoch}.journal`);
}

export function sparePath(folder: string, id: string): string {
  return join(folder, `${id}.spare`);
}

export function newPath(folder: string, id: string): string {
  return join(folder, `${id}.new`);
}

export function setAsidePath(folder: string, name: string): string {
  return join(folder, `set-aside.${name}`);
}

export function endedPath(folder: string, id: string, { state, second }: Ending): string {
  return join(folder, `${id}.${second}.${state}`);
}
