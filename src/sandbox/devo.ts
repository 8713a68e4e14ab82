import type { Assumptions, SeedOptions, VendorOptions } from './assumptions.ts';
import { answerDevo, badRequest, forbidden, readDevoFields } from './devo-answer.ts';
import type { DevoToken } from './devo-token.ts';
import {
  areAudiences,
  areScopes,
  CREDENTIALS_AUDIENCE,
  isActive,
  readDevoToken,
  showDevoToken,
  showValue,
} from './devo-token.ts';
import { Ledger } from './ledger.ts';
import { bearerOf, isText, json, noContent } from './message.ts';
import { fingerprint, issue, randomHex } from './new-secrets.ts';
import { Refusal } from './refusal.ts';
import type { Call, Handler, Route } from './route.ts';
import { route } from './route.ts';
import { openSaved } from './saved.ts';
import type { BootstrapLogin, Json, SandboxRequest, SandboxResponse, TokenView, Vendor } from './vendor.ts';
import type { World } from './world.ts';

const TOKENS = '/ws/accounts/:account/credentials/tokens';
const EVERY_TABLE = 'table://*.**';
const YEAR_MS = 365 * 86_400_000;

type NewToken = Pick<DevoToken, 'name' | 'user' | 'owner' | 'audience' | 'scope'>;

/**
 * Devo's Credentials API for one domain. Sources: the vendor's "Token operations in the Credentials API" and
 * "Troubleshooting the Credentials API".
 *
 * ASSUMPTION: 201 for a create, 200 for a change, 204 for a delete; 400 for what validation refuses; 404 for an
 * unknown id; the value's field is `token`; names may repeat; enabling twice is no error, and enabling an expired
 * token leaves it inactive.
 */
export function createDevo(options: VendorOptions): Vendor {
  return new Devo(options);
}

class Devo implements Vendor {
  readonly id = 'devo';
  readonly #world: World;
  readonly #assumptions: Assumptions;
  readonly #seed: SeedOptions;
  readonly #tokens = new Ledger<DevoToken, number>({
    key: (token) => token.id,
    fingerprints: (token) => [fingerprint(token.value)],
  });
  readonly #routes: readonly Route[] = [
    route(
      'POST',
      TOKENS,
      this.#authorised((caller, call) => this.#createToken(caller, call)),
    ),
    route(
      'GET',
      TOKENS,
      this.#authorised(() => this.#listTokens()),
    ),
    route(
      'GET',
      `${TOKENS}/:id`,
      this.#authorised((caller, call) => this.#getToken(caller, call)),
    ),
    route(
      'PUT',
      `${TOKENS}/:id/enable`,
      this.#authorised((_, call) => this.#changeToken(call, { enabled: true })),
    ),
    route(
      'PUT',
      `${TOKENS}/:id/disable`,
      this.#authorised((_, call) => this.#changeToken(call, { enabled: false })),
    ),
    route(
      'PUT',
      `${TOKENS}/:id/rename`,
      this.#authorised((_, call) => this.#renameToken(call)),
    ),
    route(
      'DELETE',
      `${TOKENS}/:id`,
      this.#authorised((_, call) => this.#deleteToken(call)),
    ),
  ];
  #domain: string;
  #users: readonly string[];
  #lastId = 0;

  constructor({ world, assumptions, seed }: VendorOptions) {
    this.#world = world;
    this.#assumptions = assumptions;
    this.#seed = seed;
    this.#domain = seed.devoDomain;
    this.#users = seed.devoUsers;
  }

  owns(path: string): boolean {
    return path.startsWith('/ws/');
  }

  handle(request: SandboxRequest): SandboxResponse {
    return { ...answerDevo(this.#routes, request), headers: { 'x-devo-cid': randomHex(this.#world, 8) } };
  }

  bootstrap(): BootstrapLogin[] {
    const user = this.#users[0] ?? 'admin@example.com';
    const scope = 'table://*.** level://admin';
    const name = 'Credentials API token made in the web application';
    const token = this.#addToken({ name, user, owner: user, audience: CREDENTIALS_AUDIENCE, scope }, YEAR_MS);
    return [
      {
        provider: 'devo',
        what: 'Credentials API token of a user who manages credentials',
        settings: { region: this.#seed.devoRegion, domain: this.#domain, user },
        secret: token.value,
        scheme: 'bearer',
        sentAs: 'Authorization: Bearer <secret>',
      },
    ];
  }

  seedTokens(count: number): void {
    const user = this.#users[0] ?? 'admin@example.com';
    const lifetime = this.#assumptions.devoLifetimeSeconds * 1000;
    for (let index = 1; index <= count; index += 1)
      this.#addToken(
        { name: `seed-${index}`, user, owner: user, audience: 'http', scope: 'table://my.app.seed' },
        lifetime,
      );
  }

  tokens(): readonly TokenView[] {
    return this.#tokens.all().map((token) => ({
      id: String(token.id),
      name: token.name,
      live: isActive(token, this.#world.now()),
      fingerprint: fingerprint(token.value),
    }));
  }

  save(): Json {
    return { domain: this.#domain, users: this.#users, lastId: this.#lastId, tokens: this.#tokens.all() };
  }

  load(saved: unknown): void {
    const from = openSaved(saved, 'devo');
    this.#domain = from.text('domain');
    this.#users = from.texts('users');
    this.#lastId = from.number('lastId');
    this.#tokens.replaceAll(from.list('tokens').map(readDevoToken));
  }

  #createToken(caller: DevoToken, { request }: Call): SandboxResponse {
    const { name, user, audience, scopes } = readDevoFields(request, ['name', 'user', 'audience', 'scopes']);
    if (!isText(user, 200)) throw badRequest('Invalid required value: user');
    if (!this.#users.includes(user))
      throw badRequest('User not found in the domain. The user may have been deleted');
    if (!isText(name, 200)) throw badRequest('Invalid required value: name');
    if (!areAudiences(audience)) throw badRequest('Request has invalid audiences required');
    // The vendor's trap: a token without scopes reads every table.
    const asked = scopes === undefined || scopes === null ? EVERY_TABLE : scopes;
    if (!areScopes(asked)) throw badRequest('Request has invalid scopes required');
    const scope = this.#assumptions.devoScopes === 'widened' ? EVERY_TABLE : asked;
    const lifetime = this.#assumptions.devoLifetimeSeconds * 1000;
    const token = this.#addToken({ name, user, owner: caller.user, audience, scope }, lifetime);
    return json(
      201,
      this.#assumptions.devoCreateReturnsToken
        ? { ...this.#show(token), token: token.value }
        : this.#show(token),
    );
  }

  #listTokens(): SandboxResponse {
    return json(
      200,
      this.#tokens.all().map((token) => this.#show(token)),
    );
  }

  #getToken(caller: DevoToken, call: Call): SandboxResponse {
    const token = this.#findToken(call);
    return json(200, { ...this.#show(token), token: showValue(token, caller.user) });
  }

  // ASSUMPTION: the field is `name`, as in a create.
  #renameToken(call: Call): SandboxResponse {
    const { name } = readDevoFields(call.request, ['name']);
    if (!isText(name, 200)) throw badRequest('Invalid required value: name');
    return this.#changeToken(call, { name });
  }

  #deleteToken(call: Call): SandboxResponse {
    this.#tokens.remove(this.#findToken(call).id);
    return noContent();
  }

  #changeToken(call: Call, change: Partial<Pick<DevoToken, 'name' | 'enabled'>>): SandboxResponse {
    return json(
      200,
      this.#show(this.#tokens.put({ ...this.#findToken(call), ...change, updated: this.#world.now() })),
    );
  }

  #findToken(call: Call): DevoToken {
    const id = call.param('id');
    const token = /^\d{1,15}$/.test(id) ? this.#tokens.get(Number(id)) : undefined;
    if (token === undefined) throw new Refusal(404, 'not_found', 'Token not found');
    return token;
  }

  #addToken(fields: NewToken, lifetime: number): DevoToken {
    this.#lastId += 1;
    const now = this.#world.now();
    const value = issue(this.#world, randomHex(this.#world, 16));
    const expiration = now + lifetime;
    return this.#tokens.put({
      ...fields,
      id: this.#lastId,
      enabled: true,
      created: now,
      updated: now,
      expiration,
      value,
    });
  }

  #authorised(handler: (caller: DevoToken, call: Call) => SandboxResponse): Handler {
    return (call) => handler(this.#authenticate(call), call);
  }

  // The vendor answers 401 only where the header is missing. A wrong token, domain, region or role is a 403.
  #authenticate(call: Call): DevoToken {
    if (call.request.headers['authorization'] === undefined)
      throw new Refusal(401, 'unauthorized', 'Unauthorized');
    const caller = this.#tokens.findBySecret(bearerOf(call.request) ?? '');
    const known = caller !== undefined && isActive(caller, this.#world.now());
    if (!known || this.#isOtherRegion(call.request) || call.param('account') !== this.#domain)
      throw forbidden();
    if (!caller.audience.split(' ').includes(CREDENTIALS_AUDIENCE)) throw forbidden();
    return caller;
  }

  // On one loopback port the region is visible only where somebody sends the vendor's own host name.
  #isOtherRegion(request: SandboxRequest): boolean {
    const region = /^api-([a-z]+)\./.exec(request.headers['host'] ?? '')?.[1];
    return region !== undefined && region !== this.#seed.devoRegion;
  }

  #show(token: DevoToken): ReturnType<typeof showDevoToken> {
    return showDevoToken(token, this.#domain, this.#world.now());
  }
}
