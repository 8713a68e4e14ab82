import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { keyturn, ROOT } from '../support/cli-process.ts';
import { startTestSandbox, type TestSandbox } from '../support/sandbox.ts';
import { createTestHome, type TestHome } from '../support/temp.ts';

let home: TestHome;
let sandbox: TestSandbox;
beforeAll(async () => {
  home = createTestHome();
  sandbox = await startTestSandbox();
});
afterAll(async () => {
  await sandbox.close();
  home.remove();
});

interface Loaded {
  readonly wasm: readonly string[];
  readonly packages: readonly string[];
  readonly node: readonly string[];
}

async function loadedBy(args: readonly string[], client?: string): Promise<Loaded> {
  const env = {
    ...home.env,
    KEYTURN_PROVIDER: 'prefactor',
    KEYTURN_URL: sandbox.origin,
    KEYTURN_TOKEN: sandbox.login('prefactor'),
    TEST_CLIENT: client,
  };
  const program = join(ROOT, 'test', 'support', 'modules-entry.mjs');
  const before = sandbox.requests.length;
  const { code, stderr } = await keyturn(args, { program, env, cwd: home.path });
  expect({ code, sent: sandbox.requests.length > before }).toEqual({ code: 0, sent: true });
  return JSON.parse(stderr.trimEnd().split('\n').at(-1) ?? '');
}

const isUndici = (name: string) => /undici/.test(name);
/** Node's own reader of CommonJS modules is a small WebAssembly module. */
const isOurs = (place: string) => !/cjs-module-lexer|node:internal/.test(place);

describe('a command with few requests', () => {
  test.each(['tokens list', 'whoami', 'tokens list --json'])(
    '%s loads no undici and no WebAssembly',
    async (words) => {
      const { wasm, packages, node } = await loadedBy(words.split(' '));
      expect({
        wasm: wasm.filter(isOurs),
        packages: packages.filter(isUndici),
        node: node.filter(isUndici),
      }).toEqual({
        wasm: [],
        packages: [],
        node: [],
      });
    },
  );

  test('through undici it would load both', async () => {
    const { wasm, packages } = await loadedBy(['tokens', 'list'], 'undici');
    expect(wasm.some(isOurs)).toBe(true);
    expect(packages.some(isUndici)).toBe(true);
  });
});
