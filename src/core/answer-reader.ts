import { isAppError } from '../domain/errors.ts';
import { JsonReader } from '../domain/json-reader.ts';
import type { BodyReader, OpenBody, Reply } from '../ports/transport.ts';

/** Of an answer about one thing. */
const THING_LIMIT = 16 * 1024 * 1024;
/** The records of a list are not kept here, so that an answer that holds one may be longer. */
const LIST_LIMIT = 64 * 1024 * 1024;
const PIECE = 64 * 1024;

/** Where the records of a long list go while its answer arrives; `take`: see `TakeRecords`. */
export interface RecordTaker {
  take(path: readonly string[], records: readonly unknown[]): boolean;
  /** Null while there is room for more. */
  ready(): Promise<void> | null;
}

/** Reads the JSON of a success as it arrives. */
class AnswerReader implements BodyReader {
  readonly limit: number;
  readonly #status: number;
  readonly #taker: RecordTaker | null;
  readonly #json: JsonReader;

  constructor(status: number, taker: RecordTaker | null) {
    this.limit = taker === null ? THING_LIMIT : LIST_LIMIT;
    this.#status = status;
    this.#taker = taker;
    this.#json = new JsonReader({ take: taker && ((path, records) => taker.take(path, records)) });
  }

  write(bytes: Uint8Array): void {
    this.#named(() => this.#json.push(bytes));
  }

  ready(): Promise<void> | null {
    return this.#taker?.ready() ?? null;
  }

  /** Null where the body is empty. */
  end(): unknown {
    return this.#named(() => this.#json.end()) ?? null;
  }

  #named<T>(read: () => T): T {
    try {
      return read();
    } catch (error) {
      throw isAppError(error) ? error.with({ status: this.#status }) : error;
    }
  }
}

/** The JSON of a call's success, read while it arrives where the transport can do that, else afterwards. */
export class JsonAnswer {
  readonly #openTaker: () => RecordTaker | null;
  #reader: AnswerReader | null = null;

  /** `openTaker`: called for each attempt at the call. */
  constructor(openTaker: () => RecordTaker | null) {
    this.#openTaker = openTaker;
  }

  readonly open: OpenBody = (status) => {
    this.#reader = new AnswerReader(status, this.#openTaker());
    return this.#reader;
  };

  /** Null where the body is empty. */
  async read({ status, body }: Reply): Promise<unknown> {
    if (this.#reader !== null) return this.#reader.end();
    const reader = new AnswerReader(status, this.#openTaker());
    for (let at = 0; at < body.length; at += PIECE) {
      reader.write(body.subarray(at, at + PIECE));
      await reader.ready();
    }
    return reader.end();
  }
}
