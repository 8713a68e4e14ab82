import { usage } from '../domain/errors.ts';
import { refuseMask } from '../domain/secret-input.ts';
import { parseInstant, toInstant } from '../domain/time.ts';
import type { KeyApi, ProjectApi, Provider, ProviderProblem, TokenApi } from '../ports/provider.ts';
import type { ErrorAnswer, Settings } from '../ports/request.ts';
import { bearer } from './bearer.ts';
import {
  changedKey,
  createdProject,
  issuedKey,
  issuedToken,
  KEYS,
  PROJECTS,
  rotatedKey,
  rotatedToken,
  TOKENS,
} from './errova-answers.ts';
import { keysOf, machineTokens, org } from './errova-paths.ts';
import { documentedProbe, probe } from './errova-probe.ts';
import { session } from './errova-session.ts';
import { checkForm } from './known-forms.ts';
import { path } from './path.ts';
import { readProblem } from './problem.ts';
import { readPage, readRecords } from './records.ts';
import { refusalIn } from './refusal.ts';
import { need } from './settings.ts';
import { checkName, checkOptions, checkScopes, refuseExpiry } from './spec.ts';

const SCOPES_HINT = 'give `--scope org.read` (inventory) or `--scope org.admin` (projects, keys, alerts)';

const tokens: TokenApi = {
  required: ['name', 'scope'],
  options: [],
  checkSpec(spec) {
    checkOptions(spec, []);
    refuseExpiry(spec, 'leave the expiry out, and replace the token in time with `keyturn tokens rotate`');
    return { ...spec, name: checkName(spec.name), scopes: checkScopes(spec.scopes, SCOPES_HINT) };
  },
  specOf: (token) => ({
    name: token.name,
    scopes: token.scopes ?? [],
    expiresAt: null,
    options: {},
    idempotencyKey: null,
  }),
  create: {
    auth: ['session', 'bearer'],
    request: (spec, settings) => ({
      method: 'POST',
      path: machineTokens(settings),
      body: { label: spec.name ?? '', scopes: spec.scopes },
    }),
    decode: issuedToken,
  },
  // Inferred: `org.read` is for inventory, so there is a list; its path is the one that creates.
  list: {
    request: (_input, settings) => ({ method: 'GET', path: machineTokens(settings) }),
    decode: (body, page) => readPage(body, page, TOKENS),
    maxPageSize: 100,
  },
  rotate: {
    request: ({ id }, settings) => ({
      method: 'POST',
      path: machineTokens(settings) + path`/${id}/rotate`,
      body: {},
    }),
    decode: rotatedToken,
  },
  revoke: {
    answer: 'optional',
    request: ({ id }, settings) => deleteToken(id, settings),
    decode: () => undefined,
  },
  remove: {
    answer: 'optional',
    request: ({ id }, settings) => deleteToken(id, settings),
    decode: () => undefined,
  },
  prove: {
    request: (_token, settings) => ({ method: 'GET', path: machineTokens(settings) }),
    decode(body, token) {
      const own = readRecords(body, TOKENS).items.find((listed) => listed.id === token.id);
      return {
        account: null,
        subject: own?.name ?? null,
        scopes: own?.scopes ?? null,
        expiresAt: own?.expiresAt ?? null,
      };
    },
  },
};

const keys: KeyApi = {
  create: {
    request: ({ project, name, type }, settings) => ({
      method: 'POST',
      path: keysOf(project, settings),
      body: { label: checkName(name), keyType: type },
    }),
    decode: (body, { type }, own) => issuedKey(body, type, own),
  },
  // Inferred, as the list of tokens.
  list: {
    request: ({ project }, settings) => ({ method: 'GET', path: keysOf(project, settings) }),
    decode: (body, page) => readPage(body, page, KEYS),
    maxPageSize: 100,
  },
  expire: {
    answer: 'optional',
    request: ({ project, id, expiresAt }, settings) => ({
      method: 'PATCH',
      path: keysOf(project, settings) + path`/${id}`,
      body: { expiresAt: wholeSeconds(expiresAt) },
      repeatable: true,
    }),
    decode: changedKey,
  },
  rotate: {
    request: ({ project, id }, settings) => ({
      method: 'POST',
      path: keysOf(project, settings) + path`/${id}/rotate`,
      body: {},
    }),
    decode: rotatedKey,
  },
};

const projects: ProjectApi = {
  create: {
    request: ({ name, platform, environment }, settings) => ({
      method: 'POST',
      path: path`/api/organizations/${need(settings, org)}/projects`,
      body: { name: checkName(name), platform, environment },
    }),
    decode: createdProject,
  },
  // Inferred, as the list of tokens.
  list: {
    request: (_input, settings) => ({
      method: 'GET',
      path: path`/api/organizations/${need(settings, org)}/projects`,
    }),
    decode: (body, page) => readPage(body, page, PROJECTS),
    maxPageSize: 100,
  },
};

/** https://errova.com/docs/api/management-api */
export const errova: Provider = {
  id: 'errova',
  title: 'Errova',
  docs: 'https://errova.com/docs/api/management-api',
  settings: [org],
  credential: {
    kind: 'a machine token with the scope org.admin (org.read is enough to list)',
    page: 'https://errova.com/docs/api/management-api',
    narrower: ['--session', '--name', 'ci', '--scope', 'org.read'],
    narrowerIs: 'a token for one job that may only read',
    sessionScopes: ['org.admin'],
  },
  origin: () => 'https://api.errova.com',
  auth: [bearer, session],
  facts: {
    handle: 'id',
    names: 'free',
    rotation: 'in-place',
    ends: 'delete',
    secretShown: 'once',
    managedBy: 'a machine token with org.admin; new tokens need a browser session',
    settleMs: 2_000,
    lists: 'inferred',
  },
  tokens,
  keys,
  projects,
  probe,
  documentedProbe,
  isPlaceMissing: (message) => /\borgani[sz]ation\b/i.test(message),
  instead: {
    'tokens get': 'see {tokens list}',
    'tokens enable': 'Errova cannot pause a token: make a new one with {tokens create}',
    'tokens disable': 'Errova cannot pause a token: {tokens revoke REF} ends it for good',
    'tokens rename': 'make a token with the new name, then {tokens revoke REF}',
  },
  checkCredential: (secret) => {
    checkForm(secret, errova);
    return { kind: 'machine token', expiresAt: null, claims: [] };
  },
  checkIssued: refuseMask,
  readError,
  findRefusal: (body, context) => refusalIn(body, readError, context),
};

function deleteToken(id: string, settings: Settings) {
  return { method: 'DELETE', path: machineTokens(settings) + path`/${id}`, repeatable: true } as const;
}

/** Errova's own example has no fractions. */
function wholeSeconds(at: string): string {
  const ms = parseInstant(at);
  if (ms === null) throw usage('that is not a date', 'give `--in 30d` or `--at 2026-12-31`');
  return toInstant(Math.floor(ms / 1_000) * 1_000);
}

function readError(answer: ErrorAnswer): ProviderProblem {
  return readProblem(answer, {
    requestIdHeader: 'x-request-id',
    hints: {
      401: 'the token was rotated or revoked, or the session has ended: {login}',
      403: 'changes need the scope org.admin; new tokens need a browser session: {tokens create}',
      404: 'check `--org` and `--project`, and the id with the matching `list`',
    },
  });
}
