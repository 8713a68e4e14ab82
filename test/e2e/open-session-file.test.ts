import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createInProcessRig, type InProcessRig } from './rig.ts';

/** Path in the home folder, its mode, and whether it is refused. */
type Row = readonly [string, number, boolean];

const BRICKS: readonly Row[] = [
  ['.bricks/credentials.yaml', 0o666, true],
  ['.bricks/credentials.yaml', 0o602, true],
  ['.bricks/credentials.yaml', 0o644, false],
  ['.bricks/config.yaml', 0o666, true],
  ['.bricks', 0o777, true],
  ['.bricks', 0o755, false],
];
const PREFACTOR: readonly Row[] = [
  ['.prefactor/prefactor.json', 0o666, true],
  ['.prefactor/prefactor.json', 0o644, false],
  ['.prefactor', 0o777, true],
  ['.prefactor', 0o755, false],
];

function put(rig: InProcessRig): void {
  for (const folder of ['.bricks', '.prefactor']) mkdirSync(join(rig.home.path, folder), { mode: 0o700 });
  const { origin } = rig.sandbox;
  const files: Record<string, string> = {
    '.bricks/credentials.yaml': `token: Bearer ${rig.sandbox.login('bluebricks')}\n`,
    '.bricks/config.yaml': '# nothing\n',
    '.prefactor/prefactor.json': JSON.stringify({
      default: { api_key: rig.sandbox.login('prefactor'), base_url: origin },
    }),
  };
  for (const [path, text] of Object.entries(files))
    writeFileSync(join(rig.home.path, path), text, { mode: 0o600 });
}

describe('B12 a session file of a vendor’s command that other users may change', () => {
  test.each([
    ...BRICKS.map((row) => ['bluebricks', ...row] as const),
    ...PREFACTOR.map((row) => ['prefactor', ...row] as const),
  ])('%s: %s with mode %o', async (provider, path, mode, isRefused) => {
    const rig = await createInProcessRig({ KEYTURN_STORE: 'file' });
    put(rig);
    const login = ['login', provider, '--from-cli', '--url', rig.sandbox.origin];
    const whole = join(rig.home.path, path);
    await rig.must(login);
    chmodSync(whole, mode);
    for (const args of [['tokens', 'list'], login]) {
      const before = rig.sandbox.requests.length;
      const result = await rig.run(args);
      expect(result.code, result.stderr).toBe(isRefused ? 2 : 0);
      if (!isRefused) continue;
      expect(rig.sandbox.requests.slice(before)).toEqual([]);
      expect(result.stderr).toContain(`chmod go-w '${whole}'`);
    }
  });
});
