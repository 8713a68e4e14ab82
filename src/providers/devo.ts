import { usage } from '../domain/errors.ts';
import { refuseMask } from '../domain/secret-input.ts';
import type { Token } from '../domain/token.ts';
import type { Provider, Setting, TokenApi, TokenOption, TokenSpec } from '../ports/provider.ts';
import type { HttpRequest, Settings } from '../ports/request.ts';
import { bearer } from './bearer.ts';
import { accountOf, changedOf, issuedOf, readError, shownOf, TOKENS } from './devo-answers.ts';
import { checkForm } from './known-forms.ts';
import { path } from './path.ts';
import { readPage } from './records.ts';
import { refusalIn } from './refusal.ts';
import { find, matches, need } from './settings.ts';
import { checkName, checkOptions, checkScopes, markName, refuseExpiry } from './spec.ts';

const region: Setting = {
  name: 'region',
  about: 'where the domain lives',
  required: true,
  placeholder: 'us',
  choices: ['us', 'eu', 'ca', 'apac', 'es'],
  check: matches(/^(us|eu|ca|apac|es)$/, 'a region of Devo', 'choose one of us, eu, ca, apac, es'),
};

const domain: Setting = {
  name: 'domain',
  about: 'the Devo domain; for a child domain in full, child@parent',
  required: true,
  placeholder: 'acme',
  check: matches(
    /^[A-Za-z0-9][A-Za-z0-9._-]{0,127}(@[A-Za-z0-9][A-Za-z0-9._-]{0,127})?$/,
    'a Devo domain',
    'write `--domain acme`, or `--domain child@parent` for a child domain',
  ),
};

const OPTIONS: readonly TokenOption[] = [
  { name: 'user', about: 'the user that the token is for', placeholder: 'user@example.com' },
  {
    name: 'audience',
    about:
      'the APIs that accept the token: aggregations, apiv2, apiv2-admin, alerts, http; several with commas',
    placeholder: 'apiv2',
  },
];
const SCOPES_HINT =
  'without one Devo would grant every table: give `--scope table://my.app.** --scope level://admin`';
const tokens: TokenApi = {
  options: OPTIONS,
  required: ['name', 'user', 'audience', 'scope'],
  choosesEnd: true,
  checkSpec(spec) {
    checkOptions(spec, OPTIONS);
    refuseExpiry(spec, 'leave the expiry out: Devo gives each token the lifetime of its domain');
    const user = find(spec.options, 'user');
    if (user === null) throw usage('the token has no user', 'give `--user user@example.com`');
    const audience = (find(spec.options, 'audience') ?? '').split(/[\s,]+/).filter((word) => word !== '');
    if (audience.length === 0) throw usage('the token has no audience', 'give `--audience apiv2`');
    return {
      ...spec,
      name: checkName(spec.name),
      scopes: checkScopes(spec.scopes, SCOPES_HINT),
      options: { user: user.trim(), audience: [...new Set(audience)].join(' ') },
    };
  },
  specOf: (token) => ({
    name: token.name,
    scopes: token.scopes ?? [],
    expiresAt: null,
    options: optionsOf(token),
    idempotencyKey: null,
  }),
  create: {
    request: (spec, settings) => ({
      method: 'POST',
      path: tokensOf(settings),
      body: createBody(spec),
    }),
    // Whether the value is shown here is not published; `get` shows it.
    decode: issuedOf,
  },
  list: {
    request: (_input, settings) => ({ method: 'GET', path: tokensOf(settings) }),
    decode: (body, page) => readPage(body, page, TOKENS),
    maxPageSize: 1_000,
  },
  get: {
    request: ({ id }, settings) => ({ method: 'GET', path: tokensOf(settings) + path`/${id}` }),
    decode: shownOf,
  },
  enable: {
    answer: 'optional',
    request: (target, settings) => put(target.id, 'enable', settings),
    decode: changedOf,
  },
  disable: {
    answer: 'optional',
    request: (target, settings) => put(target.id, 'disable', settings),
    decode: changedOf,
  },
  rename: {
    answer: 'optional',
    request: (target, settings) => ({
      ...put(target.id, 'rename', settings),
      body: { name: checkName(target.newName) },
    }),
    decode: changedOf,
  },
  revoke: {
    answer: 'optional',
    request: (target, settings) => deleteToken(target.id, settings),
    decode: () => undefined,
  },
  remove: {
    answer: 'optional',
    request: (target, settings) => deleteToken(target.id, settings),
    decode: () => undefined,
  },
  // No `prove`: a token for another audience cannot call this API, so the managing credential reads it back.
  marking: {
    mark: (spec, marker, now) => ({ ...spec, name: markName(spec.name, marker, now) }),
    isMarked: (token, marked) => marked.name !== null && token.name === marked.name,
    replay: 'duplicates',
  },
};

/** https://devodocs.atlassian.net/wiki/spaces/LAD/pages/984069625 */
export const devo: Provider = {
  id: 'devo',
  title: 'Devo',
  docs: 'https://devodocs.atlassian.net/wiki/spaces/LAD/pages/984069625/DRAFT+Basic+Operations',
  settings: [region, domain],
  credential: {
    kind: 'a token of the type "Credentials API", of a user whose role may manage API credentials',
    page: 'https://devodocs.atlassian.net/wiki/spaces/latest/pages/94763821',
    narrowerIs: 'a token for one job, with the scopes that you give it',
    narrower: [
      ...['--name', 'etl', '--user', 'me@example.com', '--audience', 'apiv2'],
      ...['--scope', 'table://my.app level://admin'],
    ],
  },
  origin: (settings) => `https://api-${region.check(need(settings, region))}.devo.com`,
  auth: [bearer],
  facts: {
    handle: 'id',
    names: 'free',
    rotation: 'overlap',
    ends: 'delete',
    secretShown: 'again',
    managedBy: 'a token of the type "Credentials API"',
    settleMs: 5_000,
    lists: 'documented',
    lastUse: 'untold',
  },
  tokens,
  probe: {
    request: (_input, settings) => ({ method: 'GET', path: tokensOf(settings) }),
    decode: (body) => ({ account: accountOf(body), subject: null, scopes: null, expiresAt: null }),
  },
  instead: {
    'keys create': 'Devo has tokens only: {tokens create --audience http} makes one that sends events',
    'keys list': 'see {tokens list}',
    'keys expire': 'see {tokens disable REF}',
    'keys rotate': 'see {tokens rotate REF}',
    'projects create': 'Devo has domains, made in its web app; choose one with `--domain`',
    'projects list': 'Devo has domains, made in its web app; choose one with `--domain`',
  },
  checkCredential(secret) {
    checkForm(secret, devo);
    return { kind: 'Credentials API token', expiresAt: null, claims: [] };
  },
  checkIssued: refuseMask,
  readError,
  findRefusal: (body, context) => refusalIn(body, readError, context),
};

function tokensOf(settings: Settings): string {
  return path`/ws/accounts/${need(settings, domain)}/credentials/tokens`;
}

function put(tokenId: string, verb: 'enable' | 'disable' | 'rename', settings: Settings): HttpRequest {
  return { method: 'PUT', path: tokensOf(settings) + path`/${tokenId}/${verb}`, repeatable: true };
}

function deleteToken(tokenId: string, settings: Settings): HttpRequest {
  return { method: 'DELETE', path: tokensOf(settings) + path`/${tokenId}`, repeatable: true };
}

/** Exactly these fields: Devo rejects any other. `scopes` here, `scope` in answers. */
function createBody(spec: TokenSpec) {
  return {
    name: spec.name ?? '',
    user: find(spec.options, 'user') ?? '',
    audience: find(spec.options, 'audience') ?? '',
    scopes: spec.scopes.join(' '),
  };
}

function optionsOf(token: Token): Settings {
  const { user, audience } = token.attributes;
  return {
    ...(typeof user === 'string' && { user }),
    ...(typeof audience === 'string' && { audience }),
  };
}
