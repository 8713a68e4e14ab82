import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseDestination } from '../../../../src/adapters/destinations/parse-destination.ts';
import { createNodeDisk } from '../../../../src/adapters/disk/node-disk.ts';
import { createProcesses } from '../../../../src/adapters/locks/process-identity.ts';
import { Secret } from '../../../../src/domain/secret.ts';
import { watchDisk } from '../../../contract/watched-disk.ts';
import { Killed } from '../../../support/memory-disk.ts';
import { destinationRig } from './destination-rig.ts';

const SECRET = 'tok_0123456789abcdefghij';
const KEPT = 'old_9876543210zyxwvutsrq';

/** What a killed delivery leaves is looked at as git would take it. */
async function killAt(n: number, kind: string, isMounted: boolean, ignored: string) {
  // The lock of the killed process falls at once.
  const rig = destinationRig({ processes: createProcesses({ pid: 4_000_000, signalZero: () => false }) });
  const git = (...args: string[]) =>
    execFileSync('git', ['-C', rig.folder, ...args], {
      stdio: 'pipe',
      env: { PATH: process.env['PATH'] },
    }).toString();
  git('init', '-q');
  writeFileSync(rig.at('.gitignore'), ignored);
  if (kind.startsWith('env:')) writeFileSync(rig.at('.env'), `OLD=${KEPT}\n`, { mode: 0o600 });
  const label = kind.replace('PATH', rig.at('.env'));
  const real = isMounted ? { ...createNodeDisk(), canReplace: async () => false } : createNodeDisk();
  const disk = watchDisk(real, (effect) => (effect.n === n ? { kind: 'kill', when: 'after' } : null));
  let isKilled = false;
  try {
    const destination = parseDestination(label, { ...rig.deps, disk, force: true });
    await destination.prove();
    await destination.deliver(Secret.of(SECRET));
  } catch (error) {
    if (!(error instanceof Killed)) throw error;
    isKilled = true;
  }
  await disk.closeAll();
  git('add', '-A');
  const staged = git('ls-files', '-z').split('\0').filter(Boolean);
  const texts = staged.map((name) => git('show', `:${name}`)).join('\n');
  return { rig, isKilled, label, staged, texts };
}

describe('A20: a delivery that is killed leaves nothing that git takes', () => {
  it.each([
    ['env:PATH#TOK', false, '.env\n'],
    ['env:PATH#TOK', true, '.env\n'],
    ['file:PATH', false, '/.env\n'],
    ['env:PATH#TOK', false, '.env\n!.keyturn*\n!*/new\n'],
  ])('%s, mounted by itself: %s, ignored: %j', { timeout: 60_000 }, async (kind, isMounted, ignored) => {
    let n = 1;
    for (; ; n += 1) {
      const { isKilled, rig, staged, texts, label } = await killAt(n, kind, isMounted, ignored);
      expect(texts, `${n}: ${staged.join()}`).not.toMatch(/tok_|old_/);
      expect(staged.filter((name) => !/(^|\/)\.gitignore$|^\.keyturn-lock-/.test(name))).toEqual([]);
      if (!isKilled) break;
      // The next delivery takes away what the killed one left, unless the file itself was cut short.
      try {
        await parseDestination(label, { ...rig.deps, force: true }).deliver(Secret.of(SECRET));
      } catch {
        expect(isMounted).toBe(true);
        continue;
      }
      expect(readFileSync(rig.at('.env'), 'utf8')).toContain(SECRET);
      expect(readdirSync(rig.folder).filter((name) => /^\.keyturn-(?!lock|before)/.test(name))).toEqual([]);
    }
    expect(n).toBeGreaterThan(15);
  });
});
