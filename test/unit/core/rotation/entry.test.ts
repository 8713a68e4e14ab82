import { describe, expect, test } from 'vitest';
import { Client } from '../../../../src/core/client.ts';
import { findEntry } from '../../../../src/core/rotation/entry.ts';
import { markSaved } from '../../../../src/core/saved-credentials.ts';
import type { NewVersion } from '../../../../src/ports/store.ts';
import { FakeStore, FakeTransport, fakeConnection, fakeProvider, tokenOf } from '../../../support/fakes.ts';
import { caught } from '../../adapters/store/store-rig.ts';

const ORIGIN = 'https://us.vendor.example';
const BETA = { region: 'us', domain: 'beta' };
const ALPHA = { region: 'us', domain: 'alpha' };
const BORN = '2026-11-22T12:00:00Z';

/** A connection to the domain beta, with the managing credential `beta`. */
function connect() {
  const connection = {
    ...fakeConnection(fakeProvider()),
    origin: ORIGIN,
    settings: BETA,
    credentialName: 'beta',
  };
  return new Client(connection, new FakeTransport(() => ({ status: 500, body: '' })));
}

const token = { ...tokenOf('3'), createdAt: BORN };

const CASES: readonly (readonly [string, Partial<NewVersion>, 'found' | 'left' | 'refused'])[] = [
  ['of the same account', { settings: BETA }, 'found'],
  ['of the same account, in another order', { settings: { domain: 'beta', region: 'us' } }, 'found'],
  ['of another domain', { settings: ALPHA }, 'left'],
  ['of an account with fewer settings', { settings: { region: 'us' } }, 'left'],
  ['of another origin', { settings: BETA, origin: 'https://eu.vendor.example' }, 'left'],
  ['of another provider', { settings: BETA, provider: 'other' }, 'left'],
  ['of another id', { settings: BETA, id: '4' }, 'left'],
  ['of another birth', { settings: BETA, createdAt: '2025-01-01T00:00:00Z' }, 'left'],
  ['of an unknown account and birth', { settings: null }, 'left'],
  ['of an unknown account and the same birth', { settings: null, createdAt: BORN }, 'found'],
  ['that another domain logs in with', { settings: ALPHA, kind: 'managing' }, 'left'],
  ['that another profile of this account logs in with', { settings: BETA, kind: 'managing' }, 'refused'],
  ['that an older login of another account saved', { settings: null, kind: 'managing' }, 'left'],
];

describe('A2 a rotation updates a saved credential', () => {
  test.each(CASES)('%s', async (_title, more, outcome) => {
    const store = new FakeStore().put('alpha', 'x', { kind: 'token', origin: ORIGIN, id: '3', ...more });
    const found = findEntry({ client: connect(), store }, { kind: 'token', token }, null);
    if (outcome === 'refused') expect((await caught(found)).code).toBe('conflict');
    else expect((await found)?.name ?? null).toBe(outcome === 'found' ? 'alpha' : null);
  });

  test('that keyturn is using, before another with the same token', async () => {
    const own = { kind: 'managing', origin: ORIGIN, id: '3' } as const;
    const store = new FakeStore()
      .put('alpha', 'x', { ...own, settings: BETA })
      .put('beta', 'x', { ...own, settings: BETA });
    const found = await findEntry({ client: connect(), store }, { kind: 'token', token }, null);
    expect(found?.name).toBe('beta');
  });
});

describe('A2 the state of a token is recorded in a saved credential', () => {
  test.each(CASES)('%s', async (_title, more, outcome) => {
    const store = new FakeStore().put('alpha', 'x', { kind: 'token', origin: ORIGIN, id: '3', ...more });
    const inactive = { state: 'ended', at: BORN } as const;
    const marked = await markSaved(store, connect().connection, [{ id: '3', createdAt: BORN, inactive }]);
    expect(marked).toEqual(outcome === 'left' ? [] : ['alpha']);
  });
});
