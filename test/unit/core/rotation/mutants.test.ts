import { describe, expect, test } from 'vitest';
import { makeBase } from '../../../support/sim-base.ts';
import { firstFailure } from '../../../support/sim-enumerate.ts';
import { MUTANTS } from '../../../support/sim-mutants.ts';
import { rotationOf } from '../../../support/sim-scenarios.ts';

/** A suite that cannot tell a wrong program from a right one proves nothing: each of these must be caught. */
describe('the model kills', () => {
  for (const { breaks, mutation, provider } of MUTANTS) {
    test(mutation.name, async () => {
      const base = await makeBase(rotationOf(provider));
      expect(await firstFailure(base, { mutation })).toMatch(breaks);
    });
  }
});

describe('the model passes', () => {
  for (const provider of ['devo', 'prefactor', 'bluebricks'] as const) {
    test(`the shipped code, tried the same way (${provider})`, async () => {
      const base = await makeBase(rotationOf(provider));
      expect(await firstFailure(base)).toBeNull();
    });
  }
});
