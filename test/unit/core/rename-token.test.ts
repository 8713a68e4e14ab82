import { describe, expect, it } from 'vitest';
import { Client } from '../../../src/core/client.ts';
import { renameToken } from '../../../src/core/rename-token.ts';
import { AppError } from '../../../src/domain/errors.ts';
import type { Provider } from '../../../src/ports/provider.ts';
import {
  FakeAudit,
  FakeClock,
  FakeProfiles,
  FakeTransport,
  fakeConnection,
  fakeProvider,
  ORIGIN,
  tokenOf,
} from '../../support/fakes.ts';

const TOKEN = { ...tokenOf('a', { name: 'old' }), inUse: true };

function rig(provider: Provider, status = 200) {
  let name: unknown = 'old';
  const transport = new FakeTransport(({ method, path, body }) => {
    if (path === '/tokens')
      return { body: { items: [tokenOf('a', { name: null }), tokenOf('b', { name: null })] } };
    if (method === 'GET') return { body: { item: tokenOf('a', { name: String(name) }) } };
    if (status === 200) name = (body as { name: string }).name;
    return { status, body: '' };
  });
  const connection = fakeConnection(provider);
  const profiles = new FakeProfiles();
  const audit = new FakeAudit();
  return {
    deps: { client: new Client(connection, transport), profiles, clock: new FakeClock(), audit },
    transport,
  };
}

function nameless(): Provider {
  const { rename: _, ...tokens } = fakeProvider().tokens;
  return { ...fakeProvider({ facts: { names: 'none' } }), tokens };
}

describe('where the vendor has names', () => {
  it('the plan tells the request and sends nothing; applying sends it', async () => {
    const { deps, transport } = rig(fakeProvider());
    const plan = await renameToken(deps, TOKEN, 'CI deploy token');
    expect(plan).toMatchObject({
      what: 'rename "old" (id a) to "CI deploy token"',
      call: `PUT ${ORIGIN}/tokens/a/name`,
    });
    expect([transport.lines, deps.audit.events]).toEqual([[], []]);
    expect(await plan.apply()).toEqual({
      token: { ...TOKEN, name: 'CI deploy token' },
      notes: ['renamed "old" (id a) to "CI deploy token" at Fake, profile acme'],
    });
    expect(transport.sent).toMatchObject([
      { method: 'PUT', path: '/tokens/a/name', body: { name: 'CI deploy token' } },
      { method: 'GET', path: '/tokens/a' },
    ]);
    expect(deps.audit.events).toMatchObject([{ action: 'rename', outcome: 'ok', id: 'a' }]);
  });

  it('a refusal is no success in the audit log', async () => {
    const { deps } = rig(fakeProvider(), 409);
    const plan = await renameToken(deps, TOKEN, 'new');
    await expect(plan.apply()).rejects.toMatchObject({ facts: { status: 409 } });
    expect(deps.audit.events).toMatchObject([{ action: 'rename', outcome: 'failed', id: 'a' }]);
  });

  it('an audit log that cannot be written is told, with what is done', async () => {
    const { deps, transport } = rig(fakeProvider());
    const plan = await renameToken(deps, TOKEN, 'new');
    deps.audit.broken = new AppError({ code: 'unavailable', message: 'the disk is full' });
    await expect(plan.apply()).rejects.toMatchObject({
      message: 'it is done at the provider, but the disk is full',
    });
    expect(transport.lines.filter((line) => line.startsWith('PUT'))).toHaveLength(1);
  });

  it.each(['', '  ', 'x'.repeat(257)])('refuses %j', async (name) => {
    await expect(renameToken(rig(fakeProvider()).deps, TOKEN, name)).rejects.toMatchObject({ code: 'usage' });
  });
});

describe('where the vendor has none', () => {
  it('the name is kept here, for this id', async () => {
    const { deps, transport } = rig(nameless());
    const plan = await renameToken(deps, TOKEN, 'ci');
    expect(plan.call).toBeUndefined();
    expect(deps.profiles.aliasList).toEqual([]);
    expect(await plan.apply()).toMatchObject({ token: { id: 'a', name: 'ci' } });
    expect(deps.profiles.aliasList).toEqual([
      { provider: 'fake', origin: ORIGIN, settings: {}, id: 'a', name: 'ci' },
    ]);
    expect(transport.lines.filter((line) => !line.startsWith('GET'))).toEqual([]);
    expect(deps.audit.events).toMatchObject([{ action: 'rename', outcome: 'ok', id: 'a' }]);
  });

  it('refuses a name that another token has, and one that is not plain', async () => {
    const { deps } = rig(nameless());
    await deps.profiles.saveAlias({ provider: 'fake', origin: ORIGIN, settings: {}, id: 'b', name: 'ci' });
    await expect(renameToken(deps, TOKEN, 'ci')).rejects.toMatchObject({ code: 'conflict' });
    await expect(renameToken(deps, TOKEN, 'a b')).rejects.toMatchObject({ code: 'usage' });
    await (await renameToken(deps, { ...TOKEN, id: 'b' }, 'ci')).apply();
    expect(deps.profiles.aliasList).toHaveLength(1);
  });

  it('refuses where there is no list to have aliases of', async () => {
    const { rename: _, list: __, ...tokens } = fakeProvider().tokens;
    const provider = { ...fakeProvider(), tokens };
    await expect(renameToken(rig(provider).deps, TOKEN, 'ci')).rejects.toMatchObject({ code: 'unsupported' });
  });
});
