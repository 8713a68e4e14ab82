import {
  existsSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { parseDestination } from '../../../../src/adapters/destinations/parse-destination.ts';
import { refuseClosedPlace } from '../../../../src/adapters/disk/closed-places.ts';
import { Secret } from '../../../../src/domain/secret.ts';
import { destinationRig } from './destination-rig.ts';

const ROOT = realpathSync(mkdtempSync(join(tmpdir(), 'keyturn-closed-')));
afterAll(() => rmSync(ROOT, { recursive: true, force: true }));

const at = (path: string) => join(ROOT, path);
const CONFIG = at('home/.config/keyturn');
const STATE = at('home/.local/state/keyturn');
const OWN = [CONFIG, STATE];
const secret = Secret.of('tok_0123456789abcdefghij');

/** Folders end with "/", links are `from -> to` from the link's own folder. */
for (const line of `
  home/.config/keyturn/  home/.local/state/keyturn/locks/  home/.local/state/keyturn/attempts/
  home/.local/state/keyturn/audit.jsonl  home/.local/state/keyturn/attempts/one.journal
  home/dotfiles/credentials.yaml  home/keyturn-too/  home/HEAD  home/objects/
  repo/.git/hooks/  repo/.git/config  repo/src/  repo/.github/  repo/not.git/  repo/.gitignore
  hg/.hg/  svn/.svn/  jj/.jj/  upper/.GIT/hooks/  odd/.git./
  bare/HEAD  bare/objects/  bare/refs/  bare/hooks/  bare/main/.git  bare/main/src/
  apart/HEAD  apart/objects/  apart/refs/  apart/hooks/
  tree/HEAD  tree/commondir
  links/
`
  .split(/\s+/)
  .filter(Boolean)) {
  mkdirSync(line.endsWith('/') ? at(line) : dirname(at(line)), { recursive: true, mode: 0o700 });
  if (!line.endsWith('/')) writeFileSync(at(line), 'before\n', { mode: 0o600 });
}
for (const [link, target] of [
  ['home/.config/keyturn/credentials.yaml', '../../dotfiles/credentials.yaml'],
  ['links/config', CONFIG],
  ['links/git', '../repo/.git'],
  ['links/hook', '../repo/.git/hooks/post-checkout'],
  ['links/up', '../repo/src/..'],
  ['repo/.git/linked-hooks', '../src'],
] as const)
  symlinkSync(target, at(link));
linkSync(at('home/.local/state/keyturn/audit.jsonl'), at('repo/second-name'));

const CLOSED = [
  'home/.config/keyturn/credentials.yaml',
  'home/.config/keyturn/config.yaml',
  'home/.config/keyturn/new',
  'home/.config/keyturn/not-there/new',
  'home/.config/Keyturn/config.yaml',
  'home/.config/keyturn/../keyturn/x',
  'home/.local/state/keyturn/journal.key',
  'home/.local/state/keyturn/locks/x.lock',
  'home/.local/state/keyturn/attempts/one.journal',
  'home/dotfiles/credentials.yaml',
  'links/config/x',
  'repo/second-name',
  'repo/.git/hooks/post-checkout',
  'repo/.git/config',
  'repo/.git/not-there/x',
  'repo/.git',
  'repo/src/../.git/config',
  'repo/.git/linked-hooks/x',
  'links/git/hooks/x',
  'links/hook',
  'links/up/.git/config',
  'hg/.hg/hgrc',
  'svn/.svn/wc.db',
  'jj/.jj/x',
  'upper/.GIT/hooks/x',
  'odd/.git./x',
  'bare/hooks/x',
  'bare/config',
  'apart/hooks/x',
  'tree/gitdir',
];

const OPEN = [
  'repo/.env',
  'repo/src/token',
  'repo/.gitignore',
  'repo/.github/token',
  'repo/not.git/token',
  'repo/not-there/token',
  'links/up/token',
  'home/token',
  'home/.config/token',
  'home/keyturn-too/token',
  'bare/main/.env',
  'bare/main/src/token',
];

describe('a destination in a place that is closed', () => {
  it.each(CLOSED)('%s is refused', async (path) => {
    await expect(refuseClosedPlace(at(path), OWN)).rejects.toMatchObject({ code: 'usage' });
  });

  it.each(OPEN)('%s is not', async (path) => {
    await refuseClosedPlace(at(path), OWN);
  });

  it('names the place, and what to do', async () => {
    await expect(refuseClosedPlace(at('links/config/x'), OWN)).rejects.toMatchObject({
      message: `"${at('links/config/x')}" lies in keyturn's own folder "${CONFIG}", or is one of its files`,
    });
    await expect(refuseClosedPlace(at('links/git/x'), OWN)).rejects.toMatchObject({
      message: `"${at('links/git/x')}" lies in the version-control folder "${at('repo/.git')}"`,
    });
  });
});

describe('every destination that writes a file refuses it, before the request and at the delivery', () => {
  const target = at('repo/.git/hooks/post-checkout');
  const env = { GITHUB_ENV: at('repo/.git/config'), GITHUB_OUTPUT: at('repo/second-name') };

  it.each([`file:${target}`, `env:${target}#TOK`, 'github-env:TOK', 'github-output:tok'])(
    '%s',
    async (to) => {
      const rig = destinationRig({ ownFolders: OWN, env, force: true });
      const before = readdirSync(dirname(target));
      await expect(parseDestination(to, rig.deps).prove()).rejects.toMatchObject({ code: 'usage' });
      // As a resume does, which proves nothing.
      await expect(parseDestination(to, rig.deps).deliver(secret)).rejects.toMatchObject({ code: 'usage' });
      // Nor a lock or a new file beside it.
      expect(readdirSync(dirname(target))).toEqual(before);
      expect(existsSync(target)).toBe(false);
      for (const file of Object.values(env)) expect(readFileSync(file, 'utf8')).toBe('before\n');
    },
  );
});
