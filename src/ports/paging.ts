import type { Origin } from '../domain/origin.ts';
import type { AuthSchemeId, ErrorAnswer, HttpRequest, Query, Settings } from './request.ts';

/** How the next page is asked for: the query of the first request with these parameters, or these alone. */
export interface NextPage {
  readonly query: Query;
  readonly replaces: boolean;
}

/** What an answer tells of the pages of its list. */
export interface Paging {
  /** Null where the answer does not say how to go on. */
  readonly next: NextPage | null;
  /** How many records the whole list has; null where nothing believable tells it. */
  readonly total: number | null;
  /** Why the list is not whole although there is no way to go on; null where nothing says that there is more. */
  readonly obstacle: string | null;
}

export interface Page<T> {
  readonly items: readonly T[];
  /** Records that have no id: they are counted and left out. */
  readonly withoutId: number;
  readonly paging: Paging;
}

/** How a page is asked for. */
export interface PageWish {
  readonly size: number;
  /** The vendor refused the first request for how it asked for a page ({@link PagedApiCall.isPageRefused}). */
  readonly isPlain: boolean;
  /** The newest records are wanted first; set only where {@link PagedApiCall.newestFirst} is. */
  readonly newestFirst: boolean;
}

/** The request whose answer is read, and what came before it. */
export interface PageContext {
  readonly origin: Origin;
  readonly request: HttpRequest;
  readonly size: number;
  /** How many pages came before. */
  readonly index: number;
  /** How many records they held. */
  readonly taken: number;
  /** How many records of this page came before those of the body; absent for none. */
  readonly handedOver?: number;
  readonly header: (name: string) => string | null;
  /** Set where the status says that the answer is a part (206). */
  readonly isPart?: boolean;
}

/** A list that may come in pages; the query of a following page is added to the request, see {@link NextPage}. */
export interface PagedApiCall<I, T> {
  readonly auth?: readonly AuthSchemeId[];
  request(input: I, settings: Settings, page: PageWish): HttpRequest;
  decode(body: unknown, page: PageContext): Page<T>;
  /** The most items that the vendor gives in one page; asked for unless fewer are wanted. */
  readonly maxPageSize: number;
  /**
   * Set where the newest records can be asked for first; what proves that they came so: their dates of creation, or their ids,
   * which ascend with time as texts.
   */
  readonly newestFirst?: 'dates' | 'ids';
  /** Whether a refusal means an empty list. */
  readonly isEmptyAnswer?: (answer: ErrorAnswer) => boolean;
  /** Whether a refusal is about the size or the order of the page; the list is asked for once more, plainly. */
  readonly isPageRefused?: (answer: ErrorAnswer) => boolean;
}
