import type { Secret } from '../domain/secret.ts';
import type { Identity, Token } from '../domain/token.ts';
import type { ErrorAnswer, Minted, Page, ProviderProblem } from '../ports/provider.ts';
import {
  asFields,
  attributes,
  count,
  drift,
  type Fields,
  id,
  instant,
  isFields,
  pick,
  status,
  text,
} from './decode.ts';
import { findItem, mintedWith } from './envelope.ts';
import { readProblem } from './problem.ts';

const SECRET = { documented: ['token'], form: /^(eyJ[\w-]*\.[\w-]+\.[\w-]+|pf_\S+)$/ };

/** The secret is a sibling of `details`, never inside it. */
export function mintedOf(body: unknown, _input: unknown, own?: Secret): Minted<Token> {
  const item = changedOf(body);
  return mintedWith(body, item, SECRET, { others: [item?.id ?? null], own });
}

export function changedOf(body: unknown): Token | null {
  const item = findItem(body, 'id');
  return item && tokenOf(item);
}

/** One token; its secret is never shown again. */
export function shownOf(body: unknown): Minted<Token> {
  const item = changedOf(body);
  if (item === null) throw drift('token', body);
  return { item, secret: null };
}

function tokenOf(fields: Fields): Token {
  const scope = text(fields, 'token_scope');
  return {
    id: id(fields, 'id'),
    name: null,
    status: status(fields, 'status') ?? 'active',
    scopes: scope === null ? null : [scope],
    createdAt: instant(fields, 'inserted_at'),
    expiresAt: instant(fields, 'expires_at'),
    lastUsedAt: instant(fields, 'last_used_at'),
    createdBy: text(fields, 'created_by_admin_user_id'),
    attributes: attributes(
      fields,
      ...['type', 'token_scope', 'account_id', 'environment_id', 'agent_id', 'agent_deployment_id'],
      ...['updated_at', 'available_actions'],
    ),
  };
}

/** The server's own next offset is trusted (its example jumps); it only has to move on. */
export function pageOf(body: unknown, cursor: string | null): Page<Token> {
  const fields = asFields(body, 'list');
  const list = pick(fields, ['summaries', 'details']);
  if (!Array.isArray(list)) throw drift('list of summaries', body);
  const items = list.map((item: unknown) => tokenOf(asFields(item, 'list of objects')));
  const pagination = pick(fields, ['pagination']);
  const paging = isFields(pagination) ? pagination : {};
  const total = count(paging, 'item_count');
  if (pick(paging, ['next_page_offset']) === undefined) return { items, next: null, total };
  const next = count(paging, 'next_page_offset');
  if (next === null || next <= Number(cursor ?? 0)) throw drift('next_page_offset that moves on', paging);
  return { items, next: String(next), total };
}

export function identityOf(body: unknown): Identity {
  const details = isFields(body) ? pick(body, ['details']) : undefined;
  const fields = isFields(details) ? details : {};
  return {
    account: text(fields, 'account_id'),
    subject: text(fields, 'token_type', 'type'),
    scopes: null,
    expiresAt: instant(fields, 'expires_at'),
  };
}

export function readError(answer: ErrorAnswer): ProviderProblem {
  return readProblem(answer, {
    requestIdHeader: 'x-request-id',
    hints: {
      401: 'the token is unknown, expired, suspended or revoked: `keyturn login prefactor`',
      403: 'tokens are managed with a token of the scope account, of the same account',
      409: 'see its status with `keyturn tokens get REF`; `tokens delete` works after `keyturn tokens revoke REF`',
    },
    codes: {
      bad_authtoken: 'auth',
      not_authenticated: 'auth',
      not_permitted: 'auth',
      not_found: 'not-found',
      invalid_action: 'conflict',
      not_implemented: 'unsupported',
      validation_errors: 'failure',
      bad_request: 'failure',
    },
  });
}
