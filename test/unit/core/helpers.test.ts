import { describe, expect, it } from 'vitest';
import type { HelperChoice, HelperStore } from '../../../src/core/helpers/choose-entry.ts';
import { answerDocker } from '../../../src/core/helpers/docker.ts';
import { answerExecCredential } from '../../../src/core/helpers/exec-credential.ts';
import { answerGit } from '../../../src/core/helpers/git.ts';
import type { Credential } from '../../../src/domain/credential.ts';
import { Secret } from '../../../src/domain/secret.ts';

function entry(name: string, more: Partial<Credential> & { expiresAt?: string } = {}): Credential {
  const { expiresAt = null, ...rest } = more;
  const current = {
    version: '1',
    id: null,
    scopes: null,
    createdAt: null,
    expiresAt,
    savedAt: '2026-01-01T00:00:00Z',
  };
  return {
    name,
    kind: 'token',
    provider: null,
    origin: null,
    settings: null,
    project: null,
    current,
    versions: [current],
    ...rest,
  };
}

/** Reads only; the secret of each is its name with `-secret`. Remembers what was opened. */
function storeOf(...entries: Credential[]): HelperStore & { opened: string[] } {
  const opened: string[] = [];
  return {
    opened,
    list: async () => entries,
    find: async (name) => entries.find((one) => one.name === name) ?? null,
    open: async (name) => {
      opened.push(name);
      return Secret.of(name === 'broken' ? 'a\nhost=evil' : `${name}-secret`);
    },
  };
}

const byHost: HelperChoice = { credential: null, host: null, username: 'token' };
const named = (credential: string, host: string | null = null): HelperChoice => ({
  ...byHost,
  credential,
  host,
});

describe('git helper', () => {
  const store = storeOf(
    entry('acme', { origin: 'https://git.acme.com', expiresAt: '2027-01-01T00:00:00Z' }),
    entry('admin', { origin: 'https://git.admin.com', kind: 'managing' }),
    entry('one', { origin: 'https://two.com' }),
    entry('two', { origin: 'https://two.com' }),
    entry('imported', { kind: 'imported' }),
    entry('local', { origin: 'http://localhost:3000' }),
    entry('broken', { origin: 'https://broken.com' }),
  );
  const get = async (input: string, choice = byHost) =>
    (await answerGit(store, choice, { action: 'get', input }))?.reveal() ?? null;

  it('answers with the entry that was stored for the host', async () => {
    expect(await get('protocol=https\nhost=git.acme.com\npath=x.git\nwwwauth[]=Basic realm="x"\n\n')).toBe(
      'username=token\npassword=acme-secret\npassword_expiry_utc=1798761600\n',
    );
    expect(await get('capability[]=authtype\nprotocol=https\nhost=git.acme.com\nusername=me\n')).toBe(
      'username=me\npassword=acme-secret\npassword_expiry_utc=1798761600\n',
    );
    expect(await get('protocol=http\nhost=localhost:3000\n')).toContain('password=local-secret\n');
  });

  it('says nothing for another host, scheme or port, and for a managing credential', async () => {
    for (const input of [
      '',
      '\n',
      'protocol=https\n',
      'host=git.acme.com\n',
      'protocol=http\nhost=git.acme.com\n',
      'protocol=https\nhost=git.acme.com:8443\n',
      'protocol=https\nhost=evil.com\n',
      'protocol=https\nhost=git.acme.com.evil.com\n',
      'protocol=https\nhost=git.acme.com@evil.com\n',
      'protocol=https\nhost=evil.com/git.acme.com\n',
      'protocol=https\nhost=git.acme.com\\.evil.com\n',
      'protocol=https\nhost=git.acme.com\r\n',
      'protocol=ssh\nhost=git.acme.com\n',
      'protocol=https\nhost=git.admin.com\n',
    ]) {
      expect(await get(input), JSON.stringify(input)).toBe(null);
    }
  });

  it('gives a named entry to its own server only', async () => {
    const acme = 'protocol=https\nhost=git.acme.com\n';
    expect(await get(acme, named('acme'))).toContain('password=acme-secret\n');
    expect(await get('protocol=https\nhost=evil.com\n', named('acme'))).toBe(null);
    expect(await get(acme, named('imported', 'git.acme.com'))).toContain('password=imported-secret\n');
    expect(await get(acme, named('imported', 'other.com'))).toBe(null);
    await expect(get(acme, named('imported'))).rejects.toMatchObject({ code: 'usage' });
    await expect(get(acme, named('absent'))).rejects.toMatchObject({ code: 'not-found' });
  });

  it('guesses between nothing, and writes no line break', async () => {
    await expect(get('protocol=https\nhost=two.com\n')).rejects.toMatchObject({ code: 'conflict' });
    await expect(get('protocol=https\nhost=broken.com\n')).rejects.toMatchObject({ code: 'usage' });
  });

  it('neither keeps nor deletes', async () => {
    const input = 'protocol=https\nhost=git.acme.com\nusername=a\npassword=b\n';
    const before = store.opened.length;
    for (const action of ['store', 'erase', 'capability', 'whatever']) {
      expect(await answerGit(store, byHost, { action, input })).toBe(null);
    }
    expect(store.opened.length).toBe(before);
  });
});

describe('docker helper', () => {
  const store = storeOf(
    entry('ghcr', { origin: 'https://ghcr.io' }),
    entry('hub', { origin: 'https://index.docker.io' }),
    entry('admin', { origin: 'https://api.acme.com', kind: 'managing' }),
    entry('imported', { kind: 'imported' }),
  );
  const ask = async (action: string, input: string, choice = byHost) => {
    const { output, exit } = await answerDocker(store, choice, { action, input });
    return [exit, output?.reveal() ?? null];
  };

  it('answers get with the server as it was asked for', async () => {
    expect(await ask('get', 'ghcr.io\n')).toEqual([
      0,
      '{"ServerURL":"ghcr.io","Username":"token","Secret":"ghcr-secret"}',
    ]);
    expect(await ask('get', 'https://index.docker.io/v1/')).toEqual([
      0,
      '{"ServerURL":"https://index.docker.io/v1/","Username":"token","Secret":"hub-secret"}',
    ]);
    expect(await ask('get', 'registry.acme.com', named('imported', 'registry.acme.com'))).toMatchObject([
      0,
      expect.any(String),
    ]);
  });

  it.each([
    ['127.0.0.1:5000', 'plain'],
    ['localhost:5000', 'local'],
    ['[::1]:5000', 'six'],
    ['http://127.0.0.1:5000', 'plain'],
    ['http://127.0.0.1:5000/v2/', 'plain'],
    ['127.0.0.1:5001', 'both-tls'],
  ])('finds the entry for the registry %s of this machine, HTTPS first', async (server, name) => {
    const registries = storeOf(
      entry('plain', { origin: 'http://127.0.0.1:5000' }),
      entry('local', { origin: 'http://localhost:5000' }),
      entry('six', { origin: 'http://[::1]:5000' }),
      entry('both-plain', { origin: 'http://127.0.0.1:5001' }),
      entry('both-tls', { origin: 'https://127.0.0.1:5001' }),
    );
    const { output } = await answerDocker(registries, byHost, { action: 'get', input: server });
    expect(output?.reveal()).toContain(`"${name}-secret"`);
  });

  it('says "not found" in the words that Docker knows', async () => {
    for (const server of ['quay.io', 'http://ghcr.io', '', 'api.acme.com', 'ghcr.io:5000']) {
      expect(await ask('get', server), server).toEqual([1, 'credentials not found in native keychain']);
    }
    expect(await ask('get', 'quay.io', named('imported', 'registry.acme.com'))).toMatchObject([
      1,
      expect.any(String),
    ]);
  });

  it('lists the servers that it answers for', async () => {
    expect(await ask('list', '')).toEqual([
      0,
      '{"https://ghcr.io":"token","https://index.docker.io":"token"}',
    ]);
    expect(await ask('list', '', named('ghcr'))).toEqual([0, '{"https://ghcr.io":"token"}']);
    expect(await ask('list', '', named('imported', 'registry.acme.com'))).toEqual([
      0,
      '{"https://registry.acme.com":"token"}',
    ]);
    expect(await ask('list', '', named('imported'))).toEqual([0, '{}']);
  });

  it('refuses to store, and does not delete', async () => {
    const [exit, text] = await ask('store', '{"ServerURL":"ghcr.io","Username":"u","Secret":"hunter22"}');
    expect(exit).toBe(1);
    expect(text).not.toContain('hunter22');
    expect(await ask('erase', 'ghcr.io')).toEqual([0, null]);
    expect(await ask('get', 'ghcr.io')).toMatchObject([0, expect.any(String)]);
    expect(await ask('version', '')).toMatchObject([1, expect.any(String)]);
  });
});

describe('exec credential', () => {
  const SERVER = 'https://cluster.example:6443';
  const store = storeOf(
    entry('cluster', { origin: SERVER, expiresAt: '2026-12-01T00:00:00Z' }),
    entry('endless', { origin: SERVER }),
    entry('imported', { kind: 'imported' }),
    entry('local', { origin: 'http://127.0.0.1:6443' }),
  );
  const info = (cluster: unknown, version = 'v1') =>
    JSON.stringify({
      apiVersion: `client.authentication.k8s.io/${version}`,
      kind: 'ExecCredential',
      spec: { interactive: false, cluster },
    });
  const ask = (credential: string, execInfo?: string, host: string | null = null) =>
    answerExecCredential(store, { credential, execInfo, host }).then((answer) => JSON.parse(answer.reveal()));

  it('answers in the version that is asked for, with the expiry where it is known', async () => {
    expect(await ask('cluster', info({ server: SERVER }))).toEqual({
      apiVersion: 'client.authentication.k8s.io/v1',
      kind: 'ExecCredential',
      status: { expirationTimestamp: '2026-12-01T00:00:00Z', token: 'cluster-secret' },
    });
    expect(await ask('endless', info({ server: SERVER }, 'v1beta1'))).toEqual({
      apiVersion: 'client.authentication.k8s.io/v1beta1',
      kind: 'ExecCredential',
      status: { token: 'endless-secret' },
    });
  });

  it('hands out nothing that is not there, or in a version that it does not know', async () => {
    await expect(ask('absent', info({ server: SERVER }))).rejects.toMatchObject({ code: 'not-found' });
    for (const text of ['{', '{}', 'null', '{"apiVersion":"client.authentication.k8s.io/v1alpha1"}']) {
      await expect(ask('endless', text), text).rejects.toMatchObject({ code: 'usage' });
    }
  });

  it.each<[string, string, unknown, string | null]>([
    ['its own server', 'endless', { server: SERVER }, null],
    ['its own server with a path', 'endless', { server: `${SERVER}/k8s/clusters/c-1` }, null],
    ['its own server in capitals', 'endless', { server: 'HTTPS://CLUSTER.EXAMPLE:6443/' }, null],
    [
      'the server that the person named',
      'imported',
      { server: 'https://cluster.example' },
      'cluster.example',
    ],
    ['a loopback server over plain HTTP', 'local', { server: 'http://127.0.0.1:6443' }, null],
    [
      'a server with its own certificate',
      'endless',
      { server: SERVER, 'certificate-authority-data': 'LS0t' },
      null,
    ],
  ])('A11 gives it to %s', async (_, name, cluster, host) => {
    expect((await ask(name, info(cluster), host)).status.token).toBe(`${name}-secret`);
  });

  it.each<[string, string, unknown, string | null]>([
    ['another server', 'endless', { server: 'https://evil.example' }, null],
    [
      'another server, though the person names it',
      'endless',
      { server: 'https://evil.example' },
      'evil.example',
    ],
    ['another port', 'endless', { server: 'https://cluster.example' }, null],
    ['another scheme', 'local', { server: 'https://127.0.0.1:6443' }, null],
    ['the same host unencrypted', 'endless', { server: 'http://cluster.example:6443' }, null],
    ['a server with a user', 'endless', { server: 'https://cluster.example:6443@evil.example' }, null],
    ['a server with a query', 'endless', { server: `${SERVER}/?x` }, null],
    ['a server with a line break', 'endless', { server: `${SERVER}\n` }, null],
    ['a server that is none', 'endless', { server: 7 }, null],
    ['no server', 'endless', {}, null],
    ['no cluster', 'endless', undefined, null],
    ['nobody checked', 'endless', { server: SERVER, 'insecure-skip-tls-verify': true }, null],
    ['a proxy of the kubeconfig', 'endless', { server: SERVER, 'proxy-url': 'http://evil.example' }, null],
    [
      'another name in the certificate',
      'endless',
      { server: SERVER, 'tls-server-name': 'evil.example' },
      null,
    ],
    ['a server, from an entry without one', 'imported', { server: SERVER }, null],
    ['another server than the person named', 'imported', { server: SERVER }, 'evil.example'],
  ])('A11 gives nothing to %s', async (_, name, cluster, host) => {
    const before = store.opened.length;
    await expect(ask(name, info(cluster), host)).rejects.toMatchObject({
      code: expect.stringMatching(/^(conflict|usage)$/),
    });
    expect(store.opened).toHaveLength(before);
  });

  it('A11 gives nothing where the client does not say who it is for', async () => {
    await expect(ask('endless')).rejects.toMatchObject({
      facts: { code: 'usage', hint: expect.stringContaining('provideClusterInfo') },
    });
    await expect(ask('imported', undefined, 'cluster.example')).rejects.toMatchObject({ code: 'usage' });
  });
});

describe('A22 a host is a host and a port, and nothing else is read out of it', () => {
  const store = storeOf(
    entry('acme', { origin: 'https://git.acme.com' }),
    entry('local', { origin: 'http://127.0.0.1:3000' }),
  );
  const git = (protocol: string, host: string, choice = byHost) =>
    answerGit(store, choice, { action: 'get', input: `protocol=${protocol}\nhost=${host}\n\n` });

  it.each([
    ['https://git.acme.com/?x=', 'evil.example'],
    ['https://git.acme.com', ''],
    ['https://git.acme.com/', 'x'],
    ['https://git.acme.com#', 'evil.example'],
    ['HTTPS', 'git.acme.com'],
    ['https ', 'git.acme.com'],
    ['https\0', 'git.acme.com'],
    ['http', 'git.acme.com'],
    ['ssh', 'git.acme.com'],
    ['git', 'git.acme.com'],
    ['ftp', 'git.acme.com'],
    ['file', 'git.acme.com'],
    ['', 'git.acme.com'],
    ['https:', 'git.acme.com'],
    ['https', 'git.acme.com?x'],
    ['https', 'git.acme.com/'],
    ['https', 'git.acme.com/x'],
    ['https', 'git.acme.com#x'],
    ['https', 'x@git.acme.com'],
    ['https', 'git.acme.com@evil.example'],
    ['https', 'git.acme.com\r'],
    ['https', 'git.acme.com\0'],
    ['https', 'git.acme.com\0.evil.example'],
    ['https', ' git.acme.com'],
    ['https', 'git.acme.com\t'],
    ['https', 'git.acme.com%00'],
    ['https', 'git%2eacme.com'],
    ['https', 'git.acme.com.'],
    ['https', 'git.acme.com:'],
    ['https', 'git.acme.com:80'],
    ['https', 'git.acme.com:444'],
    ['https', 'git.acme.com:443:443'],
    ['https', 'git.acme.com:443x'],
    ['https', 'ｇit.acme.com'],
    ['https', '127.0.0.1:3000'],
    ['http', '127.1:3000'],
    ['http', '0x7f.0.0.1:3000'],
  ])('git asks for %j, %j', async (protocol, host) => {
    expect(await git(protocol, host)).toBe(null);
    expect(await git(protocol, host, named('acme'))).toBe(null);
    expect(store.opened).toEqual([]);
  });

  it.each([
    'https://git.acme.com/?x=',
    'https://git.acme.com?x',
    'https://git.acme.com#x',
    'https://x@git.acme.com',
    'https://git.acme.com:x@evil.example',
    'git.acme.com@evil.example',
    'git.acme.com?x',
    'git.acme.com\0',
    'git.acme.com\r',
    'git.acme.com\nevil.example',
    ' git.acme.com',
    'git.acme.com:8443',
    'git.acme.com\\.evil.example',
    'http://git.acme.com',
    'ftp://git.acme.com',
    'https://https://git.acme.com',
    '//git.acme.com',
  ])('docker asks for %j', async (server) => {
    expect(await answerDocker(store, byHost, { action: 'get', input: server })).toMatchObject({ exit: 1 });
    expect(store.opened).toEqual([]);
  });

  it('the default port, capitals and a loopback address over HTTP are the same server', async () => {
    for (const [protocol, host] of [
      ['https', 'git.acme.com:443'],
      ['https', 'GIT.acme.com'],
      ['http', '127.0.0.1:3000'],
    ] as const)
      expect(await git(protocol, host), host).not.toBe(null);
  });
});

describe('A11 docker lists no managing credential', () => {
  const store = storeOf(entry('admin', { origin: 'https://api.acme.com', kind: 'managing' }));
  it.each([
    [false, '{}'],
    [true, '{"https://api.acme.com":"token"}'],
  ])('with "--allow-managing" %s', async (allowManaging, text) => {
    const { output } = await answerDocker(
      store,
      { ...named('admin'), allowManaging },
      { action: 'list', input: '' },
    );
    expect(output?.reveal()).toBe(text);
  });
});
