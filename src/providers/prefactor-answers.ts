import type { Secret } from '../domain/secret.ts';
import type { Identity, Token } from '../domain/token.ts';
import type { Page, PageContext } from '../ports/paging.ts';
import type { Issued, ProviderProblem } from '../ports/provider.ts';
import type { ErrorAnswer } from '../ports/request.ts';
import {
  attributes,
  dates,
  drift,
  type Fields,
  id,
  instant,
  isFields,
  pick,
  status,
  text,
} from './decode.ts';
import { findItem, issuedWith } from './envelope.ts';
import { readProblem } from './problem.ts';
import { type ListShape, readPage } from './records.ts';

const SECRET = { documented: ['token'], form: /^(eyJ[\w-]*\.[\w-]+\.[\w-]+|pf_\S+)$/ };

/** The secret is a sibling of `details`, never inside it. */
export function issuedOf(body: unknown, _input: unknown, own?: Secret): Issued<Token> {
  const item = changedOf(body);
  return issuedWith(body, item, SECRET, { others: [item?.id ?? null], own });
}

export function changedOf(body: unknown): Token | null {
  const item = findItem(body, 'id');
  return item && tokenOf(item);
}

/** One token; its secret is never shown again. */
export function shownOf(body: unknown): Issued<Token> {
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
    ...dates(fields, {
      createdAt: ['inserted_at'],
      expiresAt: ['expires_at'],
      lastUsedAt: ['last_used_at'],
    }),
    createdBy: text(fields, 'created_by_admin_user_id'),
    attributes: attributes(
      fields,
      ...['type', 'token_scope', 'account_id', 'environment_id', 'agent_id', 'agent_deployment_id'],
      ...['updated_at', 'available_actions'],
    ),
  };
}

const TOKENS: ListShape<Token> = {
  names: ['summaries', 'details'],
  ids: ['id'],
  decode: tokenOf,
  // `pagination` may be null; the vendor's own example of `next_page_offset` goes beyond the end.
  paging: { offset: 'pagination[offset]', totals: ['itemcount'] },
};

export function pageOf(body: unknown, page: PageContext): Page<Token> {
  return readPage(body, page, TOKENS);
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
      401: 'the token is unknown, expired, suspended or revoked: {login}',
      403: 'tokens are managed with a token of the scope account, of the same account',
      409: 'see its status with {tokens get REF}; `tokens delete` works after {tokens revoke REF}',
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
