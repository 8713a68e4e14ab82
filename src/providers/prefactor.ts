import { AppError, usage } from '../domain/errors.ts';
import { refuseMask } from '../domain/secret-input.ts';
import { parseInstant, toInstant } from '../domain/time.ts';
import type { Token } from '../domain/token.ts';
import type { Provider, Setting, TokenApi, TokenOption, TokenSpec } from '../ports/provider.ts';
import type { HttpRequest, Settings } from '../ports/request.ts';
import { bearer } from './bearer.ts';
import { readJwt } from './jwt.ts';
import { accountIn } from './jwt-account.ts';
import { checkForm } from './known-forms.ts';
import { path } from './path.ts';
import { changedOf, identityOf, issuedOf, pageOf, readError, shownOf } from './prefactor-answers.ts';
import { refusalIn } from './refusal.ts';
import { find, matches } from './settings.ts';
import { checkOptions } from './spec.ts';

const TOKENS = '/api/v1/api_token';

const accountId: Setting = {
  name: 'account-id',
  about: 'the account, where the credential may act on several',
  required: false,
  placeholder: 'ID',
  check: matches(/^[A-Za-z0-9_-]{1,64}$/, 'an id of Prefactor', 'copy the id as the app shows it'),
};

const OPTIONS: readonly TokenOption[] = [
  {
    name: 'token-scope',
    about:
      'what the token reaches: the account (default), or one agent in one environment; environment is legacy',
    placeholder: 'SCOPE',
    choices: ['account', 'environment', 'agent_deployment'],
  },
  { name: 'account-id', about: 'the account, if not that of the profile', placeholder: 'ID' },
  { name: 'environment-id', about: 'the environment that the token is for', placeholder: 'ID' },
  { name: 'agent-id', about: 'the agent that the token is for', placeholder: 'ID' },
];

/** Ids carry the time of their making, and are among the documented sorting fields; the date of creation is not. */
const NEWEST_FIRST = { 'sorting[field]': 'id', 'sorting[direction]': 'desc' };

const tokens: TokenApi = {
  required: [],
  options: OPTIONS,
  checkSpec(spec) {
    checkOptions(spec, OPTIONS);
    if (spec.scopes.length > 0) {
      throw usage(
        'Prefactor has no scopes by name',
        'give `--token-scope account` or `--token-scope agent_deployment`',
      );
    }
    const scope = find(spec.options, 'token-scope') ?? 'account';
    const has = { environment: find(spec.options, 'environment-id'), agent: find(spec.options, 'agent-id') };
    checkReach(scope, 'environment-id', has.environment, scope !== 'account');
    checkReach(scope, 'agent-id', has.agent, scope === 'agent_deployment');
    const key = spec.idempotencyKey;
    if (key !== null && !/^[\x21-\x7e]{8,64}$/.test(key)) {
      throw usage('the idempotency key does not fit', 'use 8 to 64 plain characters');
    }
    return { ...spec, options: { ...spec.options, 'token-scope': scope } };
  },
  specOf: (token) => ({
    name: token.name,
    scopes: [],
    expiresAt: null,
    options: optionsOf(token),
    idempotencyKey: null,
  }),
  create: {
    request: (spec, settings) => ({ method: 'POST', path: TOKENS, body: createBody(spec, settings) }),
    decode: issuedOf,
  },
  list: {
    request: (_input, settings, { size, isPlain, newestFirst }) => ({
      method: 'GET',
      path: TOKENS,
      query: {
        'pagination[offset]': '0',
        'pagination[page_size]': String(Math.min(Math.max(size, 1), 100)),
        // Without an order offsets skip and repeat records; the vendor's own dashboard sends this one.
        ...(isPlain ? {} : newestFirst ? NEWEST_FIRST : { 'sorting[field]': 'id' }),
        ...accountOf(settings, 'account_id'),
      },
    }),
    decode: pageOf,
    isPageRefused: ({ status }) => status === 400 || status === 422,
    maxPageSize: 100,
    newestFirst: 'ids',
  },
  get: {
    request: (target) => ({ method: 'GET', path: TOKENS + path`/${target.id}` }),
    decode: shownOf,
  },
  enable: { answer: 'optional', request: (target) => act(target.id, 'activate'), decode: changedOf },
  disable: { answer: 'optional', request: (target) => act(target.id, 'suspend'), decode: changedOf },
  revoke: { answer: 'optional', request: (target) => act(target.id, 'revoke'), decode: () => undefined },
  remove: {
    answer: 'optional',
    request: (target) => ({ method: 'DELETE', path: TOKENS + path`/${target.id}`, repeatable: true }),
    decode: () => undefined,
  },
  prove: { request: () => ({ method: 'GET', path: '/api/v1/ping' }), decode: identityOf },
  marking: {
    mark: (spec, marker, now) => ({
      ...spec,
      idempotencyKey: `keyturn-${marker}`,
      expiresAt: markExpiry(spec.expiresAt, marker, now),
    }),
    isMarked: (token, marked) => marked.expiresAt !== null && isSameSecond(token.expiresAt, marked.expiresAt),
    replay: 'returns-secret',
  },
};

/** https://docs.prefactor.ai/p2/platform/operations/-33 */
export const prefactor: Provider = {
  id: 'prefactor',
  title: 'Prefactor',
  docs: 'https://docs.prefactor.ai/p2/platform/operations/-33',
  settings: [accountId],
  credential: {
    kind: 'an API token of the account (scope account)',
    page: 'https://app.prefactorai.com/cli/connect',
    narrower: ['--name', 'ci', '--expires-in', '30d'],
    narrowerIs: 'a second token for one job, as powerful as this one, with an end of its own',
    vendorCli: 'prefactor login',
  },
  origin: () => 'https://app.prefactorai.com',
  auth: [bearer],
  facts: {
    handle: 'id',
    names: 'none',
    rotation: 'overlap',
    ends: 'revoke-then-delete',
    secretShown: 'once',
    managedBy: 'an API token with the scope account',
    settleMs: 5_000,
    lists: 'documented',
  },
  tokens,
  probe: { request: () => ({ method: 'GET', path: '/api/v1/ping' }), decode: identityOf },
  instead: {
    'tokens rename': 'Prefactor has no names; the name of a token is kept by keyturn on this machine',
    'keys create':
      'Prefactor has tokens only: {tokens create --token-scope agent_deployment --environment-id ID --agent-id ID}',
    'keys list': 'see {tokens list}',
    'keys expire': 'see {tokens disable REF}',
    'keys rotate': 'see {tokens rotate REF}',
    'projects create': 'Prefactor has environments, made in its app; choose one with `--environment-id`',
    'projects list': 'Prefactor has environments, made in its app; choose one with `--environment-id`',
  },
  checkCredential(secret, now) {
    checkForm(secret, prefactor);
    if (secret.reveal().startsWith('pf_')) return { kind: 'SDK key', expiresAt: null, claims: [] };
    const claims = readJwt(secret);
    const expiresAt = claims?.expiresAt ?? null;
    if (expiresAt !== null && Date.parse(expiresAt) <= now) {
      throw new AppError({
        code: 'auth',
        message: `the token expired at ${expiresAt}`,
        hint: 'make a new one in the app, then {login}',
      });
    }
    const account = accountIn(secret);
    return { kind: 'API token', expiresAt, claims: claims?.ids ?? [], ...(account !== null && { account }) };
  },
  checkIssued: refuseMask,
  readError,
  findRefusal: (body, context) => refusalIn(body, readError, context),
};

function checkReach(scope: string, option: string, value: string | null, isNeeded: boolean): void {
  if (isNeeded && value === null) {
    throw usage(`a token for "${scope}" needs "--${option}"`, `give \`--${option} ID\``);
  }
  if (!isNeeded && value !== null) {
    throw usage(
      `a token for "${scope}" takes no "--${option}"`,
      `leave it out, or give \`--token-scope ${option === 'agent-id' ? 'agent_deployment' : 'environment'}\``,
    );
  }
}

/** Everything is inside `details`, though the vendor's page reads as if it were not; the key is beside it. */
function createBody(spec: TokenSpec, settings: Settings) {
  const environment = find(spec.options, 'environment-id');
  const agent = find(spec.options, 'agent-id');
  const details = {
    token_scope: find(spec.options, 'token-scope') ?? 'account',
    ...accountOf({ ...settings, ...spec.options }, 'account_id'),
    ...(environment !== null && { environment_id: environment }),
    ...(agent !== null && { agent_id: agent }),
    ...(spec.expiresAt !== null && { expires_at: spec.expiresAt }),
  };
  return { details, ...(spec.idempotencyKey !== null && { idempotency_key: spec.idempotencyKey }) };
}

function accountOf(settings: Settings, field: string): Readonly<Record<string, string>> {
  const value = find(settings, 'account-id');
  return value === null ? {} : { [field]: value };
}

function act(tokenId: string, verb: 'activate' | 'suspend' | 'revoke'): HttpRequest {
  return { method: 'POST', path: TOKENS + path`/${tokenId}/${verb}`, body: {}, repeatable: true };
}

function optionsOf(token: Token): Settings {
  const options: Record<string, string> = {};
  for (const name of ['token_scope', 'account_id', 'environment_id', 'agent_id']) {
    const value = token.attributes[name];
    if (typeof value === 'string') options[name.replace('_', '-')] = value;
  }
  return options;
}

/** The end within the same minute, its seconds taken from the marker: the one trace that a list shows. */
function markExpiry(expiresAt: string | null, marker: string, now: number): string | null {
  const ms = parseInstant(expiresAt);
  if (ms === null) return expiresAt;
  const marked = Math.floor(ms / 60_000) * 60_000 + (Number.parseInt(marker.slice(0, 8), 16) % 60) * 1_000;
  return marked > now ? toInstant(marked) : expiresAt;
}

function isSameSecond(a: string | null, b: string | null): boolean {
  const [left, right] = [parseInstant(a), parseInstant(b)];
  return left !== null && right !== null && Math.floor(left / 1_000) === Math.floor(right / 1_000);
}
