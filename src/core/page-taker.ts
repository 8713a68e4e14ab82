import { isAppError } from '../domain/errors.ts';
import type { Page } from '../ports/paging.ts';
import type { RecordTaker } from './answer-reader.ts';
import type { Handover } from './handover.ts';

/** Decodes the records of a long page while it arrives, and hands them over. For one attempt at the page. */
export class PageTaker<T> implements RecordTaker {
  /** How many records were handed over. */
  count = 0;
  withoutId = 0;
  readonly #decode: (body: unknown) => Page<T>;
  readonly #handover: Handover<T>;

  constructor(decode: (body: unknown) => Page<T>, handover: Handover<T>) {
    this.#decode = decode;
    this.#handover = handover;
  }

  /** Whether it is the list is found out by reading an answer that holds nothing else. */
  take(path: readonly string[], records: readonly unknown[]): boolean {
    const body = path.reduceRight<unknown>((inner, name) => ({ [name]: inner }), records);
    let page: Page<T>;
    try {
      page = this.#decode(body);
    } catch (error) {
      if (isAppError(error)) return false;
      throw error;
    }
    this.count += page.items.length;
    this.withoutId += page.withoutId;
    this.#handover.put(page.items);
    return true;
  }

  ready(): Promise<void> | null {
    return this.#handover.ready();
  }
}
