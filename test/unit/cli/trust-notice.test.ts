import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createNodeDisk } from '../../../src/adapters/disk/node-disk.ts';
import { withTrustNotice } from '../../../src/cli/services/trust-notice.ts';
import { FakeTransport, fakeConnection, fakeProvider } from '../../support/fakes.ts';

const PROXY = { HTTPS_PROXY: 'http://user:hush-hush@proxy.example:3128' };

async function notesWith(env: Readonly<Record<string, string>>, origin = 'https://api.example.com') {
  const base = mkdtempSync(join(tmpdir(), 'keyturn-trust-'));
  onTestFinished(() => rmSync(base, { recursive: true, force: true }));
  for (const folder of ['cwd', 'repo/.git', 'etc']) mkdirSync(join(base, folder), { recursive: true });
  const inBase = Object.fromEntries(
    Object.entries(env).map(([name, value]) => [name, value.replace('BASE', base)]),
  );
  const notes: string[] = [];
  const app = {
    note: (line: string) => void notes.push(line),
    disk: async () => createNodeDisk(),
    runtime: { env: inBase, cwd: join(base, 'cwd') },
  };
  // @ts-expect-error only what the notice takes is there
  const transport = withTrustNotice(new FakeTransport(() => ({ body: {} })), app);
  const { auth, secret } = fakeConnection(fakeProvider());
  const endpoint = { origin: origin as never, auth, secret };
  for (let times = 0; times < 2; times += 1) await transport.call(endpoint, { method: 'GET', path: '/' });
  return notes;
}

describe('D5: a proxy together with an authority of the environment is told of, once', () => {
  test.each<[string, Record<string, string>, boolean]>([
    ['outside of any repository', { NODE_EXTRA_CA_CERTS: 'BASE/etc/ca.pem' }, false],
    ['in the current folder', { NODE_EXTRA_CA_CERTS: './ca.pem' }, true],
    ['in a repository', { NODE_EXTRA_CA_CERTS: 'BASE/repo/sub/ca.pem' }, true],
    ['of the system by a variable', { NODE_USE_SYSTEM_CA: '1', SSL_CERT_FILE: 'ca.pem' }, true],
    ['of the system by an option', { NODE_OPTIONS: '--use-system-ca', SSL_CERT_DIR: 'BASE/etc' }, false],
  ])('%s', async (_, env, isShared) => {
    for (const name of ['HTTPS_PROXY', 'https_proxy', 'ALL_PROXY', 'all_proxy']) {
      const [line = '', ...more] = await notesWith({ [name]: PROXY.HTTPS_PROXY, ...env });
      expect(more).toEqual([]);
      expect(line).toContain('the proxy http://proxy.example:3128 can read the credential');
      expect(line).not.toContain('hush');
      expect(line.includes('somebody else may have written it')).toBe(isShared);
    }
  });

  test.each<[string, Record<string, string>, string?]>([
    ['a proxy alone', PROXY],
    ['an authority alone', { NODE_EXTRA_CA_CERTS: './ca.pem' }],
    ['a host without the proxy', { ...PROXY, NO_PROXY: 'example.com', NODE_EXTRA_CA_CERTS: './ca.pem' }],
    ['OpenSSL’s variables, which Node does not read', { ...PROXY, SSL_CERT_FILE: './ca.pem' }],
    ['loopback', { ...PROXY, NODE_EXTRA_CA_CERTS: './ca.pem' }, 'https://127.0.0.1:8443'],
    ['a proxy that cannot be used', { HTTPS_PROXY: 'socks5://x', NODE_EXTRA_CA_CERTS: './ca.pem' }],
  ])('%s: nothing', async (_, env, origin) => {
    expect(await notesWith(env, origin)).toEqual([]);
  });
});
