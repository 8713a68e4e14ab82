import type { Readable, Writable } from 'node:stream';
import type { Secret } from '../../domain/secret.ts';
import { createMaskStream } from './mask-stream.ts';

/** A child's output on its way through the mask. */
export interface Pump {
  /** Resolves when all of it went through, or the target closed (EPIPE), which ends the child's stream likewise. */
  readonly done: Promise<void>;
  isDone(): boolean;
  /** Whether nothing is on its way: all that was read has been handed to the target. */
  isEmpty(): boolean;
  /** Stops reading: whoever writes there has a broken pipe, unless another process reads it. */
  stop(): void;
}

export function startPump(from: Readable, secrets: readonly Secret[], to: Writable): Pump {
  const mask = createMaskStream(secrets);
  let finished = false;
  const done = new Promise<void>((resolve) => {
    const finish = () => {
      finished = true;
      to.off('error', broken);
      resolve();
    };
    const broken = () => {
      from.destroy();
      mask.destroy();
      finish();
    };
    to.on('error', broken);
    mask.on('end', finish);
    mask.on('error', broken);
    from.on('error', () => mask.end());
    from.on('close', () => mask.end());
    from.pipe(mask);
    mask.pipe(to, { end: false });
  });
  return {
    done,
    isDone: () => finished,
    isEmpty: () =>
      from.readableLength === 0 &&
      mask.writableLength === 0 &&
      mask.readableLength === 0 &&
      !mask.holdsBack() &&
      !to.writableNeedDrain,
    stop: () => void from.destroy(),
  };
}
