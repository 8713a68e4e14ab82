import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';

/** How a secret crosses the bus: the algorithm of the Secret Service that every implementation has beside `plain`. */
export const ALGORITHM = 'dh-ietf1024-sha256-aes128-cbc-pkcs7';

/** What the two ends of a session agreed on: AES-128-CBC with PKCS #7 padding. */
export interface SessionCipher {
  encrypt(plain: Uint8Array): { readonly iv: Uint8Array; readonly encrypted: Uint8Array };
  /** Throws where the bytes are no result of `encrypt`, as far as the padding tells. */
  decrypt(iv: Uint8Array, encrypted: Uint8Array): Buffer;
}

export interface KeyAgreement {
  readonly publicKey: Uint8Array;
  /** Throws RangeError for a number that is no public key. */
  agree(theirs: Uint8Array): SessionCipher;
}

/** The Second Oakley Group (RFC 2409, section 6.2), with the generator 2. */
const PRIME = BigInt(
  '0xffffffffffffffffc90fdaa22168c234c4c6628b80dc1cd129024e088a67cc74020bbea63b139b22514a08798e3404ddef9519b3cd3a431b' +
    '302b0a6df25f14374fe1356d6d51c245e485b576625e7ec6f44c42e9a637ed6b0bff5cb6f406b7edee386bfb5a899fa5ae9f24117c4b1f' +
    'e649286651ece65381ffffffffffffffff',
);
const PRIME_BYTES = 128;
/** A group of 1,024 bits is as strong as a key of 80 bits; an exponent of twice that weakens nothing. In bytes. */
const EXPONENT_BYTES = 20;

/**
 * Our half of a Diffie-Hellman exchange. In BigInt, because that of `node:crypto` takes ten times as long (decision 0001).
 * The exponent serves once, so its timing tells nothing that could be used again.
 */
export function startKeyAgreement(exponent: Uint8Array = randomBytes(EXPONENT_BYTES)): KeyAgreement {
  return {
    publicKey: toBytes(power(2n, exponent)),
    agree(theirs) {
      const key = theirs.length > PRIME_BYTES ? 0n : toNumber(theirs);
      if (key < 2n || key > PRIME - 2n) throw new RangeError('not a public key');
      const shared = toBytes(power(key, exponent));
      return createCipher(Buffer.from(hkdfSync('sha256', shared, '', '', 16)));
    },
  };
}

function createCipher(key: Buffer): SessionCipher {
  return {
    encrypt(plain) {
      const iv = randomBytes(16);
      const cipher = createCipheriv('aes-128-cbc', key, iv);
      return { iv, encrypted: Buffer.concat([cipher.update(plain), cipher.final()]) };
    },
    decrypt(iv, encrypted) {
      const decipher = createDecipheriv('aes-128-cbc', key, iv);
      return Buffer.concat([decipher.update(encrypted), decipher.final()]);
    },
  };
}

/** `base` to the power of a big-endian exponent, modulo the prime. */
function power(base: bigint, exponent: Uint8Array): bigint {
  let result = 1n;
  for (const byte of exponent) {
    for (let bit = 128; bit > 0; bit >>= 1) {
      result = (result * result) % PRIME;
      if (byte & bit) result = (result * base) % PRIME;
    }
  }
  return result;
}

function toNumber(bytes: Uint8Array): bigint {
  return BigInt(`0x0${Buffer.from(bytes).toString('hex')}`);
}

/** As long as the prime: without the zeros at its start the hash of one shared number in 256 is another. */
function toBytes(value: bigint): Buffer {
  return Buffer.from(value.toString(16).padStart(PRIME_BYTES * 2, '0'), 'hex');
}
