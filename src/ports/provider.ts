import type { CapabilityName } from '../domain/capability.ts';
import type { AppError, ErrorCode } from '../domain/errors.ts';
import type { Origin } from '../domain/origin.ts';
import type { Secret } from '../domain/secret.ts';
import type { Instant } from '../domain/time.ts';
import type { Identity, KeyType, Project, ProjectKey, Token } from '../domain/token.ts';
import type { CredentialNote } from './credential-note.ts';
import type { PagedApiCall } from './paging.ts';
import type { AuthScheme, AuthSchemeId, ErrorAnswer, HttpRequest, Settings } from './request.ts';

export interface Setting {
  /** The name in profiles, kebab-case; the option is `--<name>`, the variable `KEYTURN_<NAME>`. */
  readonly name: string;
  readonly about: string;
  readonly required: boolean;
  readonly placeholder: string;
  /** The values that there are, where they are few. */
  readonly choices?: readonly string[];
  /** Throws a usage error that says what a right value looks like. Returns the value as it is kept. */
  check(value: string): string;
}

/** One vendor call: the engine adds host, authentication, time-outs, retries and capture. */
export interface ApiCall<I, O> {
  /** Which authentication schemes the vendor accepts here, best first; absent = the provider's first scheme. */
  readonly auth?: readonly AuthSchemeId[];
  /**
   * `optional`: the vendor's success is enough, so that an answer without a body, or with plain text, is decoded from
   * null. Absent: the body is needed and has to be JSON.
   */
  readonly answer?: 'optional';
  /** Statuses beside 2xx that count as done; such an answer is decoded from undefined. */
  readonly accepts?: readonly number[];
  /** `now` is the time of the request, for vendors that want a lifetime instead of an end. */
  request(input: I, settings: Settings, now?: number): HttpRequest;
  /**
   * Throws `SchemaDrift` with the field names seen, never values. An empty body arrives as null. `own` is the secret
   * that the request was sent with: an answer that echoes it holds no new secret there.
   */
  decode(body: unknown, input: I, own?: Secret): O;
  /** Whether a refusal means that there is nothing; it is decoded as null. */
  readonly isEmptyAnswer?: (answer: ErrorAnswer) => boolean;
}

/** What a new token shall be. `options` holds the provider's own (`user`, `audience`, `token-scope` …). */
export interface TokenSpec {
  readonly name: string | null;
  readonly scopes: readonly string[];
  readonly expiresAt: Instant | null;
  readonly options: Settings;
  /** Sent where the provider has such a field, so that a repeated request is one request. */
  readonly idempotencyKey: string | null;
}

/** What a create or rotate call answered. `secret` is null where the provider does not show it here (Devo, browser keys). */
export interface Issued<T> {
  /** What the answer told of the new thing; null where it told nothing but the secret (Bluebricks). */
  readonly item: T | null;
  readonly secret: Secret | null;
  /** Names the fields seen where a new thing came without the secret that belongs to it: its id must not be lost. */
  readonly drift?: AppError;
}

/** Enough of a token to address it; providers take the part that they need. */
export interface TokenTarget {
  readonly id: string;
  readonly name: string | null;
}

export interface TokenOption {
  readonly name: string;
  readonly about: string;
  readonly placeholder: string;
  readonly choices?: readonly string[];
}

export interface TokenApi {
  /** Options of `tokens create` beside name, scope and expiry. */
  readonly options: readonly TokenOption[];
  /** Options of `tokens create` without which nothing can be made, so that all that are missing are named at once. */
  readonly required: readonly string[];
  /** Refuses a specification that the vendor would refuse or misread, before anything is sent. */
  checkSpec(spec: TokenSpec): TokenSpec;
  /** The specification that makes a token like this one; rotation carries attributes over with it. */
  specOf(token: Token): TokenSpec;
  /** The vendor gives every token an end of its own choice, and none can be asked for: such an end surprises nobody. */
  readonly choosesEnd?: boolean;
  readonly create?: ApiCall<TokenSpec, Issued<Token>>;
  readonly list?: PagedApiCall<void, Token>;
  /** One token; with its secret where the vendor shows it again. */
  readonly get?: ApiCall<TokenTarget, Issued<Token>>;
  readonly rotate?: ApiCall<TokenTarget, Issued<Token>>;
  readonly enable?: ApiCall<TokenTarget, Token | null>;
  readonly disable?: ApiCall<TokenTarget, Token | null>;
  readonly rename?: ApiCall<TokenTarget & { readonly newName: string }, Token | null>;
  readonly revoke?: ApiCall<TokenTarget, void>;
  readonly remove?: ApiCall<TokenTarget, void>;
  /** A read that any freshly issued secret can make; proves it works. Absent: `get` with the managing credential. */
  readonly prove?: ApiCall<Token, Identity>;
  readonly marking?: Marking;
}

/** How a new token is marked so that it can be recognised after a lost answer. */
export interface Marking {
  /** The specification with this operation's marker (16 hex digits) in it. */
  mark(spec: TokenSpec, marker: string, now: number): TokenSpec;
  /** Whether the token carries exactly the mark that `mark` made. */
  isMarked(token: Token, marked: TokenSpec): boolean;
  /** What a repeated create with the same mark does: the same answer with the secret, a conflict, or a second token. */
  readonly replay: 'returns-secret' | 'conflict' | 'duplicates';
}

export interface KeyTarget {
  readonly project: string;
  readonly id: string;
}

export interface KeyApi {
  readonly create: ApiCall<{ project: string; name: string; type: KeyType }, Issued<ProjectKey>>;
  readonly list: PagedApiCall<{ project: string }, ProjectKey>;
  readonly expire: ApiCall<KeyTarget & { expiresAt: Instant }, ProjectKey | null>;
  readonly rotate: ApiCall<KeyTarget, Issued<ProjectKey>>;
}

export interface ProjectApi {
  readonly create: ApiCall<{ name: string; platform: string; environment: string }, Project>;
  readonly list: PagedApiCall<void, Project>;
}

export interface ProviderFacts {
  /** How tokens are addressed at the vendor. */
  readonly handle: 'id' | 'name';
  readonly names: 'unique' | 'free' | 'none';
  readonly rotation: 'in-place' | 'overlap' | 'named';
  readonly ends: 'delete' | 'revoke-then-delete' | 'disable-only';
  readonly secretShown: 'once' | 'again';
  /** Which kind of credential manages tokens, in words. */
  readonly managedBy: string;
  /** How long a new or changed token may take to show everywhere, in ms. */
  readonly settleMs: number;
  /**
   * Whether the vendor documents its lists, and with them every read. `inferred`: keyturn asks where one would expect a
   * list, and does without where there is none.
   */
  readonly lists: 'documented' | 'inferred';
  /** Set where the managing credential is a person's session, which is none of the tokens that the vendor lists. */
  readonly managerIsSession?: true;
  /** Set where the vendor does not tell when a token was last used, so that nothing is taken for unused. */
  readonly lastUse?: 'untold';
}

/** Which limit the account has reached. */
export type FullOf = 'tokens' | 'keys';

/** What the vendor's error answer means. */
export interface ProviderProblem {
  readonly code: ErrorCode;
  readonly message: string;
  readonly hint?: string | undefined;
  /** Set where the vendor's words say that the account has as many of these as it may have. */
  readonly fullOf?: FullOf;
  readonly requestId?: string | undefined;
}

export interface CredentialHelp {
  /** What kind of credential `login` wants, in words a person knows from the vendor's pages. */
  readonly kind: string;
  /** Where the vendor lets a person make one. */
  readonly page: string;
  /** The options of `tokens create` that make a token for a single job; told after a login. */
  readonly narrower: readonly string[];
  /** What such a token is, compared with the managing credential: "a token for one job, with fewer powers". */
  readonly narrowerIs: string;
  /** The vendor's own command whose session `login --from-cli` uses in place; absent where there is none. */
  readonly vendorCli?: string;
  /** Scopes of the token that `login --session` creates unless others are given; absent where there are no sessions. */
  readonly sessionScopes?: readonly string[];
}

export interface Provider {
  readonly id: string;
  readonly title: string;
  /** The vendor's documentation of this API. */
  readonly docs: string;
  readonly settings: readonly Setting[];
  readonly credential: CredentialHelp;
  origin(settings: Settings): Origin;
  /** The first one is the default. */
  readonly auth: readonly [AuthScheme, ...AuthScheme[]];
  readonly facts: ProviderFacts;
  readonly tokens: TokenApi;
  readonly keys?: KeyApi;
  readonly projects?: ProjectApi;
  /** A read that proves that a managing credential works. */
  readonly probe: ApiCall<void, Identity>;
  /**
   * Where `probe` is inferred: a documented call on something that cannot exist, so that it changes nothing. A 401 means
   * that the credential is wrong; any other answer means that the vendor was reached.
   */
  readonly documentedProbe?: ApiCall<void, void>;
  /**
   * Where lists are inferred: whether the words of a 404 say that the place of the settings (the organization) is not there,
   * so that it is no missing list.
   */
  isPlaceMissing?(message: string): boolean;
  /**
   * What to do instead of an operation that the vendor lacks. Here, and in hints of `readError` and `checkCredential`, a
   * command stands in braces: `{tokens list}`, `{tokens create}`, `{login}`. `core/create-command.ts` writes it for the profile.
   */
  readonly instead: Readonly<Partial<Record<CapabilityName, string>>>;
  /** What a managing credential is found to be before it is sent: throws when it cannot work (wrong kind, expired). */
  checkCredential(secret: Secret, now: number): CredentialNote;
  /** Refuses a issued value that is no secret (a mask). */
  checkIssued(secret: Secret): Secret;
  readError(answer: ErrorAnswer): ProviderProblem;
  /** Whether the body of a 2xx answer says that the vendor refused; null where it does not. */
  findRefusal(body: unknown, context?: RefusalContext): ProviderProblem | null;
}

/** What is known of a 2xx answer beside its body. */
export interface RefusalContext {
  /** The request's method; absent for a change. The things that a `GET` lists are not answers. */
  readonly method?: HttpRequest['method'];
  readonly header?: ErrorAnswer['header'];
  readonly secret?: Secret;
}
