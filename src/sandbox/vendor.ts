export const PROVIDER_IDS = ['errova', 'devo', 'prefactor', 'bluebricks'] as const;

export type ProviderId = (typeof PROVIDER_IDS)[number];

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

export interface SandboxRequest {
  readonly method: string;
  /** Percent-decoded, without the query. */
  readonly path: string;
  /** As it came over the wire, without the query. */
  readonly rawPath: string;
  readonly query: URLSearchParams;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

export interface SandboxResponse {
  readonly status: number;
  /** Names in lower case; `content-type` and `content-length` are added on the wire. */
  readonly headers: Readonly<Record<string, string>>;
  /** A JSON value, or null for no body at all. A text is sent as it is. */
  readonly body: unknown;
  /** The vendor did nothing, although the status says otherwise. */
  readonly changed?: false;
}

/** A credential that a person would have fetched from the vendor's web page or CLI before automating anything. */
export interface BootstrapLogin {
  readonly provider: ProviderId;
  /** What it is, for people: `session cookie of an organization admin`. */
  readonly what: string;
  /** What else a client must know: the organization, the domain, the region. */
  readonly settings: Readonly<Record<string, string>>;
  readonly secret: string;
  readonly scheme: 'bearer' | 'session-cookie';
  /** The header as it must be sent, the secret shown as `<secret>`. */
  readonly sentAs: string;
}

/** A token as the vendor's own database sees it: for tests that assert on the remaining state. */
export interface TokenView {
  readonly id: string;
  /** Empty where the vendor has no names. */
  readonly name: string;
  /** A call with its secret would be accepted now. */
  readonly live: boolean;
  /** SHA-256 of the secret, in hex. */
  readonly fingerprint: string;
}

/** One vendor: synchronous, deterministic, and the owner of its state. */
export interface Vendor {
  readonly id: ProviderId;
  owns(path: string): boolean;
  handle(request: SandboxRequest): SandboxResponse;
  /** Issues fresh credentials each time; earlier ones stay as they are. */
  bootstrap(): BootstrapLogin[];
  /** Adds `count` live tokens quickly. Nobody knows their secrets. */
  seedTokens(count: number): void;
  tokens(): readonly TokenView[];
  save(): Json;
  load(state: unknown): void;
}
