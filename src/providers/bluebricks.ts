import { AppError, usage } from '../domain/errors.ts';
import type { Secret } from '../domain/secret.ts';
import { refuseMask } from '../domain/secret-input.ts';
import type { Token } from '../domain/token.ts';
import type { CredentialNote } from '../ports/credential-note.ts';
import type { Page, PageContext } from '../ports/paging.ts';
import type { Provider, ProviderProblem, TokenApi, TokenTarget } from '../ports/provider.ts';
import type { ErrorAnswer, HttpRequest } from '../ports/request.ts';
import { bearer } from './bearer.ts';
import { attributes, dates, type Fields, flag, id, isFields, pick, text } from './decode.ts';
import { needSecret } from './envelope.ts';
import { readJwt } from './jwt.ts';
import { personIn } from './jwt-account.ts';
import { checkForm } from './known-forms.ts';
import { readProblem } from './problem.ts';
import { type ListShape, readPage, readRecords } from './records.ts';
import { refusalIn } from './refusal.ts';
import { checkName, checkOptions, markName, refuseExpiry } from './spec.ts';

const SECRET = { documented: ['api_key'], form: /^bbx_\S+$/ };
const NOTHING_KNOWN = { account: null, subject: null, scopes: null, expiresAt: null };

const TOKENS: ListShape<Token> = {
  names: ['list'],
  ids: ['id'],
  decode: tokenOf,
  paging: { offset: 'offset', untilEmpty: true },
};

const tokens: TokenApi = {
  required: ['name'],
  options: [],
  checkSpec(spec) {
    checkOptions(spec, []);
    refuseExpiry(spec, 'leave the expiry out, and end the token with `keyturn tokens disable NAME`');
    if (spec.scopes.length > 0) {
      throw usage('Bluebricks gives every token the same permissions', 'leave `--scope` out');
    }
    return { ...spec, name: checkName(spec.name) };
  },
  specOf: (token) => ({ name: token.name, scopes: [], expiresAt: null, options: {}, idempotencyKey: null }),
  create: {
    request: (spec) => ({ method: 'POST', path: '/api/v1/auth/key', body: { name: checkName(spec.name) } }),
    // The answer is the secret alone: id and dates are found by listing.
    decode: (body, _input, own) => ({ item: null, secret: needSecret(body, SECRET, { own }) }),
  },
  list: {
    request: (_input, _settings, { size, newestFirst }) => ({
      method: 'GET',
      path: '/api/v1/auth/keys',
      query: {
        offset: '0',
        limit: String(Math.max(size, 1)),
        ...(newestFirst ? { sort: 'created_at', order: 'desc' } : {}),
      },
    }),
    decode: pageOf,
    // Twenty unless asked; the most is not published, so the pages follow what came back.
    maxPageSize: 100,
    newestFirst: 'dates',
    isEmptyAnswer: hasNoKeys,
    isPageRefused: ({ status, body }) =>
      status === 400 && /limit|order|sort/i.test(JSON.stringify(body) ?? ''),
  },
  // What these two answer is not published.
  enable: { answer: 'optional', request: (target) => set('activate', target), decode: () => null },
  disable: { answer: 'optional', request: (target) => set('deactivate', target), decode: () => null },
  prove: {
    request: () => ({ method: 'GET', path: '/api/v1/environments' }),
    decode: () => NOTHING_KNOWN,
  },
  marking: {
    mark: (spec, marker, now) => ({ ...spec, name: markName(spec.name, marker, now) }),
    isMarked: (token, marked) => marked.name !== null && token.name === marked.name,
    replay: 'conflict',
  },
};

/** https://bluebricks.co/docs/api/authenticate/authentication */
export const bluebricks: Provider = {
  id: 'bluebricks',
  title: 'Bluebricks',
  docs: 'https://bluebricks.co/docs/api/authenticate/authentication',
  settings: [],
  credential: {
    kind: 'the session (JWT) of `bricks login`, of a person with the role Admin',
    page: 'https://bluebricks.co/docs/bricks-cli/authentication',
    narrower: ['--name', 'ci'],
    narrowerIs:
      'a token for one job; Bluebricks has no scopes, so it may do whatever the API allows its tokens',
    vendorCli: 'bricks login',
  },
  origin: () => 'https://api.bluebricks.co',
  auth: [bearer],
  facts: {
    handle: 'name',
    names: 'unique',
    rotation: 'named',
    ends: 'disable-only',
    secretShown: 'once',
    managedBy: 'the session of `bricks login`',
    settleMs: 2_000,
    lists: 'documented',
    managerIsSession: true,
    lastUse: 'untold',
  },
  tokens,
  probe: {
    request: () => ({ method: 'GET', path: '/api/v1/auth/keys', query: { offset: '0', limit: '1' } }),
    decode(body) {
      readRecords(body, TOKENS);
      return NOTHING_KNOWN;
    },
    isEmptyAnswer: hasNoKeys,
  },
  instead: {
    'tokens get': 'see {tokens list}',
    'tokens revoke': 'Bluebricks cannot revoke a token: {tokens disable NAME} stops it',
    'tokens delete': 'Bluebricks never deletes a token: {tokens disable NAME} stops it',
    'tokens rename': 'names are fixed: make a token with the new name, then {tokens disable NAME}',
    'keys create': 'Bluebricks has tokens only: {tokens create}',
    'keys list': 'see {tokens list}',
    'keys expire': 'see {tokens disable NAME}',
    'keys rotate': 'see {tokens rotate NAME}',
    'projects create': 'Bluebricks has environments, made with its own CLI, `bricks`',
    'projects list': 'Bluebricks has environments, listed by its own CLI, `bricks`',
  },
  checkCredential,
  checkIssued: refuseMask,
  readError,
  findRefusal: (body, context) => refusalIn(body, readError, context),
};

/** An API token cannot manage API tokens, whatever older pages of the vendor say: better told before a 403. */
function checkCredential(secret: Secret, now: number): CredentialNote {
  checkForm(secret, bluebricks);
  if (secret.reveal().startsWith('bbx_')) {
    throw new AppError({
      code: 'auth',
      message: 'an API token of Bluebricks cannot manage API tokens',
      hint: 'run `bricks login`, then {login --from-cli}: its session (a JWT) can',
    });
  }
  const jwt = readJwt(secret);
  const expiresAt = jwt?.expiresAt ?? null;
  if (expiresAt !== null && Date.parse(expiresAt) <= now) {
    throw new AppError({
      code: 'auth',
      message: `the session of Bluebricks expired at ${expiresAt}`,
      hint: 'run `bricks login`',
    });
  }
  const account = personIn(secret);
  // The session is a person's and no token of the list, whatever its `jti` is.
  return {
    kind: jwt === null ? 'unknown credential' : 'session of `bricks login`',
    expiresAt,
    claims: [],
    ...(account !== null && { account }),
  };
}

function readError(answer: ErrorAnswer): ProviderProblem {
  return readProblem(answer, {
    requestIdHeader: 'x-request-id',
    hints: {
      401: 'the session has ended: run `bricks login`; a session that was copied with `--with-token` also needs {login}',
      403: 'this needs the session of `bricks login` and the role Admin; a `bbx_` token cannot do it',
      404: 'see {tokens list} for the names',
      409: 'names are never freed, even of disabled tokens: choose another `--name`',
    },
  });
}

function set(verb: 'activate' | 'deactivate', target: TokenTarget): HttpRequest {
  if (target.name === null || target.name === '') {
    throw usage('Bluebricks knows its tokens by name', 'give the name as `keyturn tokens list` shows it');
  }
  return { method: 'POST', path: `/api/v1/auth/key/${verb}`, body: { name: target.name }, repeatable: true };
}

function tokenOf(fields: Fields): Token {
  const isOff = flag(fields, 'is_disabled', 'isDisabled', 'disabled') === true;
  return {
    id: id(fields, 'id'),
    name: text(fields, 'name'),
    status: isOff ? 'disabled' : 'active',
    scopes: null,
    ...dates(fields, {
      createdAt: ['created_at', 'createdAt'],
      expiresAt: ['expiration_time', 'expirationTime'],
    }),
    lastUsedAt: null,
    createdBy: creatorOf(fields),
    attributes: attributes(fields, 'updated_at', 'created_by', 'is_disabled'),
  };
}

function creatorOf(fields: Fields): string | null {
  const creator = pick(fields, ['created_by', 'createdBy']);
  return isFields(creator)
    ? text(creator, 'name', 'nickname', 'id')
    : text(fields, 'created_by', 'createdBy');
}

function pageOf(body: unknown, page: PageContext): Page<Token> {
  return readPage(body, page, TOKENS);
}

/** The list of an organization that never had a key is documented as a 404 of these words. */
function hasNoKeys({ status, body }: ErrorAnswer): boolean {
  return status === 404 && /key not found in organi[sz]ation/i.test(JSON.stringify(body) ?? '');
}
