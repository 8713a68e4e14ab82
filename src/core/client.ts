import { AppError, type ErrorFacts, isAppError } from '../domain/errors.ts';
import type { Origin } from '../domain/origin.ts';
import type { Secret } from '../domain/secret.ts';
import { cutSecret, vendorText } from '../domain/vendor-text.ts';
import type { Clock } from '../ports/clock.ts';
import type { PageContext, PagedApiCall, PageWish } from '../ports/paging.ts';
import type { ApiCall, Provider, ProviderProblem } from '../ports/provider.ts';
import type { AuthScheme, ErrorAnswer, HttpRequest, Settings } from '../ports/request.ts';
import type { Capture, Endpoint, OpenBody, Outcome, Reply, Transport } from '../ports/transport.ts';
import { readOptional, readRefusal } from './answer-body.ts';
import { JsonAnswer, type RecordTaker } from './answer-reader.ts';
import { collect, Listing, type WholeOrNot } from './listing.ts';
import { PageTaker } from './page-taker.ts';
import { refusalHint } from './refusal-hint.ts';

/** A provider at one origin, with the credential that drives it. */
export interface Connection {
  readonly provider: Provider;
  readonly profile: string | null;
  readonly settings: Settings;
  readonly origin: Origin;
  readonly auth: AuthScheme;
  readonly secret: Secret;
  /** The store's entry that holds the managing credential; null when it came from the environment or a vendor's CLI. */
  readonly credentialName: string | null;
  /** The file of the vendor's CLI that it was read from. */
  readonly credentialFile?: string;
  /** The provider's id of the managing credential, where it is confirmed. */
  readonly tokenId: string | null;
  /** Ids that the credential names itself: a token of the vendor's that has one of them is the credential. */
  readonly claims?: readonly string[];
  /** What to do when the vendor refuses the credential (401), by where it came from. */
  readonly renewal?: string;
}

interface PagesWish {
  readonly limit?: number | undefined;
  readonly newestFirst?: boolean;
}

type Head = Pick<Reply, 'header' | 'status'>;

const PARTIAL_CONTENT = 206;
/** How many records are asked for where the vendor refused the first wish: its pages are not documented. */
const PLAIN_PAGE_SIZE = 20;

/** Makes a provider's operations real: puts them on the wire, maps the vendor's errors, decodes the answers. */
export class Client {
  readonly connection: Connection;
  readonly #transport: Transport;
  /** Calls that the vendor has answered with a success. */
  readonly #answered: Set<unknown>;
  readonly #clock: Pick<Clock, 'now'> | undefined;

  /** Without a clock a list may take any time, and no lifetime can be asked for. */
  constructor(
    connection: Connection,
    transport: Transport,
    { answered = new Set(), clock }: { answered?: Set<unknown>; clock?: Pick<Clock, 'now'> | undefined } = {},
  ) {
    this.connection = connection;
    this.#transport = transport;
    this.#answered = answered;
    this.#clock = clock;
  }

  /** The same place with a secret that was issued: never a session, even where a session issued it. */
  as(secret: Secret): Client {
    const [auth] = this.connection.provider.auth;
    const { claims: _, ...connection } = this.connection;
    const next = { ...connection, secret, auth, credentialName: null, tokenId: null };
    return new Client(next, this.#transport, { answered: this.#answered, clock: this.#clock });
  }

  async call<I, O>(apiCall: ApiCall<I, O>, input: I): Promise<O> {
    const request = this.#requestOf(apiCall, input);
    const { body } = await this.#read(request, apiCall);
    const answer = apiCall.decode(body, input, this.connection.secret);
    this.#answered.add(apiCall);
    return answer;
  }

  /** Whether the vendor has answered this call with a success before: then it has the call, whatever 404 it answers now. */
  hasAnswered<I, O>(apiCall: ApiCall<I, O>): boolean {
    return this.#answered.has(apiCall);
  }

  /** What would be sent, for `--dry-run`: `POST https://api.example.com/tokens`. Sends nothing. */
  describe<I, O>(apiCall: ApiCall<I, O>, input: I): string {
    const { method, path } = this.#requestOf(apiCall, input);
    return `${method} ${this.connection.origin}${path}`;
  }

  /**
   * The pages of a list as they are wanted; see {@link Listing}. `limit`: no more records than these are wanted. `newestFirst`:
   * the vendor is asked for that order; whether it gives it is for the reader to see.
   */
  pages<I, T extends { readonly id: string }>(
    apiCall: PagedApiCall<I, T>,
    input: I,
    { limit, newestFirst = false }: PagesWish = {},
  ): Listing<T> {
    const { origin, settings } = this.connection;
    const size = Math.max(1, Math.min(apiCall.maxPageSize, limit ?? apiCall.maxPageSize));
    let wish: PageWish = {
      size,
      isPlain: false,
      newestFirst: newestFirst && apiCall.newestFirst !== undefined,
    };
    return new Listing<T>(async ({ next, ...before }, handover) => {
      const request = () => {
        const first = apiCall.request(input, settings, wish);
        if (next === null) return first;
        return { ...first, query: next.replaces ? next.query : { ...first.query, ...next.query } };
      };
      const contextOf = ({ header, status }: Head, handedOver: number): PageContext => {
        const isPart = status === PARTIAL_CONTENT;
        return { origin, request: request(), size: wish.size, header, handedOver, isPart, ...before };
      };
      const newTaker = () =>
        new PageTaker<T>(
          (part) => apiCall.decode(part, contextOf({ header: () => null, status: 200 }, 0)),
          handover,
        );
      let taker = newTaker();
      const read = () =>
        this.#read(request(), apiCall, () => {
          taker = newTaker();
          return taker;
        });
      const { body, ...head } = await read().catch((error: unknown) => {
        if (wish.isPlain || !(error instanceof PageRefused)) throw error;
        wish = { size: Math.min(size, PLAIN_PAGE_SIZE), isPlain: true, newestFirst: false };
        return read();
      });
      const page = apiCall.decode(body, contextOf(head, taker.count + taker.withoutId));
      return { ...page, withoutId: page.withoutId + taker.withoutId, handedOver: taker.count };
    }, this.#clock);
  }

  /** A whole list, or as much of it as came with the reason why it is not whole. */
  all<I, T extends { readonly id: string }>(apiCall: PagedApiCall<I, T>, input: I): Promise<WholeOrNot<T>> {
    return collect(this.pages(apiCall, input));
  }

  /** Sends a request once that must not be repeated; see {@link Transport.sendOnce}. The caller decides what the outcome means. */
  sendOnce<I, O>(apiCall: ApiCall<I, O>, input: I, capture: Capture): Promise<Outcome> {
    const request = this.#requestOf(apiCall, input);
    return this.#transport.sendOnce(this.#endpoint(apiCall.auth), request, capture);
  }

  #requestOf<I, O>(apiCall: ApiCall<I, O>, input: I): HttpRequest {
    return apiCall.request(input, this.connection.settings, this.#clock?.now());
  }

  /** The vendor's refusal as our error; keeps its own words, never the secret it was asked with. */
  refusal(reply: Reply): AppError {
    const { provider, secret } = this.connection;
    const { status, header } = reply;
    return this.#told(reply, provider.readError({ status, body: readRefusal(reply), header, secret }));
  }

  /** The body of a success, once it is known to be one: a vendor may refuse in the body alone. */
  async #read(
    request: HttpRequest,
    { auth, answer, accepts, isEmptyAnswer, isPageRefused }: ReadHooks,
    openTaker: () => RecordTaker | null = () => null,
  ): Promise<Head & { readonly body: unknown }> {
    const { provider, secret } = this.connection;
    const json = answer === undefined ? new JsonAnswer(openTaker) : null;
    const reply = await this.#send(request, auth, json?.open);
    const { status, header } = reply;
    if (status < 200 || status > 299) {
      const told = { status, header, body: readRefusal(reply) };
      if (accepts?.includes(status)) return { body: undefined, header, status };
      if (isEmptyAnswer?.(told)) return { body: null, header, status };
      throw isPageRefused?.(told) ? new PageRefused(this.refusal(reply).facts) : this.refusal(reply);
    }
    const body = await this.#parse(reply, json);
    const refused = provider.findRefusal(body, { method: request.method, header, secret });
    if (refused !== null) throw this.#told(reply, refused);
    return { body: typeof body === 'string' && answer === 'optional' ? null : body, header, status };
  }

  async #send(
    request: HttpRequest,
    auth: ApiCall<never, unknown>['auth'],
    open: OpenBody | undefined,
  ): Promise<Reply> {
    try {
      return await this.#transport.call(this.#endpoint(auth), request, open);
    } catch (error) {
      throw this.#ours(error, {});
    }
  }

  async #parse(reply: Reply, json: JsonAnswer | null): Promise<unknown> {
    try {
      return json === null ? readOptional(reply) : await json.read(reply);
    } catch (error) {
      throw this.#ours(error, { status: reply.status });
    }
  }

  /** The error with the provider that it is about, for whoever reads it as JSON. */
  #ours(error: unknown, facts: Pick<ErrorFacts, 'status'>): unknown {
    return isAppError(error) ? error.with({ provider: this.connection.provider.id, ...facts }) : error;
  }

  #told(reply: Reply, problem: ProviderProblem): AppError {
    const { provider, renewal, secret } = this.connection;
    const hint = refusalHint(this.connection, problem);
    return new AppError({
      code: problem.code,
      message: vendorText(problem.message, [secret.reveal()]) ?? `the provider answered ${reply.status}`,
      hint: reply.status === 401 ? (renewal ?? hint) : hint,
      provider: provider.id,
      status: reply.status,
      // A provider, or whoever answers for it, may send the credential back where an id belongs.
      requestId: safeRequestId(problem.requestId, secret.reveal()),
    });
  }

  #endpoint(accepted: ApiCall<never, unknown>['auth']): Endpoint {
    const { origin, auth, secret, provider } = this.connection;
    if (accepted && !accepted.includes(auth.id)) {
      throw new AppError({
        code: 'auth',
        message: `${provider.title} does not accept a ${auth.id} credential for this`,
        hint: `it needs ${provider.credential.kind}`,
        provider: provider.id,
      });
    }
    return { origin, auth, secret };
  }
}

interface ReadHooks extends Pick<ApiCall<never, unknown>, 'auth' | 'answer' | 'accepts' | 'isEmptyAnswer'> {
  readonly isPageRefused?: (answer: ErrorAnswer) => boolean;
}

/** The refusal of a page that may be asked for in a plainer way. */
class PageRefused extends AppError {}

function safeRequestId(id: string | undefined, secret: string): string | undefined {
  return id !== undefined && cutSecret(id, secret) === id ? id : undefined;
}
