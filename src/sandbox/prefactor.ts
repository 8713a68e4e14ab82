import type { Assumptions, VendorOptions } from './assumptions.ts';
import { Ledger } from './ledger.ts';
import { json } from './message.ts';
import { fingerprint } from './new-secrets.ts';
import { createPrefactorAccess, type PrefactorAccess } from './prefactor-access.ts';
import { showAccount, showAccounts } from './prefactor-account.ts';
import { answerPrefactor, readPrefactorBody } from './prefactor-answer.ts';
import type { TokenWish } from './prefactor-create.ts';
import { readTokenWish } from './prefactor-create.ts';
import { makePrefactorIds, type PrefactorIds, readPrefactorIds } from './prefactor-ids.ts';
import { PrefactorIssuer } from './prefactor-issuer.ts';
import { listPage, readListQuery } from './prefactor-list.ts';
import type { ApiToken, TokenAction } from './prefactor-token.ts';
import { hasEnded, readApiToken, requireAction, showDetails, showSummary } from './prefactor-token.ts';
import { Refusal } from './refusal.ts';
import type { Call, Handler, Route } from './route.ts';
import { route } from './route.ts';
import { openSaved } from './saved.ts';
import type { BootstrapLogin, Json, SandboxRequest, SandboxResponse, TokenView, Vendor } from './vendor.ts';
import type { World } from './world.ts';

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
export function createPrefactor(options: VendorOptions): Vendor {
  return new Prefactor(options);
}

class Prefactor implements Vendor {
  readonly id = 'prefactor';
  readonly #world: World;
  readonly #assumptions: Assumptions;
  readonly #issuer: PrefactorIssuer;
  readonly #tokens = new Ledger<ApiToken, string>({ key: (it) => it.id, fingerprints: (it) => [it.hash] });
  readonly #access: PrefactorAccess;
  readonly #replays = new Map<string, Replay>();
  readonly #routes: readonly Route[];
  #ids: PrefactorIds;

  constructor({ world, assumptions }: VendorOptions) {
    this.#world = world;
    this.#assumptions = assumptions;
    this.#issuer = new PrefactorIssuer(world, assumptions);
    this.#access = createPrefactorAccess(this.#tokens, world);
    this.#ids = makePrefactorIds(world);
    this.#routes = this.#makeRoutes(this.#access.accountWide);
  }

  /** Bluebricks' two paths stand under the same prefix. */
  owns(path: string): boolean {
    return /^\/api\/v1\/(?!(auth|environments)(\/|$))/.test(path);
  }

  handle(request: SandboxRequest): SandboxResponse {
    return answerPrefactor(this.#routes, request);
  }

  bootstrap(): BootstrapLogin[] {
    const { secret } = this.#addToken({ ...ACCOUNT_WIDE, expiresAt: undefined });
    return [
      {
        provider: 'prefactor',
        what: 'account-wide API token, from the account settings',
        settings: {
          'account-id': this.#ids.account,
          'environment-id': this.#ids.environment,
          'agent-id': this.#ids.agent,
        },
        secret,
        scheme: 'bearer',
        sentAs: 'Authorization: Bearer <secret>',
      },
    ];
  }

  seedTokens(count: number): void {
    for (let index = 0; index < count; index += 1) this.#addToken({ ...ACCOUNT_WIDE, expiresAt: undefined });
  }

  tokens(): readonly TokenView[] {
    return this.#tokens.all().map((it) => {
      const live = it.status === 'active' && !hasEnded(it, this.#world.now());
      return { id: it.id, name: '', live, fingerprint: it.hash };
    });
  }

  save(): Json {
    return {
      ids: this.#ids,
      tokens: this.#tokens.all(),
      lastUsed: [...this.#access.lastUsed].map(([id, time]) => ({ id, time })),
      replays: [...this.#replays.values()],
    };
  }

  load(saved: unknown): void {
    const from = openSaved(saved, 'prefactor');
    this.#ids = readPrefactorIds(from.one('ids'));
    this.#tokens.replaceAll(from.list('tokens').map(readApiToken));
    this.#access.lastUsed.clear();
    for (const it of from.list('lastUsed')) this.#access.lastUsed.set(it.text('id'), it.number('time'));
    this.#replays.clear();
    for (const it of from.list('replays')) {
      const token = readApiToken(it.one('token'));
      this.#replays.set(it.text('key'), { key: it.text('key'), bodyHash: it.text('bodyHash'), token });
    }
  }

  #makeRoutes(accountWide: PrefactorAccess['accountWide']): readonly Route[] {
    return [
      route('GET', '/api/v1/ping', (call) => this.#ping(call)),
      route(
        'GET',
        '/api/v1/account',
        accountWide(() => showAccounts(this.#ids, this.#assumptions)),
      ),
      route(
        'GET',
        '/api/v1/account/:id',
        accountWide((call) => showAccount(this.#ids, call.param('id'))),
      ),
      route(
        'GET',
        TOKENS,
        accountWide((call) => this.#listTokens(call)),
      ),
      route(
        'POST',
        TOKENS,
        accountWide((call) => this.#createToken(call)),
      ),
      route(
        'GET',
        `${TOKENS}/:id`,
        accountWide((call) => this.#showToken(call)),
      ),
      route('POST', `${TOKENS}/:id/activate`, accountWide(this.#moveTo('active', 'activate'))),
      route('POST', `${TOKENS}/:id/suspend`, accountWide(this.#moveTo('suspended', 'suspend'))),
      route('POST', `${TOKENS}/:id/revoke`, accountWide(this.#moveTo('revoked', 'revoke'))),
      route(
        'DELETE',
        `${TOKENS}/:id`,
        accountWide((call) => this.#deleteToken(call)),
      ),
    ];
  }

  #ping({ request }: Call): SandboxResponse {
    this.#access.authenticate(request);
    return json(200, { status: 'success', details: { token_type: 'api' } });
  }

  #listTokens({ request }: Call): SandboxResponse {
    const { query } = request;
    const account = query.get('account_id');
    const page = listPage({
      tokens: account === null || account === this.#ids.account ? this.#tokens.all() : [],
      query: readListQuery(query),
      lastUsed: (token) => this.#access.lastUsed.get(token.id) ?? 0,
      assumptions: this.#assumptions,
    });
    const summaries = page.tokens.map((token) =>
      showSummary(token, this.#ids, this.#access.lastUsed.get(token.id)),
    );
    return json(200, { status: 'success', pagination: page.pagination, sorting: page.sorting, summaries });
  }

  #createToken({ request }: Call): SandboxResponse {
    const body = readPrefactorBody(request);
    const headerKey = request.headers['idempotency-key'];
    const environmentScope = this.#assumptions.prefactorEnvironmentScope;
    const wish = readTokenWish({ fields: body, headerKey, environmentScope }, this.#ids, this.#world.now());
    const bodyHash = fingerprint(JSON.stringify(body));
    const earlier =
      this.#assumptions.prefactorIdempotency === 'ignore'
        ? undefined
        : this.#replays.get(wish.idempotencyKey ?? '');
    if (earlier !== undefined) return this.#replay(earlier, bodyHash);
    const { record, secret } = this.#addToken(wish);
    if (wish.idempotencyKey !== undefined)
      this.#replays.set(wish.idempotencyKey, { key: wish.idempotencyKey, bodyHash, token: record });
    return this.#success(record, secret);
  }

  #replay({ token, bodyHash }: Replay, newBodyHash: string): SandboxResponse {
    if (bodyHash !== newBodyHash)
      throw new Refusal(409, 'invalid_action', 'The idempotency key was used with another body');
    const secret = this.#issuer.secretOf(token, this.#ids);
    // After a restart the signing key is another one, and the first token cannot be shown again.
    const canShow = this.#assumptions.prefactorIdempotency === 'replay' && fingerprint(secret) === token.hash;
    return canShow ? this.#success(token, secret) : this.#success(token);
  }

  #showToken(call: Call): SandboxResponse {
    return this.#success(this.#findToken(call));
  }

  #moveTo(status: string, action: TokenAction): Handler {
    return (call) => {
      readPrefactorBody(call.request, 'may be empty');
      const token = this.#findToken(call);
      requireAction(token, action);
      return this.#success(this.#tokens.put({ ...token, status, updatedAt: this.#world.now() }));
    };
  }

  #deleteToken(call: Call): SandboxResponse {
    const token = this.#findToken(call);
    requireAction(token, 'delete');
    this.#tokens.remove(token.id);
    this.#access.lastUsed.delete(token.id);
    return json(200, { status: 'success' });
  }

  #findToken(call: Call): ApiToken {
    const token = this.#tokens.get(call.param('id'));
    if (token === undefined) throw new Refusal(404, 'not_found', 'Api token not found');
    return token;
  }

  #success(token: ApiToken, secret?: string): SandboxResponse {
    const details = showDetails(token, this.#ids, this.#access.lastUsed.get(token.id));
    return json(200, { status: 'success', details, ...(secret === undefined ? {} : { token: secret }) });
  }

  #addToken(wish: Omit<TokenWish, 'idempotencyKey'>): { record: ApiToken; secret: string } {
    const { token, secret } = this.#issuer.issue(wish, this.#ids);
    return { record: this.#tokens.put(token), secret };
  }
}
