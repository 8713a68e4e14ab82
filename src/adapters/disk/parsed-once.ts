import { sameBytes } from './commit-file.ts';

interface Parsed<T> {
  readonly bytes: Uint8Array;
  readonly document: T;
}

/**
 * Parses each content of a file once: with thousands of saved credentials, parsing YAML is most of what a command costs.
 * Whoever parses is given what the content before said, to take over what is still the same. Only the newest content is remembered.
 */
export class ParsedOnce<T> {
  readonly #parse: (bytes: Uint8Array, before: T | null) => Promise<T>;
  #last: Parsed<T> | null = null;

  constructor(parse: (bytes: Uint8Array, before: T | null) => Promise<T>) {
    this.#parse = parse;
  }

  async read(bytes: Uint8Array): Promise<T> {
    if (this.#last && sameBytes(this.#last.bytes, bytes)) return this.#last.document;
    const document = await this.#parse(bytes, this.#last?.document ?? null);
    this.#last = { bytes, document };
    return document;
  }
}
