import { notJson } from './not-json.ts';

/**
 * What the values of one answer may cost in memory. Sizes are what V8 needs for them, about: an object without a
 * prototype is a hash table, and the first element of an array makes room for sixteen more.
 */
export const COST = {
  object: 160,
  field: 56,
  array: 48,
  firstElement: 160,
  element: 24,
  string: 24,
} as const;

/** Counts what is kept of an answer, and refuses what would not fit. */
export class JsonBudget {
  readonly #limit: number;
  #spent = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  get spent(): number {
    return this.#spent;
  }

  spend(bytes: number): void {
    this.#spent += bytes;
    this.check(0);
  }

  /** Refuses what could not be kept beside the rest. */
  check(bytes: number): void {
    if (this.#spent + bytes <= this.#limit) return;
    throw notJson(' that keyturn reads: it holds more than fits in memory');
  }

  /** Nothing is left of what was spent since. */
  refund(spentBefore: number): void {
    this.#spent = spentBefore;
  }
}
