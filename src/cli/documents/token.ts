import type { Client } from '../../core/client.ts';
import type { DeliveredItem } from '../../core/delivery.ts';
import type { JsonObject } from '../../domain/json.ts';
import type { Secret } from '../../domain/secret.ts';
import type { ListedToken, Token } from '../../domain/token.ts';
import type { ListReport } from '../../output/report.ts';
import { TOKEN_COLUMNS } from './columns.ts';
import { NOWHERE, type OneDocument, one, type Place, paged, placeOf, unreadableJson } from './document.ts';
import { issuedJson, NOT_ISSUED } from './issued.ts';

/** The id is null where the provider did not tell it of a new token. `inUse` is null where nobody looked whether keyturn itself uses the token. */
export function tokenJson(token: Token & { readonly inUse?: boolean | null }): JsonObject {
  const { id, name, status, scopes, createdAt, expiresAt, lastUsedAt, createdBy, attributes } = token;
  const unreadable = unreadableJson(token.unreadable);
  const dates = { createdAt, expiresAt, lastUsedAt, unreadable };
  return {
    id: id || null,
    name,
    status,
    scopes,
    ...dates,
    createdBy,
    inUse: token.inUse ?? null,
    attributes,
  };
}

/** The token whose secret is being delivered: what the provider told of it, or its id and name alone. */
export function deliveredTokenJson(
  { id, name, facts }: DeliveredItem,
  known: { readonly name: string | null; readonly inUse: boolean | null },
): JsonObject {
  if (facts && 'scopes' in facts)
    return tokenJson({ ...facts, name: facts.name ?? name ?? known.name, inUse: known.inUse });
  const dates = { createdAt: null, expiresAt: null, lastUsedAt: null, unreadable: null };
  const unknown = { status: null, scopes: null, ...dates, createdBy: null };
  return { id: id || null, name: name ?? known.name, ...unknown, inUse: known.inUse, attributes: {} };
}

/** `keyturn.token/1`: of a token that was looked up, renamed or created. */
export function tokenDocument(client: Client, token: JsonObject | null, issued = NOT_ISSUED): OneDocument {
  const data = { ...placeOf(client), token, ...issuedJson(issued) };
  return one('keyturn.token/1', data, { key: 'token', columns: TOKEN_COLUMNS });
}

export function tokensDocument(client: Client, pages: AsyncIterable<readonly ListedToken[]>): ListReport {
  return paged({
    schema: 'keyturn.tokens/1',
    head: { ...placeOf(client) },
    key: 'tokens',
    columns: TOKEN_COLUMNS,
    pages,
    write: tokenJson,
  });
}

/** A secret that was asked for, with what it belongs to. */
export interface Shown {
  readonly place?: Place;
  readonly token?: JsonObject;
  readonly credential?: JsonObject;
}

export function secretDocument({ place, token, credential }: Shown, secret: Secret): OneDocument {
  return one('keyturn.secret/1', {
    ...(place ?? NOWHERE),
    token: token ?? null,
    credential: credential ?? null,
    tokenSecret: secret,
  });
}
