import { describe, expect, it } from 'vitest';
import { capabilitiesOf, requireSupport, supportOf, unsupported } from '../../../src/core/capabilities.ts';
import { OPERATIONS } from '../../../src/domain/capability.ts';
import { loadProvider, loadProviders, providerIds } from '../../../src/providers/registry.ts';
import { fakeProvider } from '../../support/fakes.ts';

/** The published table. `y` one call of the vendor's, `k` by keyturn from several, `-` not at all. */
const TABLE: Readonly<Record<string, readonly [string, string, string, string]>> = {
  'tokens create': ['y', 'y', 'y', 'y'],
  'tokens list': ['y', 'y', 'y', 'y'],
  'tokens get': ['k', 'y', 'y', 'k'],
  'tokens rotate': ['y', 'k', 'k', 'k'],
  'tokens revoke': ['y', 'y', 'y', '-'],
  'tokens delete': ['y', 'y', 'y', '-'],
  'tokens enable': ['-', 'y', 'y', 'y'],
  'tokens disable': ['-', 'y', 'y', 'y'],
  'tokens rename': ['-', 'y', 'k', '-'],
  'keys create': ['y', '-', '-', '-'],
  'keys list': ['y', '-', '-', '-'],
  'keys expire': ['y', '-', '-', '-'],
  'keys rotate': ['y', '-', '-', '-'],
  'projects create': ['y', '-', '-', '-'],
  'projects list': ['y', '-', '-', '-'],
};

describe('the table', () => {
  const letters = { native: 'y', composed: 'k', no: '-' } as const;

  it.each(OPERATIONS.map((operation) => [operation]))('%s', async (operation) => {
    expect(providerIds).toEqual(['errova', 'devo', 'prefactor', 'bluebricks']);
    const row = (await loadProviders()).map((provider) => letters[supportOf(provider, operation)]);
    expect(row).toEqual(TABLE[operation]);
  });

  it('has every operation once', () => {
    expect(capabilitiesOf(fakeProvider()).map(({ operation }) => operation)).toEqual(OPERATIONS);
  });

  it('has something else to do for every dash', async () => {
    for (const provider of await loadProviders()) {
      const lacking = capabilitiesOf(provider).filter(({ support }) => support === 'no');
      for (const { operation } of lacking) {
        expect(provider.instead[operation], `${provider.id}: ${operation}`).toEqual(
          expect.stringMatching(/.{10,}/),
        );
      }
    }
  });
});

describe('support', () => {
  it('follows from what is there', () => {
    const { rename: _, ...withoutRename } = fakeProvider().tokens;
    const { get: __, ...withoutGet } = fakeProvider().tokens;
    const { list: ___, ...withoutList } = withoutGet;
    const nameless = fakeProvider({ facts: { names: 'none' } });
    expect(supportOf({ ...fakeProvider(), tokens: withoutRename }, 'tokens rename')).toBe('no');
    expect(supportOf({ ...nameless, tokens: withoutRename }, 'tokens rename')).toBe('composed');
    expect(supportOf({ ...fakeProvider(), tokens: withoutGet }, 'tokens get')).toBe('composed');
    expect(supportOf({ ...fakeProvider(), tokens: withoutList }, 'tokens get')).toBe('no');
    expect(supportOf(fakeProvider(), 'tokens rotate')).toBe('no');
    expect(supportOf(fakeProvider(), 'keys create')).toBe('no');
  });
});

describe('what is lacking', () => {
  it('exits 8 and says what to do instead', async () => {
    const bluebricks = await loadProvider('bluebricks');
    expect(() => requireSupport({ provider: bluebricks, profile: null }, 'tokens revoke')).toThrow(
      expect.objectContaining({
        facts: expect.objectContaining({
          code: 'unsupported',
          provider: 'bluebricks',
          hint: expect.stringContaining('disable'),
        }),
      }),
    );
    expect(() => requireSupport({ provider: bluebricks, profile: null }, 'tokens disable')).not.toThrow();
  });

  it('points to the table where nothing else is known', () => {
    expect(unsupported({ provider: fakeProvider(), profile: null }, 'keys list').facts.hint).toBe(
      'see `keyturn providers fake`',
    );
  });
});
