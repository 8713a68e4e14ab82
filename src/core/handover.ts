import { AppError } from '../domain/errors.ts';

/** Enough to write while the next ones arrive. */
const ROOM = 1_000;

interface Room {
  readonly promise: Promise<void>;
  readonly resolve: () => void;
}

/** Records on their way from an answer that still arrives to whoever reads the list. */
export class Handover<T> implements AsyncIterable<readonly T[]> {
  #waiting: (readonly T[])[] = [];
  #count = 0;
  #isOver = false;
  #isGivenUp = false;
  #wakeReader: () => void = () => undefined;
  #room: Room | null = null;

  /** Throws once nobody wants more. */
  put(items: readonly T[]): void {
    if (this.#isGivenUp) {
      throw new AppError({ code: 'cancelled', message: 'no more of the list is wanted' });
    }
    if (items.length === 0) return;
    this.#waiting.push(items);
    this.#count += items.length;
    this.#wakeReader();
  }

  /** Null while there is room. */
  ready(): Promise<void> | null {
    if (this.#count < ROOM || this.#isGivenUp) return null;
    this.#room ??= makeRoom();
    return this.#room.promise;
  }

  /** Nothing will be put any more. */
  end(): void {
    this.#isOver = true;
    this.#wakeReader();
  }

  giveUp(): void {
    this.#isGivenUp = true;
    this.#waiting = [];
    this.#makeRoom();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<readonly T[]> {
    for (;;) {
      const items = this.#waiting.shift();
      if (items !== undefined) {
        this.#count -= items.length;
        yield items;
        if (this.#count < ROOM) this.#makeRoom();
      } else if (this.#isOver) return;
      else {
        await new Promise<void>((resolve) => {
          this.#wakeReader = resolve;
        });
      }
    }
  }

  #makeRoom(): void {
    this.#room?.resolve();
    this.#room = null;
  }
}

function makeRoom(): Room {
  let resolve: () => void = () => undefined;
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}
