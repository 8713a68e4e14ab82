import { describe, expect, it } from 'vitest';
import { isAppError } from '../../../src/domain/errors.ts';
import { loadProvider, loadProviders, providerIds } from '../../../src/providers/registry.ts';

describe('registry', () => {
  it('loads each provider under its own id', async () => {
    expect(providerIds).toEqual(['errova', 'devo', 'prefactor', 'bluebricks']);
    expect((await loadProviders()).map((provider) => provider.id)).toEqual(providerIds);
  });

  it.each(['', 'Errova', 'toString', '__proto__', 'errova\u001b[2J'])(
    'refuses %j with the list',
    async (name) => {
      const error = await loadProvider(name).catch((caught: unknown) => caught);
      expect(isAppError(error, 'usage') && error.facts.hint).toBe(
        'choose one of errova, devo, prefactor, bluebricks',
      );
    },
  );
});
