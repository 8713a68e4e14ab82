import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { onTestFinished } from 'vitest';
import { createNodeChildren } from '../../../../src/adapters/child/node-children.ts';
import type { DestinationDeps } from '../../../../src/adapters/destinations/destination-deps.ts';
import { createNodeDisk } from '../../../../src/adapters/disk/node-disk.ts';

/** A folder of its own, the real disk, real programs, and the notes that were made. */
export function destinationRig(more: Partial<DestinationDeps> = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'keyturn-destination-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const notes: string[] = [];
  const host = {
    stdout: new PassThrough(),
    stderr: new PassThrough(),
    oneOutput: false,
    terminal: false,
    relay: null,
    onSignal: () => () => {},
  };
  const deps: DestinationDeps = {
    disk: createNodeDisk(),
    random: { bytes: (count) => randomBytes(count) },
    children: createNodeChildren(host, process.platform),
    env: { PATH: process.env['PATH'], HOME: folder, KEYTURN_TOKEN: 'managing-secret-value' },
    note: (line) => notes.push(line),
    force: false,
    ownFolders: [],
    ...more,
  };
  return { folder, notes, deps, at: (name: string) => join(folder, name) };
}
