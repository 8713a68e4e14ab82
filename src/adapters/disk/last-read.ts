import type { PathFacts } from '../../ports/disk.ts';

/** The content of a file as it was read or written last: as long as its stamp is the same, it need not be read again. */
export class LastRead {
  #target: string | null = null;
  #stamp: string | null = null;
  #bytes: Uint8Array | null = null;

  /** Null where the file may have another content now. */
  find(target: string, facts: PathFacts | null): Uint8Array | null {
    if (facts?.stamp === undefined || target !== this.#target || facts.stamp !== this.#stamp) return null;
    return this.#bytes;
  }

  /** `facts` were taken before the content was read, so that a change in between gives another stamp. */
  remember(target: string, facts: PathFacts | null, bytes: Uint8Array | null): void {
    this.#target = target;
    this.#stamp = facts?.stamp ?? null;
    this.#bytes = bytes;
  }
}
