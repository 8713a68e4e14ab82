import type { Readable, Writable } from 'node:stream';
import type { Secret } from '../../domain/secret.ts';
import { createMaskStream } from './mask-stream.ts';
import type { MaskerState } from './masker.ts';

/** A child's output on its way through the mask. */
export interface Pump {
  /** Resolves when all of it went through, or the target closed (EPIPE), which ends the child's stream likewise. */
  readonly done: Promise<void>;
  isDone(): boolean;
  /** Whether nothing is on its way but what the mask has not decided on: the rest has been handed to the target. */
  isEmpty(): boolean;
  /** Stops reading: whoever writes there has a broken pipe, unless another process reads it. */
  stop(): void;
  /** Stops without a further byte, for another process that reads the same pipe: what the mask has not decided on goes there. */
  handOver(): MaskerState;
}

export function startPump(
  from: Readable,
  secrets: readonly Secret[],
  to: Writable,
  state?: MaskerState,
): Pump {
  const mask = createMaskStream(secrets, state);
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
    from.on('close', () => {
      if (!mask.destroyed) mask.end();
    });
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
      !to.writableNeedDrain,
    stop: () => void from.destroy(),
    handOver() {
      const undecided = mask.state();
      from.unpipe(mask);
      mask.unpipe(to);
      mask.removeAllListeners('end');
      mask.destroy();
      from.destroy();
      return undecided;
    },
  };
}
