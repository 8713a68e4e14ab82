import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { leadsOutside } from '../../../../src/adapters/disk/leads-outside.ts';

const ROOT = realpathSync(mkdtempSync(join(tmpdir(), 'keyturn-outside-')));
const REPO = join(ROOT, 'repo');
afterAll(() => rmSync(ROOT, { recursive: true, force: true }));

for (const folder of ['repo/inner/deep', 'home', 'repo-too'])
  mkdirSync(join(ROOT, folder), { recursive: true });
writeFileSync(join(ROOT, 'home', '.profile'), '');
for (const [name, target] of [
  ['inner-link', 'inner'],
  ['to-home', '../home'],
  ['absolute', join(ROOT, 'home')],
  ['deep', 'inner/deep'],
  // As text this is `inner/evil`; followed, it is `home/evil`'s neighbour.
  ['tricky', 'to-home/../repo-too'],
  ['nothing', '../home/not-there'],
  ['loop', 'loop'],
  ['profile', '../home/.profile'],
  ['upwards', '..'],
] as const)
  symlinkSync(target, join(REPO, name));
symlinkSync(REPO, join(ROOT, 'way-in'));

describe('whether a destination leads out of the folder', () => {
  it.each([
    'token',
    './token',
    'inner/token',
    'inner/../token',
    'not-there/token',
    'not-there/../token',
    '..token',
    '...',
    'inner-link/token',
    'deep/token',
    '../repo/token',
    join(REPO, 'token'),
    join(ROOT, 'way-in', 'token'),
  ])('%s does not', async (path) => {
    const written = path.startsWith('/') ? path : `${REPO}/${path}`;
    expect(await leadsOutside(written, REPO)).toBe(false);
    expect(await leadsOutside(written, join(ROOT, 'way-in'))).toBe(false);
  });

  it.each([
    '..',
    '../token',
    '../repo-too/token',
    'inner/../../token',
    '../home/.profile',
    '/etc/cron.d/token',
    join(ROOT, 'home', 'token'),
    'to-home/token',
    'to-home/not-there/token',
    'absolute/token',
    'tricky/token',
    'tricky',
    'profile',
    'nothing',
    'nothing/token',
    'loop',
    'loop/token',
    'upwards/token',
    'upwards/home/token',
  ])('%s does', async (path) => {
    expect(await leadsOutside(path.startsWith('/') ? path : `${REPO}/${path}`, REPO)).toBe(true);
  });

  it('is true where the folder itself is not there', async () => {
    expect(await leadsOutside(join(REPO, 'loop', 'token'), join(REPO, 'loop'))).toBe(true);
  });
});
