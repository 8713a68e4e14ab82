import type { JsonObject } from '../domain/json.ts';
import type { Secret } from '../domain/secret.ts';

/** A provider's settings by name (`org`, `region`, `domain` …), as flag, variable or profile gave them. */
export type Settings = Readonly<Record<string, string>>;

export type Query = Readonly<Record<string, string>>;

/** One HTTP request, described and not made. */
export interface HttpRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Absolute path, percent-encoded; made with `path` of `providers/path.ts`. */
  readonly path: string;
  readonly query?: Query;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: JsonObject;
  /** A body as HTML forms send it, in place of `body`. */
  readonly form?: Readonly<Record<string, string>>;
  /** A write that may be sent again after a lost answer because its effect is the same (enable, delete by id …). */
  readonly repeatable?: boolean;
}

/** `bearer`, `session`, or whatever a definition calls its own. */
export type AuthSchemeId = string;

/** How a secret is put on a request. Called by the transport only. */
export interface AuthScheme {
  readonly id: AuthSchemeId;
  headers(secret: Secret): Readonly<Record<string, string>>;
  /** Members of a JSON body or a form that carry the secret, where the vendor wants it there. */
  body?(secret: Secret): Readonly<Record<string, string>>;
}

/** What a vendor answered to a request that it refused. */
export interface ErrorAnswer {
  readonly status: number;
  /** The parsed body, its text where that is plain and short, or null when it was empty or neither. */
  readonly body: unknown;
  readonly header: (name: string) => string | null;
  /** Set where the status is keyturn's reading of the body of a 2xx answer: the vendor sent another one, so that no message names it. */
  readonly isInferred?: boolean;
  /** The credential that the request was sent with, so that a message which echoes it can be quoted without it. */
  readonly secret?: Secret;
}
