import { spawn } from 'node:child_process';
import { expect, it, onTestFinished } from 'vitest';
import { BUILT, keyturn } from '../support/cli-process.ts';
import { createTestHome } from '../support/temp.ts';

interface Announced {
  readonly origin: string;
  readonly logins: readonly {
    readonly provider: string;
    readonly secret: string;
    readonly settings: Readonly<Record<string, string>>;
  }[];
}

/** The built command, playing the vendors until the test ends. */
function startSandbox(args: readonly string[]): Promise<Announced> {
  const home = createTestHome();
  const child = spawn(process.execPath, [BUILT, 'sandbox', '--port', '0', '--json', ...args], {
    env: home.env,
    cwd: home.path,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  onTestFinished(async () => {
    const ended = new Promise((resolve) => child.once('close', resolve));
    child.kill('SIGTERM');
    await ended;
    home.remove();
  });
  return new Promise((resolve, reject) => {
    let text = '';
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
      if (text.includes('\n')) resolve(JSON.parse(text));
    });
    child.once('error', reject);
    child.once('close', (code) => reject(new Error(`the sandbox ended with ${code}`)));
  });
}

it('plays what --assume and --devo-domain ask for', async () => {
  const { origin, logins } = await startSandbox([
    ...['--assume', 'errovaLists=404', '--assume', 'devo.endings=silent'],
    ...['--devo-domain', 'child@parent'],
  ]);
  const devo = logins.find((login) => login.provider === 'devo');
  expect(devo?.settings).toMatchObject({ domain: 'child@parent' });
  const headers = { authorization: `Bearer ${devo?.secret}` };
  const tokens = `${origin}/ws/accounts/child@parent/credentials/tokens`;
  expect((await fetch(`${tokens}/1`, { method: 'DELETE', headers })).status).toBe(204);
  expect(await (await fetch(tokens, { headers })).json()).toHaveLength(1);
  expect((await fetch(`${origin}/api/organizations/acme-inc/machine-tokens`)).status).toBe(404);
});

it.each([
  [['--assume', 'nothing=1'], 'the sandbox has no switch "nothing"'],
  [['--assume', 'errovaLists=9'], 'not a value of "errovaLists": "9"'],
  [['--latency', '25d'], '"--latency" "25d" is longer than 24 days'],
  [['--devo-domain', 'a b'], 'not a Devo domain: "a b"'],
])('refuses %j', async (args, message) => {
  const home = createTestHome();
  onTestFinished(() => home.remove());
  const { code, stdout, stderr } = await keyturn(['sandbox', '--port', '0', ...args], {
    env: home.env,
    cwd: home.path,
  });
  expect([code, stdout]).toEqual([2, '']);
  expect(stderr).toContain(message);
});
