import { describe, expect, it } from 'vitest';
import { changeTokens, type TokenVerb } from '../../../src/core/change-tokens.ts';
import { Client } from '../../../src/core/client.ts';
import { revokeOwn } from '../../../src/core/revoke-own.ts';
import { markSaved } from '../../../src/core/saved-credentials.ts';
import { AppError } from '../../../src/domain/errors.ts';
import {
  FakeAudit,
  FakeClock,
  FakeProfiles,
  FakeStore,
  FakeTransport,
  fakeConnection,
  fakeProvider,
  referencesOf,
  tokenOf,
} from '../../support/fakes.ts';

const FULL = new AppError({ code: 'failure', message: 'the disk is full' });

/** What fails once the provider has ended the token. */
const FAILS = ['nothing', 'the log', 'the list of local names'] as const;

function world(fails: (typeof FAILS)[number]) {
  const ended = new Set<string>();
  const transport = new FakeTransport(({ method, path }) => {
    const id = path.split('/')[2] ?? '';
    if (method !== 'GET') ended.add(id);
    const status = ended.has(id) ? 'revoked' : 'active';
    return { body: method === 'GET' ? { item: tokenOf(id, { status }) } : '' };
  });
  const audit = new FakeAudit();
  const profiles = new FakeProfiles();
  if (fails === 'the log') audit.broken = FULL;
  if (fails === 'the list of local names') profiles.removeAlias = () => Promise.reject(FULL);
  const client = new Client(fakeConnection(fakeProvider({ facts: { names: 'none' } })), transport);
  const { origin } = client.connection;
  const store = new FakeStore();
  for (const id of ['a', 'b'])
    store.put(`saved-${id}`, 'x', { kind: 'token', origin, id, settings: client.connection.settings });
  const onSeen = async (_: TokenVerb, { id, createdAt }: { id: string; createdAt: string | null }) => {
    const inactive = { state: 'ended', at: '2026-11-28T12:00:00Z' } as const;
    await markSaved(store, client.connection, [{ id, createdAt, inactive }]);
  };
  const deps = { client, transport, profiles, clock: new FakeClock(), audit, onSeen, ...referencesOf() };
  const states = async () =>
    Promise.all(['a', 'b'].map(async (id) => (await store.find(`saved-${id}`))?.current.inactive?.state));
  return { deps, states };
}

describe.each(FAILS)('what was seen to end is recorded in the store, though %s fails', (fails) => {
  it.each(['revoke', 'delete', 'disable'] as const)('%s', async (verb) => {
    const { deps, states } = world(fails);
    const targets = ['a', 'b'].map((id) => ({
      reference: id,
      token: { ...tokenOf(id), inUse: false },
      error: null,
    }));
    const results = await changeTokens(deps, verb, targets);
    const isTold = fails === 'the log' || (fails === 'the list of local names' && verb === 'delete');
    for (const { error } of results)
      if (isTold) expect(error?.message).toBe('it is done at the provider, but the disk is full');
      else expect(error).toBeNull();
    expect(await states()).toEqual(['ended', 'ended']);
  });
});

it('a credential that ended itself is told to be ended, so that it is forgotten, though the log fails', async () => {
  const { deps } = world('the log');
  const { connection } = deps.client;
  const own = { ...deps, client: new Client({ ...connection, tokenId: 'a' }, deps.transport) };
  await expect(revokeOwn(own)).resolves.toMatchObject({
    sight: { seen: 'gone' },
    error: { message: 'it is done at the provider, but the disk is full' },
  });
});
