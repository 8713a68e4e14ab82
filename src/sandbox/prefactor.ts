import type { VendorOptions } from './assumptions.ts';
import { Ledger } from './ledger.ts';
import { json } from './message.ts';
import { fingerprint, issue } from './mint.ts';
import { createPrefactorAccess } from './prefactor-access.ts';
import { showAccount, showAccounts } from './prefactor-account.ts';
import { answerPrefactor, readPrefactorBody } from './prefactor-answer.ts';
import type { TokenWish } from './prefactor-create.ts';
import { readTokenWish } from './prefactor-create.ts';
import { makePrefactorIds, newPfid, readPrefactorIds } from './prefactor-ids.ts';
import { tokenJwt } from './prefactor-jwt.ts';
import { listPage, readListQuery } from './prefactor-list.ts';
import type { ApiToken, TokenAction } from './prefactor-token.ts';
import { hasEnded, mayDo, readApiToken, showDetails, showSummary } from './prefactor-token.ts';
import { Refusal } from './refusal.ts';
import type { Call, Handler, Route } from './route.ts';
import { route } from './route.ts';
import { openSaved } from './saved.ts';
import type { BootstrapLogin, SandboxResponse, Vendor } from './vendor.ts';

const TOKENS = '/api/v1/api_token';
const ACCOUNT_WIDE = {
  scope: 'account',
  environmentId: null,
  agentId: null,
  agentDeploymentId: null,
} as const;

/** A create that came with an idempotency key, and the record as it was then: never the token itself. */
type Replay = { readonly key: string; readonly bodyHash: string; readonly token: ApiToken };

/**
 * Prefactor's API tokens for one account. Sources: https://docs.prefactor.ai/p2/platform/operations/-33 and the
 * vendor's published CLI (github.com/prefactordev/typescript-sdk).
 *
 * ASSUMPTION: 200 everywhere; 401 `bad_authtoken` for an expired, suspended or revoked caller; only account-wide
 * tokens may call anything but `ping`; idempotency keys matter to a create only, and another body under the same
 * key is a 409.
 */
export function createPrefactor({ world, assumptions }: VendorOptions): Vendor {
  const signingKey = world.random(32);
  const tokens = new Ledger<ApiToken, string>({ key: (it) => it.id, fingerprints: (it) => [it.hash] });
  const { lastUsed, authenticate, accountWide } = createPrefactorAccess(tokens, world);
  const replays = new Map<string, Replay>();
  let ids = makePrefactorIds(world);

  const routes: readonly Route[] = [
    route('GET', '/api/v1/ping', ping),
    route(
      'GET',
      '/api/v1/account',
      accountWide(() => showAccounts(ids, assumptions)),
    ),
    route(
      'GET',
      '/api/v1/account/:id',
      accountWide((call) => showAccount(ids, call.param('id'))),
    ),
    route('GET', TOKENS, accountWide(listTokens)),
    route('POST', TOKENS, accountWide(createToken)),
    route('GET', `${TOKENS}/:id`, accountWide(showToken)),
    route('POST', `${TOKENS}/:id/activate`, accountWide(moveTo('active', 'activate'))),
    route('POST', `${TOKENS}/:id/suspend`, accountWide(moveTo('suspended', 'suspend'))),
    route('POST', `${TOKENS}/:id/revoke`, accountWide(moveTo('revoked', 'revoke'))),
    route('DELETE', `${TOKENS}/:id`, accountWide(deleteToken)),
  ];

  function ping({ request }: Call): SandboxResponse {
    authenticate(request);
    return json(200, { status: 'success', details: { token_type: 'api' } });
  }

  function listTokens({ request }: Call): SandboxResponse {
    const { query } = request;
    const account = query.get('account_id');
    const page = listPage({
      tokens: account === null || account === ids.account ? tokens.all() : [],
      query: readListQuery(query),
      lastUsed: (token) => lastUsed.get(token.id) ?? 0,
      assumptions,
    });
    const summaries = page.tokens.map((token) => showSummary(token, ids, lastUsed.get(token.id)));
    return json(200, { status: 'success', pagination: page.pagination, sorting: page.sorting, summaries });
  }

  function createToken({ request }: Call): SandboxResponse {
    const body = readPrefactorBody(request);
    const headerKey = request.headers['idempotency-key'];
    const environmentScope = assumptions.prefactorEnvironmentScope;
    const wish = readTokenWish({ fields: body, headerKey, environmentScope }, ids, world.now());
    const bodyHash = fingerprint(JSON.stringify(body));
    const earlier =
      assumptions.prefactorIdempotency === 'ignore' ? undefined : replays.get(wish.idempotencyKey ?? '');
    if (earlier !== undefined) return replay(earlier, bodyHash);
    const { record, secret } = addToken(wish);
    if (wish.idempotencyKey !== undefined)
      replays.set(wish.idempotencyKey, { key: wish.idempotencyKey, bodyHash, token: record });
    return success(record, secret);
  }

  function replay({ token, bodyHash }: Replay, newBodyHash: string): SandboxResponse {
    if (bodyHash !== newBodyHash)
      throw new Refusal(409, 'invalid_action', 'The idempotency key was used with another body');
    const secret = jwtOf(token);
    // After a restart the signing key is another one, and the first token cannot be shown again.
    const canShow = assumptions.prefactorIdempotency === 'replay' && fingerprint(secret) === token.hash;
    return canShow ? success(token, secret) : success(token);
  }

  function showToken(call: Call): SandboxResponse {
    return success(findToken(call));
  }

  function moveTo(status: string, action: TokenAction): Handler {
    return (call) => {
      readPrefactorBody(call.request, 'may be empty');
      const token = findToken(call);
      requireAction(token, action);
      return success(tokens.put({ ...token, status, updatedAt: world.now() }));
    };
  }

  function deleteToken(call: Call): SandboxResponse {
    const token = findToken(call);
    requireAction(token, 'delete');
    tokens.remove(token.id);
    lastUsed.delete(token.id);
    return json(200, { status: 'success' });
  }

  function findToken(call: Call): ApiToken {
    const token = tokens.get(call.param('id'));
    if (token === undefined) throw new Refusal(404, 'not_found', 'Api token not found');
    return token;
  }

  function success(token: ApiToken, secret?: string): SandboxResponse {
    const details = showDetails(token, ids, lastUsed.get(token.id));
    return json(200, { status: 'success', details, ...(secret === undefined ? {} : { token: secret }) });
  }

  function addToken(wish: Omit<TokenWish, 'idempotencyKey'>) {
    const now = world.now();
    const fields = {
      id: newPfid(world, ids.partition),
      scope: wish.scope,
      environmentId: wish.environmentId,
      agentId: wish.agentId,
      agentDeploymentId: wish.agentDeploymentId,
      status: 'active',
      expiresAt: endOf(wish, now),
      insertedAt: now,
      updatedAt: now,
    };
    const secret = issue(world, jwtOf(fields));
    return { record: tokens.put({ ...fields, hash: fingerprint(secret) }), secret };
  }

  function endOf({ expiresAt }: Pick<TokenWish, 'expiresAt'>, now: number): number | null {
    const usual = now + assumptions.prefactorLifetimeSeconds * 1000;
    if (expiresAt === undefined || assumptions.prefactorExpiry === 'ignored') return usual;
    return assumptions.prefactorExpiry === 'never' ? null : expiresAt;
  }

  function jwtOf(token: Omit<ApiToken, 'hash'>): string {
    return tokenJwt(token, { ids, key: signingKey, claims: assumptions.prefactorClaims });
  }

  function bootstrap(): BootstrapLogin[] {
    const { secret } = addToken({ ...ACCOUNT_WIDE, expiresAt: undefined });
    return [
      {
        provider: 'prefactor',
        what: 'account-wide API token, from the account settings',
        settings: { 'account-id': ids.account, 'environment-id': ids.environment, 'agent-id': ids.agent },
        secret,
        scheme: 'bearer',
        sentAs: 'Authorization: Bearer <secret>',
      },
    ];
  }

  function load(saved: unknown): void {
    const from = openSaved(saved, 'prefactor');
    ids = readPrefactorIds(from.one('ids'));
    tokens.replaceAll(from.list('tokens').map(readApiToken));
    lastUsed.clear();
    for (const it of from.list('lastUsed')) lastUsed.set(it.text('id'), it.number('time'));
    replays.clear();
    for (const it of from.list('replays')) {
      const token = readApiToken(it.one('token'));
      replays.set(it.text('key'), { key: it.text('key'), bodyHash: it.text('bodyHash'), token });
    }
  }

  return {
    id: 'prefactor',
    // Bluebricks' two paths stand under the same prefix.
    owns: (path) => /^\/api\/v1\/(?!(auth|environments)(\/|$))/.test(path),
    handle: (request) => answerPrefactor(routes, request),
    bootstrap,
    seedTokens(count) {
      for (let index = 0; index < count; index += 1) addToken({ ...ACCOUNT_WIDE, expiresAt: undefined });
    },
    tokens: () =>
      tokens.all().map((it) => {
        const live = it.status === 'active' && !hasEnded(it, world.now());
        return { id: it.id, name: '', live, fingerprint: it.hash };
      }),
    save: () => ({
      ids,
      tokens: tokens.all(),
      lastUsed: [...lastUsed].map(([id, time]) => ({ id, time })),
      replays: [...replays.values()],
    }),
    load,
  };
}

function requireAction(token: ApiToken, action: TokenAction): void {
  if (!mayDo(token, action))
    throw new Refusal(409, 'invalid_action', `Cannot ${action} a token that is ${token.status}`);
}
