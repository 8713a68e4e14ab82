import { createDecipheriv, getDiffieHellman, hkdfSync } from 'node:crypto';
import { expect, it } from 'vitest';
import { startKeyAgreement } from '../../../../src/adapters/keychain/key-agreement.ts';

const PLAIN = Buffer.from('the value');

/** Decrypts with the key that follows from a shared number, by Node's own parts. */
function decryptWith(shared: Uint8Array, iv: Uint8Array, encrypted: Uint8Array): Buffer {
  const decipher = createDecipheriv('aes-128-cbc', Buffer.from(hkdfSync('sha256', shared, '', '', 16)), iv);
  return Buffer.concat([decipher.update(encrypted), decipher.final()]);
}

it('agrees with OpenSSL', () => {
  const theirs = getDiffieHellman('modp2');
  const publicKey = theirs.generateKeys();
  const ours = startKeyAgreement();
  const { iv, encrypted } = ours.agree(publicKey).encrypt(PLAIN);
  expect(decryptWith(theirs.computeSecret(ours.publicKey), iv, encrypted)).toEqual(PLAIN);
  expect(ours.agree(publicKey).decrypt(iv, encrypted)).toEqual(PLAIN);
  expect(startKeyAgreement().publicKey).not.toEqual(ours.publicKey);
});

it('hashes a shared number with the zeros at its start', () => {
  // 2 to the power of 1,000 takes 126 bytes of 128.
  const shared = Buffer.alloc(128);
  shared[128 - 126] = 1;
  const ours = startKeyAgreement(Buffer.from([1_000 >> 8, 1_000 & 255]));
  expect(Buffer.from(ours.publicKey)).toEqual(shared);
  const { iv, encrypted } = ours.agree(Buffer.from([2])).encrypt(PLAIN);
  expect(decryptWith(shared, iv, encrypted)).toEqual(PLAIN);
});

it.each([
  ['none', Buffer.alloc(0)],
  ['0', Buffer.alloc(128)],
  ['1', Buffer.from([0, 1])],
  [
    'the prime less 1',
    Buffer.concat([getDiffieHellman('modp2').getPrime().subarray(0, 127), Buffer.from([0xfe])]),
  ],
  ['the prime', getDiffieHellman('modp2').getPrime()],
  ['longer than the prime', Buffer.alloc(129, 2)],
])('takes no public key that is %s', (_, theirs) => {
  expect(() => startKeyAgreement().agree(theirs)).toThrow(RangeError);
});
