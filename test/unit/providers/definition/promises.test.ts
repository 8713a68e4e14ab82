import { describe, expect, it } from 'vitest';
import { promisesOf } from '../../../../src/providers/definition/promises.ts';
import type { Definition } from '../../../../src/providers/definition/provider-table.ts';
import { loadDefinition } from '../../../../src/providers/registry.ts';
import { changed, FIXTURE, read } from './support.ts';

const broken = (definition: Definition) =>
  promisesOf(definition).flatMap(({ promise, holds }) => (holds ? [] : [promise]));

describe('promises of a definition', () => {
  it.each([
    [
      'errova',
      ['a new secret is tried before the old token ends', 'both secrets work during a grace period'],
    ],
    ['devo', ['a new secret is tried before the old token ends']],
    ['prefactor', ['a token keeps its name in a rotation']],
    [
      'bluebricks',
      [
        'after a lost answer the new secret is still had',
        'a token keeps its name in a rotation',
        'an ended token is gone for good',
      ],
    ],
  ])('%s', async (id, expected) => {
    expect(broken(await loadDefinition(id))).toEqual(expected);
  });

  it('a probe that tells nothing proves nothing', async () => {
    const promise = 'a wrong credential is noticed at login';
    expect(broken(await read(FIXTURE))).not.toContain(promise);
    const text = changed((d) => {
      d.probe = { call: 'GET /me' };
    });
    expect(broken(await read(text))).toContain(promise);
  });
});
