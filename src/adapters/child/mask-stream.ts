import { Transform } from 'node:stream';
import type { Secret } from '../../domain/secret.ts';
import { createMasker, type MaskerState } from './masker.ts';

/** A prompt without a line break must not wait long: it may end like the beginning of a secret by chance. */
const SHORT_WAIT_MS = 50;
/** So many bytes of a secret are hardly chance: a program that writes it slowly has more time. */
const HARDLY_CHANCE = 3;
const LONG_WAIT_MS = 1_000;

export interface MaskStream extends Transform {
  /** The bytes that may begin a secret, for the stream that goes on instead of this one. */
  state(): MaskerState;
}

/** A stream in which each secret, in any of its common forms, reads `[secret]`. */
export function createMaskStream(secrets: readonly Secret[], from?: MaskerState): MaskStream {
  const masker = createMasker(secrets, from);
  let timer: NodeJS.Timeout | null = null;
  const stream = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      if (timer) clearTimeout(timer);
      timer = null;
      const out = masker.push(chunk);
      wait();
      done(null, out.length > 0 ? out : undefined);
    },
    flush(done) {
      if (timer) clearTimeout(timer);
      const out = masker.release();
      done(null, out.length > 0 ? out : undefined);
    },
    destroy(error, done) {
      if (timer) clearTimeout(timer);
      done(error);
    },
  });
  const letGo = () => {
    timer = null;
    const out = masker.release();
    if (out.length > 0) stream.push(out);
  };
  const wait = () => {
    const { bytes, known } = masker.held;
    if (bytes > 0) timer = setTimeout(letGo, known >= HARDLY_CHANCE ? LONG_WAIT_MS : SHORT_WAIT_MS);
  };
  wait();
  return Object.assign(stream, { state: () => masker.state() });
}
