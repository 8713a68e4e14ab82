import type { Assumptions, SeedOptions, VendorOptions } from './assumptions.ts';
import { answerBluebricks, readBluebricksBody } from './bluebricks-answer.ts';
import type { ApiKey } from './bluebricks-key.ts';
import { ledgerKey, nameKey, PERSON_ID, readKey } from './bluebricks-key.ts';
import { listBluebricksKeys } from './bluebricks-list.ts';
import { Ledger } from './ledger.ts';
import { bearerOf, isText, json } from './message.ts';
import { fingerprint, issue, randomText, randomUuid, signJwt } from './new-secrets.ts';
import { Refusal } from './refusal.ts';
import type { Call, Handler, Route } from './route.ts';
import { route } from './route.ts';
import type { Saved } from './saved.ts';
import { openSaved } from './saved.ts';
import type { BootstrapLogin, Json, SandboxRequest, SandboxResponse, TokenView, Vendor } from './vendor.ts';
import type { World } from './world.ts';

/** A person who is logged in, through `bricks login` or the web application. */
type Session = { readonly hash: string; readonly role: string; readonly expiresAt: number };

const NAMELESS = { default: 'default', null: null, empty: '' } as const;

/**
 * Bluebricks' long-lived API tokens. Sources: https://docs.bluebricks.co/bluebricks-documentation/api/reference/auth
 * and, for who may do what, https://bluebricks.co/docs/api/authenticate/authentication.
 *
 * A key is known by its name, which stays taken for ever: nothing is ever deleted. Only a person's JWT manages keys.
 *
 * ASSUMPTION: errors are `{"statusCode","message","error"}`; 401 for a caller that is unknown, expired or disabled,
 * 403 for one that is not allowed, 409 for a taken name, 404 for an unknown one; (de)activating twice is no error and
 * answers `{}`; only the role Admin manages keys.
 */
export function createBluebricks(options: VendorOptions): Vendor {
  return new Bluebricks(options);
}

class Bluebricks implements Vendor {
  readonly id = 'bluebricks';
  readonly #world: World;
  readonly #assumptions: Assumptions;
  readonly #seed: SeedOptions;
  readonly #signingKey: Uint8Array;
  readonly #sessions = new Ledger<Session, string>({ key: (it) => it.hash, fingerprints: (it) => [it.hash] });
  readonly #keys = new Ledger<ApiKey, string>({ key: ledgerKey, fingerprints: (it) => [it.hash] });
  readonly #routes: readonly Route[] = [
    route(
      'POST',
      '/api/v1/auth/key',
      this.#admin('create', (call) => this.#createKey(call)),
    ),
    route(
      'GET',
      '/api/v1/auth/keys',
      this.#admin('read', (call) => this.#listKeys(call)),
    ),
    route(
      'POST',
      '/api/v1/auth/key/activate',
      this.#admin('update', (call) => this.#setDisabled(call, false)),
    ),
    route(
      'POST',
      '/api/v1/auth/key/deactivate',
      this.#admin('update', (call) => this.#setDisabled(call, true)),
    ),
    route('GET', '/api/v1/environments', (call) => this.#listEnvironments(call)),
  ];

  constructor({ world, assumptions, seed }: VendorOptions) {
    this.#world = world;
    this.#assumptions = assumptions;
    this.#seed = seed;
    this.#signingKey = world.random(32);
  }

  owns(path: string): boolean {
    return /^\/api\/v1\/(auth|environments)(\/|$)/.test(path);
  }

  handle(request: SandboxRequest): SandboxResponse {
    return answerBluebricks(this.#routes, request);
  }

  bootstrap(): BootstrapLogin[] {
    const issued = Math.floor(this.#world.now() / 1000);
    const expires = issued + this.#assumptions.bluebricksSessionSeconds;
    // The id makes two logins within one second differ.
    const claims = { sub: PERSON_ID, jti: randomUuid(this.#world), iat: issued, exp: expires };
    const secret = issue(this.#world, signJwt(claims, this.#signingKey));
    this.#sessions.put({
      hash: fingerprint(secret),
      role: this.#seed.bluebricksRole,
      expiresAt: expires * 1000,
    });
    return [
      {
        provider: 'bluebricks',
        what: `session of a person with the role ${this.#seed.bluebricksRole}, from "bricks login"`,
        settings: {},
        secret,
        scheme: 'bearer',
        sentAs: 'Authorization: Bearer <secret>',
      },
    ];
  }

  seedTokens(count: number): void {
    const first = this.#keys.all().length + 1;
    for (let index = 0; index < count; index += 1)
      this.#addKey(`seed-${first + index}`, fingerprint(randomText(this.#world, 32)));
  }

  tokens(): readonly TokenView[] {
    return this.#keys
      .all()
      .map((it) => ({ id: it.id, name: it.name ?? '', live: !it.disabled, fingerprint: it.hash }));
  }

  save(): Json {
    return { sessions: this.#sessions.all(), keys: this.#keys.all() };
  }

  load(saved: unknown): void {
    const from = openSaved(saved, 'bluebricks');
    this.#sessions.replaceAll(from.list('sessions').map(readSession));
    this.#keys.replaceAll(from.list('keys').map(readKey));
  }

  // The answer is the secret alone: the id must be looked up in the list, by name.
  #createKey({ request }: Call): SandboxResponse {
    const sent = readBluebricksBody(request, 'may be empty')['name'];
    const name = sent === undefined ? NAMELESS[this.#assumptions.bluebricksNameless] : sent;
    if (sent !== undefined && !isText(sent, 255)) throw new Refusal(400, '', 'Failed to generate api key');
    if (name !== null && typeof name !== 'string') throw new Refusal(400, '', 'Failed to generate api key');
    if (name !== null && this.#keys.get(nameKey(name)) !== undefined)
      throw new Refusal(409, '', 'Key already exists in organization');
    const most = this.#assumptions.bluebricksMostKeys;
    if (most > 0 && this.#keys.all().filter(({ disabled }) => !disabled).length >= most)
      throw new Refusal(422, '', `API key limit reached: an organization may have ${most} active keys`);
    const secret = issue(this.#world, `bbx_${randomText(this.#world, 32)}`);
    this.#addKey(name, fingerprint(secret));
    return json(200, { api_key: secret });
  }

  #listKeys({ request: { query } }: Call): SandboxResponse {
    return listBluebricksKeys(this.#keys.all(), query, this.#assumptions);
  }

  #setDisabled({ request }: Call, disabled: boolean): SandboxResponse {
    const { name } = readBluebricksBody(request);
    if (!isText(name, 255))
      throw new Refusal(400, '', `Failed to ${disabled ? 'deactivate' : 'activate'} api key`);
    const key = this.#keys.get(nameKey(name));
    if (key === undefined) throw new Refusal(404, '', 'Key not found in organization');
    this.#keys.put({ ...key, disabled, updatedAt: this.#world.now() });
    return json(200, {});
  }

  // What an API token may still do, and so the call that proves one. ASSUMPTION: paged like the keys.
  #listEnvironments({ request }: Call): SandboxResponse {
    this.#authenticate(request);
    return json(200, { total: 0, list: [] });
  }

  #admin(verb: 'create' | 'read' | 'update', handler: Handler): Handler {
    return (call) => {
      if (this.#authenticate(call.request) !== 'Admin') {
        const permission = `${verb}:organization_api_key`;
        throw new Refusal(403, '', `Missing required scopes. Requires the ${permission} permission`);
      }
      return handler(call);
    };
  }

  /** The caller's role; an API token has none. */
  #authenticate(request: SandboxRequest): string {
    const secret = bearerOf(request) ?? '';
    const session = this.#sessions.findBySecret(secret);
    if (session !== undefined && session.expiresAt > this.#world.now()) return session.role;
    const key = this.#keys.findBySecret(secret);
    if (key === undefined || key.disabled) throw new Refusal(401, '', 'Failed to authenticate user');
    return 'API token';
  }

  #addKey(name: string | null, hash: string): void {
    this.#keys.put({
      id: randomUuid(this.#world),
      name,
      createdAt: this.#world.now(),
      updatedAt: null,
      disabled: false,
      hash,
    });
  }
}

function readSession(it: Saved): Session {
  return { hash: it.text('hash'), role: it.text('role'), expiresAt: it.number('expiresAt') };
}
