import { expect, test } from 'vitest';
import { Client } from '../../../../src/core/client.ts';
import { findRotationTarget } from '../../../../src/core/rotation/find-target.ts';
import type { Credential } from '../../../../src/domain/credential.ts';
import { parseReference } from '../../../../src/domain/reference.ts';
import { Secret } from '../../../../src/domain/secret.ts';
import type { ListedToken } from '../../../../src/domain/token.ts';
import {
  FakeClock,
  FakeProfiles,
  FakeTransport,
  fakeProvider,
  ORIGIN,
  tokenOf,
} from '../../../support/fakes.ts';

const MARKED = 'etl-20261122-7f3a9c21';

function token(id: string, name: string, status: ListedToken['status'] = 'active'): ListedToken {
  return { ...tokenOf(id, { name, status }), inUse: false };
}

function kept(name: string, id: string): Credential {
  const current = {
    version: '1',
    id,
    scopes: null,
    createdAt: null,
    expiresAt: null,
    savedAt: '2026-11-22T00:00:00Z',
  };
  return {
    name,
    kind: 'token',
    provider: fakeProvider().id,
    origin: ORIGIN,
    project: null,
    current,
    versions: [current],
  };
}

function find(reference: string, tokens: readonly ListedToken[], entry: Credential | null = null) {
  const provider = fakeProvider();
  const transport = new FakeTransport(() => {
    throw new Error('nothing is to be sent');
  });
  const place = { provider, profile: null, settings: {}, origin: ORIGIN, auth: provider.auth[0] };
  const client = new Client(
    { ...place, secret: Secret.of('managing-secret'), credentialName: null, tokenId: null },
    transport,
  );
  const deps = { client, profiles: new FakeProfiles(), clock: new FakeClock() };
  const store = { find: async (name: string) => (entry?.name === name ? entry : null) };
  return findRotationTarget(deps, store, {
    reference: parseReference(reference),
    listed: async () => ({ items: tokens, whole: true, why: null }),
  });
}

test('a name means the active token of that name', async () => {
  expect((await find('etl', [token('1', 'etl'), token('2', 'other')])).id).toBe('1');
});

test('a job that says the first name goes on after a rotation renamed the token', async () => {
  expect((await find('etl', [token('1', 'etl', 'disabled'), token('2', MARKED)])).id).toBe('2');
  expect((await find('etl', [token('2', MARKED)])).id).toBe('2');
});

test('what is kept under the name beats its disabled or waiting predecessor', async () => {
  expect((await find('etl', [token('1', 'etl'), token('2', MARKED)], kept('etl', '2'))).id).toBe('2');
});

test('a kept credential of that name and another token of that name are not guessed between', async () => {
  const tokens = [token('1', 'etl'), token('2', 'unrelated')];
  expect((await find('etl', tokens, kept('etl', '2'))).id).toBe('1');
  await expect(find('etl', [token('1', 'etl'), token('3', 'etl')])).rejects.toMatchObject({
    code: 'conflict',
  });
});

test('two successors, or none, are refused', async () => {
  const two = [token('1', MARKED), token('2', 'etl-20261123-00000000')];
  await expect(find('etl', two)).rejects.toMatchObject({ code: 'not-found' });
  await expect(find('nothing', [token('1', 'etl')])).rejects.toMatchObject({ code: 'not-found' });
});
