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
  const store = storeOf(entry('cluster', { expiresAt: '2026-12-01T00:00:00Z' }), entry('endless'));
  const ask = (credential: string, execInfo?: string) =>
    answerExecCredential(store, { credential, execInfo }).then((answer) => JSON.parse(answer.reveal()));

  it('answers in the version that is asked for, with the expiry where it is known', async () => {
    expect(await ask('cluster')).toEqual({
      apiVersion: 'client.authentication.k8s.io/v1',
      kind: 'ExecCredential',
      status: { expirationTimestamp: '2026-12-01T00:00:00Z', token: 'cluster-secret' },
    });
    const info =
      '{"apiVersion":"client.authentication.k8s.io/v1beta1","kind":"ExecCredential","spec":{"interactive":false}}';
    expect(await ask('endless', info)).toEqual({
      apiVersion: 'client.authentication.k8s.io/v1beta1',
      kind: 'ExecCredential',
      status: { token: 'endless-secret' },
    });
  });

  it('hands out nothing that is not there, or in a version that it does not know', async () => {
    await expect(ask('absent')).rejects.toMatchObject({ code: 'not-found' });
    for (const info of ['{', '{}', 'null', '{"apiVersion":"client.authentication.k8s.io/v1alpha1"}']) {
      await expect(ask('endless', info), info).rejects.toMatchObject({ code: 'usage' });
    }
  });
});
