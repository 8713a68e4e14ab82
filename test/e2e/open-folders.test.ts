import { chmodSync, chownSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { createInProcessRig } from './rig.ts';

const OTHER = 12_345;
const isRoot = process.getuid?.() === 0;
const WARNING = /other users may replace keyturn's folder/;

describe('D2: a folder above keyturn’s own that other users may replace', () => {
  test.each([
    [0o777, true],
    [0o1777, false],
    [0o755, false],
  ])('a home of mode %o: warned of %s, when the folder is made and each time', async (mode, isWarned) => {
    const rig = await createInProcessRig({ KEYTURN_STORE: 'file' });
    chmodSync(rig.home.path, mode);
    for (const args of [
      ['credentials', 'import', 'x'],
      ['credentials', 'list'],
    ]) {
      const { code, stderr } = await rig.run(args, { stdin: 'a-secret-of-somebody' });
      expect(code, stderr).toBe(0);
      expect(WARNING.test(stderr)).toBe(isWarned);
    }
    expect(WARNING.test((await rig.run(['doctor', '--offline'])).stdout)).toBe(isWarned);
    expect((await rig.run(['credentials', 'list', '-q'])).stderr).not.toMatch(WARNING);
  });

  test.skipIf(!isRoot)('a home of another user (needs root)', async () => {
    const rig = await createInProcessRig({ KEYTURN_STORE: 'file' });
    await rig.must(['credentials', 'import', 'x'], { stdin: 'a-secret-of-somebody' });
    chownSync(rig.home.path, OTHER, OTHER);
    expect((await rig.run(['credentials', 'list'])).stderr).toMatch(WARNING);
  });
});
