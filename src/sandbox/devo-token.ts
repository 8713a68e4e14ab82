import { fingerprint } from './new-secrets.ts';
import type { Saved } from './saved.ts';
import type { Json } from './vendor.ts';

export type DevoToken = {
  readonly id: number;
  readonly name: string;
  readonly scope: string;
  /** Who made it. */
  readonly owner: string;
  /** Whom it is for. */
  readonly user: string;
  /** Space-separated. */
  readonly audience: string;
  readonly enabled: boolean;
  readonly created: number;
  readonly updated: number;
  readonly expiration: number;
  /** Kept as it is: Devo is the one vendor that shows a value again. */
  readonly value: string;
};

const AUDIENCES = ['aggregations', 'apiv2', 'apiv2-admin', 'alerts', 'http', 'credentials'];

/** ASSUMPTION: what the web application calls a "Credentials API" token has this audience. */
export const CREDENTIALS_AUDIENCE = 'credentials';

export function isActive(token: DevoToken, now: number): boolean {
  return token.enabled && token.expiration > now;
}

/** Space-separated, as the answers show it. */
export function areAudiences(value: unknown): value is string {
  return typeof value === 'string' && value.split(' ').every((audience) => AUDIENCES.includes(audience));
}

/** Space-separated `table://<pattern>` and `level://<name>`. ASSUMPTION: a pattern may have alternatives, `{a,b}`. */
export function areScopes(value: unknown): value is string {
  return (
    typeof value === 'string' &&
    value.split(' ').every((scope) => /^(table|level):\/\/[\w.*?{},-]+$/.test(scope))
  );
}

/** The object of the list, which never holds a value. */
export function showDevoToken(token: DevoToken, account: string, now: number): Record<string, Json> {
  return {
    name: token.name,
    id: token.id,
    scope: token.scope,
    owner: token.owner,
    user: token.user,
    audience: token.audience,
    token_type: 'Bearer',
    active: isActive(token, now),
    expiration: javaDate(token.expiration),
    account,
    created: javaDate(token.created),
    updated: javaDate(token.updated),
    // ASSUMPTION: the whole lifetime and not the rest of it; in the vendor's example it equals expiration - created.
    expires_in_seconds: Math.round((token.expiration - token.created) / 1000),
  };
}

/** Only the owner and the user may read the value; anybody else gets `tk.<hash>.<last five>`. */
export function showValue(token: DevoToken, reader: string): string {
  if (reader === token.owner || reader === token.user) return token.value;
  return `tk.${fingerprint(token.value).slice(0, 16)}.${token.value.slice(-5)}`;
}

export function readDevoToken(it: Saved): DevoToken {
  return {
    id: it.number('id'),
    name: it.text('name'),
    scope: it.text('scope'),
    owner: it.text('owner'),
    user: it.text('user'),
    audience: it.text('audience'),
    enabled: it.flag('enabled'),
    created: it.number('created'),
    updated: it.number('updated'),
    expiration: it.number('expiration'),
    value: it.text('value'),
  };
}

// Java's default: an offset without a colon, which RFC 3339 parsers refuse.
function javaDate(time: number): string {
  return new Date(time).toISOString().replace('Z', '+0000');
}
