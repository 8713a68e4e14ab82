import { AppError } from '../domain/errors.ts';
import { type Reference, resolveReference } from '../domain/reference.ts';
import type { Clock } from '../ports/clock.ts';
import type { NextPage, Page } from '../ports/paging.ts';
import { Handover } from './handover.ts';

/** A list, and why it is not proven to be all there is; what such a list does not show may be there anyway. */
export interface WholeOrNot<T> {
  readonly items: readonly T[];
  readonly whole: boolean;
  /** Null where the list is whole. */
  readonly why: string | null;
}

/** How many pages and records came before, and how the vendor wants the next one asked for. */
export interface PageTurn {
  readonly next: NextPage | null;
  readonly index: number;
  readonly taken: number;
}

/** One page, without the records of it that went to the handover while it arrived; those are only counted. */
export interface AskedPage<T> extends Page<T> {
  readonly handedOver?: number;
}

export type AskForPage<T> = (turn: PageTurn, handover: Handover<T>) => Promise<AskedPage<T>>;

interface ReadPage<T> {
  readonly page: AskedPage<T>;
  /** How many of its records had not come before. */
  readonly fresh: number;
}

const MOST_PAGES = 10_000;
/** The time for all pages together: thousands of slow pages fit, and a list without an end does not run for days. */
const MOST_MS = 15 * 60_000;
/** What the ids of one list may take, in bytes: each record is shown once, so that the ids of all are kept. */
const MOST_IDS = 32 * 1024 * 1024;
const COST_OF_ID = 100;

/**
 * The pages of a list, one after the other, each asked for when it is wanted, each record once. It ends on the total, on
 * the second empty page, and where pages repeat. After the last page `why` says why the list is not whole.
 */
export class Listing<T extends { readonly id: string }> implements AsyncIterable<readonly T[]> {
  /** Null while pages are read, and for a whole list. */
  why: string | null = null;
  readonly #ask: AskForPage<T>;
  readonly #clock: Pick<Clock, 'now'> | undefined;
  readonly #ids = new Set<string>();
  /** How long the reader of the page that is read kept its records, in ms. */
  #idle = 0;
  #idBytes = 0;
  #withoutId = 0;
  #total: number | null = null;

  constructor(ask: AskForPage<T>, clock?: Pick<Clock, 'now'>) {
    this.#ask = ask;
    this.#clock = clock;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<readonly T[]> {
    const asked = new Set<string>();
    let next: NextPage | null = null;
    let taken = 0;
    let empty = 0;
    let spent = 0;
    for (let index = 0; index < MOST_PAGES; index += 1) {
      if (spent > MOST_MS) return this.#end(tooLong(index, taken));
      const started = this.#now();
      this.#idle = 0;
      const read: ReadPage<T> | null = yield* this.#readPage({ next, index, taken });
      // The clock may be set back meanwhile.
      spent += Math.max(0, this.#now() - started - this.#idle);
      if (read === null) return this.#end(TOO_MANY);
      const { fresh } = read;
      const page: AskedPage<T> = read.page;
      const count = page.items.length + (page.handedOver ?? 0);
      taken += count + page.withoutId;
      if (fresh > 0) this.#withoutId += page.withoutId;
      this.#total = page.paging.total ?? this.#total;
      next = page.paging.next;
      empty = count === 0 ? empty + 1 : 0;
      const key = next === null ? null : JSON.stringify(next.query);
      // Also where it names no next one: a server that does not know the parameter gives the first page again.
      const isRepeated = (key !== null && asked.has(key)) || (fresh === 0 && empty === 0);
      if (next === null || empty > 1 || isRepeated) {
        const isEnd = !isRepeated || empty > 0 || this.#isComplete();
        const goesOn = next !== null && !isRepeated && !isCounted(next) && !this.#isComplete();
        return this.#end(isEnd ? (page.paging.obstacle ?? (goesOn ? EMPTY : null)) : REPEATS);
      }
      asked.add(String(key));
    }
    this.#end(`it has more than ${MOST_PAGES} pages`);
  }

  /** Yields the records of one page that are new, those of a long one while it arrives; null where it is too much. */
  async *#readPage(turn: PageTurn): AsyncGenerator<readonly T[], ReadPage<T> | null> {
    const handover = new Handover<T>();
    const asked = this.#ask(turn, handover).finally(() => handover.end());
    // Nobody waits for it where the list is left before its end.
    asked.catch(() => undefined);
    const before = this.#ids.size;
    try {
      for await (const items of handover) {
        yield* this.#fresh(items);
        if (this.#idBytes > MOST_IDS) return null;
      }
    } finally {
      handover.giveUp();
    }
    const page = await asked;
    yield* this.#fresh(page.items);
    if (this.#idBytes > MOST_IDS && page.paging.next !== null) return null;
    return { page, fresh: this.#ids.size - before };
  }

  *#fresh(items: readonly T[]): Generator<readonly T[]> {
    const fresh = items.filter(({ id }) => !this.#ids.has(id) && this.#ids.add(id));
    for (const { id } of fresh) this.#idBytes += COST_OF_ID + id.length;
    if (fresh.length === 0) return;
    const handed = this.#now();
    yield fresh;
    // A reader may pause, as `less` does.
    this.#idle += Math.max(0, this.#now() - handed);
  }

  #now(): number {
    return this.#clock?.now() ?? 0;
  }

  #end(obstacle: string | null): void {
    this.why = obstacle ?? this.#shortfall() ?? this.#unaddressed();
  }

  #isComplete(): boolean {
    return this.#total !== null && this.#shortfall() === null;
  }

  #shortfall(): string | null {
    const came = this.#ids.size + this.#withoutId;
    if (this.#total === null || came >= this.#total) return null;
    return `the provider counts ${this.#total} and gave ${came}`;
  }

  #unaddressed(): string | null {
    if (this.#withoutId === 0) return null;
    return this.#withoutId === 1
      ? '1 record without an id is not shown'
      : `${this.#withoutId} records without an id are not shown`;
  }
}

const TOO_MANY = 'it has more records than keyturn reads at once; ask for fewer with --limit';
const EMPTY = 'the provider gives empty pages, and says that more follow';
const REPEATS = 'the provider gives the same page again';

function tooLong(pages: number, records: number): string {
  return `reading it takes longer than ${MOST_MS / 60_000} minutes; ${records} records in ${pages} pages came`;
}

/** Where pages or records are counted, what follows the last is named as well; an opaque cursor says that there is more. */
function isCounted({ query }: NextPage): boolean {
  return Object.entries(query).some(
    ([name, value]) => !/size|limit|per/i.test(name) && /^\d+$/.test(value ?? ''),
  );
}

export async function collect<T extends { readonly id: string }>(
  listing: Listing<T>,
): Promise<WholeOrNot<T>> {
  const items: T[] = [];
  for await (const page of listing) items.push(...page);
  return { items, whole: listing.why === null, why: listing.why };
}

/** The one thing that the reference names; a list that is not whole proves no absence. */
export function resolveListed<T extends { readonly id: string; readonly name: string | null }>(
  reference: Reference,
  { items, why }: WholeOrNot<T>,
  noun: string,
): T {
  try {
    return resolveReference(reference, items, noun);
  } catch (error) {
    if (why === null || !(error instanceof AppError) || error.code !== 'not-found') throw error;
    throw new CannotBeSure(error.message, why);
  }
}

/** What a list that is not whole does not show may be there anyway. `claim`: `no token "ci"`. */
export class CannotBeSure extends AppError {
  constructor(claim: string, why: string) {
    super({
      code: 'unavailable',
      message: `cannot be sure: ${claim} in the part of the list that came; ${why}`,
      hint: 'try again; if it stays so, look at the provider’s own pages',
    });
  }
}

/** For people who see the list. */
export function notWholeNote(why: string): string {
  return `the list is not complete, there may be more: ${why}`;
}
