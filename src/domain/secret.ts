import { inspect } from 'node:util';

const HIDDEN = '[secret]';

/**
 * The only thing that can hold a secret. It hides itself in strings, JSON, `inspect`, spreads and clones;
 * `reveal()` is called once, by the code that uses it: the transport, a destination, the sealer.
 */
export class Secret {
  readonly #value: string;

  private constructor(value: string) {
    this.#value = value;
  }

  static of(value: string): Secret {
    return new Secret(value);
  }

  reveal(): string {
    return this.#value;
  }

  get length(): number {
    return this.#value.length;
  }

  /** Compares in time that depends on the lengths only. */
  equals(other: Secret): boolean {
    const a = this.#value;
    const b = other.#value;
    let difference = a.length ^ b.length;
    for (let i = 0; i < a.length; i += 1) difference |= a.charCodeAt(i) ^ b.charCodeAt(i % (b.length || 1));
    return difference === 0;
  }

  toString(): string {
    return HIDDEN;
  }

  toJSON(): string {
    return HIDDEN;
  }

  [Symbol.toPrimitive](): string {
    return HIDDEN;
  }

  [inspect.custom](): string {
    return HIDDEN;
  }
}
