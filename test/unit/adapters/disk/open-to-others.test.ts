import { chmodSync, chownSync, lchownSync, mkdirSync, mkdtempSync, realpathSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { findOpenToOthers } from '../../../../src/adapters/disk/open-to-others.ts';
import { isMapped } from '../../../../src/adapters/disk/own-uid.ts';
import type { OpenPlace } from '../../../../src/ports/disk.ts';

const ME = 12_001;
const OTHER = 12_002;
const isRoot = process.getuid?.() === 0;
const asRoot = isRoot ? describe : describe.skip;
const because = isRoot ? '' : ' (skipped: needs root)';

/** One step of a path: a folder, or a link to `to`, which is taken from the base where it begins with `/`. */
type Step = readonly [path: string, owner: number, modeOrTarget: number | string];
type Found = readonly [path: string, why: OpenPlace['why']] | null;

/** What stands in the base folder; the path that is asked for; what is found as another user than root, and as root. */
const WAYS: readonly (readonly [string, readonly Step[], string, Found, Found])[] = [
  ['an own folder', [['me', ME, 0o700]], 'me', null, ['me', 'guest']],
  ['a folder of root', [['sys', 0, 0o755]], 'sys', null, null],
  ['a folder of another user', [['mal', OTHER, 0o755]], 'mal', ['mal', 'owner'], ['mal', 'guest']],
  [
    'an own folder in a folder of another user',
    [
      ['mal', OTHER, 0o755],
      ['mal/me', ME, 0o700],
    ],
    'mal/me',
    ['mal', 'owner'],
    ['mal', 'guest'],
  ],
  [
    'a folder of root in a folder of another user',
    [
      ['mal', OTHER, 0o755],
      ['mal/sys', 0, 0o700],
    ],
    'mal/sys',
    ['mal', 'owner'],
    ['mal', 'guest'],
  ],
  [
    'a sticky folder of another user',
    [
      ['mal', OTHER, 0o1777],
      ['mal/me', ME, 0o700],
    ],
    'mal/me',
    ['mal', 'owner'],
    ['mal', 'writable'],
  ],
  [
    'an own folder in a sticky one of root',
    [
      ['tmp', 0, 0o1777],
      ['tmp/me', ME, 0o700],
    ],
    'tmp/me',
    null,
    ['tmp', 'writable'],
  ],
  [
    'a link of another user in its folder',
    [
      ['sys', 0, 0o755],
      ['mal', OTHER, 0o755],
      ['mal/l', OTHER, '/sys'],
    ],
    'mal/l',
    ['mal', 'owner'],
    ['mal/l', 'link'],
  ],
  [
    'a link of another user on the way',
    [
      ['sys', 0, 0o755],
      ['sys/in', 0, 0o755],
      ['mal', OTHER, 0o755],
      ['mal/l', OTHER, '/sys'],
    ],
    'mal/l/in',
    ['mal', 'owner'],
    ['mal/l', 'link'],
  ],
  [
    'a link of root that another user may replace',
    [
      ['sys', 0, 0o755],
      ['mal', OTHER, 0o755],
      ['mal/l', 0, '/sys'],
    ],
    'mal/l',
    ['mal', 'owner'],
    ['mal/l', 'link'],
  ],
  [
    'a link of another user in a folder of root',
    [
      ['sys', 0, 0o755],
      ['l', OTHER, '/sys'],
    ],
    'l',
    ['l', 'link'],
    ['l', 'link'],
  ],
  [
    'a link of root to a folder of another user',
    [
      ['mal', OTHER, 0o755],
      ['l', 0, '/mal'],
    ],
    'l',
    ['mal', 'owner'],
    ['mal', 'guest'],
  ],
  [
    'a link of root through a link of another user',
    [
      ['sys', 0, 0o755],
      ['mal', OTHER, 0o755],
      ['mal/l', OTHER, '/sys'],
      ['l', 0, '/mal/l'],
    ],
    'l',
    ['mal', 'owner'],
    ['mal/l', 'link'],
  ],
  [
    'a link of root whose target leaves another folder again by way of a link',
    [
      ['sys', 0, 0o755],
      ['sys/in', 0, 0o755],
      ['mal', OTHER, 0o755],
      ['d', 0, '/mal'],
      ['l', 0, 'd/../sys'],
    ],
    'l',
    ['mal', 'owner'],
    ['mal', 'guest'],
  ],
  [
    'a link of root to a folder of root',
    [
      ['sys', 0, 0o755],
      ['l', 0, 'sys'],
    ],
    'l',
    null,
    null,
  ],
  [
    'links in a circle',
    [
      ['a', 0, 'b'],
      ['b', 0, 'a'],
    ],
    'a',
    ['a', 'link'],
    ['a', 'link'],
  ],
  [
    'a folder of another user that all may write',
    [['mal', OTHER, 0o777]],
    'mal',
    ['mal', 'owner'],
    ['mal', 'writable'],
  ],
];

function build(steps: readonly Step[]): string {
  const base = realpathSync(mkdtempSync(join(tmpdir(), 'keyturn-ways-')));
  chmodSync(base, 0o755);
  for (const [path, owner, what] of steps) {
    const at = join(base, path);
    if (typeof what === 'string') {
      symlinkSync(what.startsWith('/') ? join(base, what) : what, at);
      lchownSync(at, owner, owner);
    } else {
      mkdirSync(at);
      chownSync(at, owner, owner);
      chmodSync(at, what);
    }
  }
  return base;
}

asRoot(`D2: each folder and link on the way belongs to the caller or to root${because}`, () => {
  it.each(WAYS)('%s', async (_, steps, path, asMe, asTheRoot) => {
    const base = build(steps);
    const foundAs = async (uid: number) => findOpenToOthers(join(base, path), uid, async () => null);
    const expected = (found: Found) => found && { path: join(base, found[0]), why: found[1] };
    expect(await foundAs(ME)).toEqual(expected(asMe));
    expect(await foundAs(0)).toEqual(expected(asTheRoot));
  });

  it('the number of all owners outside of a user namespace counts as root', async () => {
    const base = build([
      ['out', OTHER, 0o755],
      ['l', OTHER, '/out'],
    ]);
    expect(await findOpenToOthers(join(base, 'l'), ME, async () => OTHER)).toBeNull();
    expect(await findOpenToOthers(join(base, 'l'), ME, async () => null)).not.toBeNull();
  });
});

describe('a number is mapped into the user namespace', () => {
  it.each([
    ['all of a machine', '         0          0 4294967295\n', true],
    ['one user', '      1000       1000          1\n', false],
    ['one user as root', '         0       1000          1\n', false],
    ['a rootless container', '         0       1000          1\n         1     100000      65536\n', true],
    ['nothing', '', false],
  ])('%s', (_, map, expected) => {
    expect(isMapped(65_534, map)).toBe(expected);
  });
});
