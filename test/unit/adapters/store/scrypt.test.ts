import { describe, expect, test } from 'vitest';
import { derivePassphraseKey, kdfProblem, SCRYPT_COST } from '../../../../src/adapters/store/data-key.ts';
import { AppError } from '../../../../src/domain/errors.ts';
import { Secret } from '../../../../src/domain/secret.ts';
import { caught } from './store-rig.ts';

const salt = Buffer.alloc(16, 7).toString('base64url');
const ours = { ...SCRYPT_COST, salt };

describe('the cost of the passphrase key', () => {
  test('of what keyturn writes is accepted', () => expect(kdfProblem(ours)).toBeNull());

  test.each([
    ['more memory', { N: SCRYPT_COST.N * 2 }],
    ['the cost of an attack', { N: 2 ** 19, p: 8 }],
    ['more rounds', { p: 2 }],
    ['larger blocks', { r: 16 }],
    ['smaller blocks', { r: 4 }],
    ['a weaker cost', { N: 2 ** 14 }],
    ['no power of two', { N: 100_000 }],
    ['no number', { N: Number.NaN }],
    ['a short salt', { salt: 'AAAA' }],
  ])('of %s is refused', (_, change) => expect(kdfProblem({ ...ours, ...change })).not.toBeNull());

  test('is not waited for after Ctrl-C', async () => {
    const stop = new AbortController();
    const passphrase = Secret.of('correct horse battery staple');
    const waiting = derivePassphraseKey(passphrase, ours, stop.signal);
    const start = performance.now();
    stop.abort(new AppError({ code: 'interrupted', message: 'interrupted' }));
    expect((await caught(waiting)).code).toBe('interrupted');
    expect(performance.now() - start).toBeLessThan(100);
    expect((await caught(derivePassphraseKey(passphrase, ours, stop.signal))).code).toBe('interrupted');
  });
});
