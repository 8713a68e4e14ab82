import type { VendorOptions } from './assumptions.ts';
import { answerBluebricks, readBluebricksBody } from './bluebricks-answer.ts';
import type { ApiKey } from './bluebricks-key.ts';
import { ledgerKey, nameKey, PERSON_ID, readKey } from './bluebricks-key.ts';
import { listBluebricksKeys } from './bluebricks-list.ts';
import { Ledger } from './ledger.ts';
import { bearerOf, isText, json } from './message.ts';
import { fingerprint, issue, randomText, randomUuid, signJwt } from './mint.ts';
import { Refusal } from './refusal.ts';
import type { Call, Handler, Route } from './route.ts';
import { route } from './route.ts';
import type { Saved } from './saved.ts';
import { openSaved } from './saved.ts';
import type { BootstrapLogin, SandboxRequest, SandboxResponse, Vendor } from './vendor.ts';

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
export function createBluebricks({ world, assumptions, seed }: VendorOptions): Vendor {
  const signingKey = world.random(32);
  const sessions = new Ledger<Session, string>({ key: (it) => it.hash, fingerprints: (it) => [it.hash] });
  const keys = new Ledger<ApiKey, string>({ key: ledgerKey, fingerprints: (it) => [it.hash] });

  const routes: readonly Route[] = [
    route('POST', '/api/v1/auth/key', admin('create', createKey)),
    route('GET', '/api/v1/auth/keys', admin('read', listKeys)),
    route(
      'POST',
      '/api/v1/auth/key/activate',
      admin('update', (call) => setDisabled(call, false)),
    ),
    route(
      'POST',
      '/api/v1/auth/key/deactivate',
      admin('update', (call) => setDisabled(call, true)),
    ),
    route('GET', '/api/v1/environments', listEnvironments),
  ];

  // The answer is the secret alone: the id must be looked up in the list, by name.
  function createKey({ request }: Call): SandboxResponse {
    const sent = readBluebricksBody(request, 'may be empty')['name'];
    const name = sent === undefined ? NAMELESS[assumptions.bluebricksNameless] : sent;
    if (sent !== undefined && !isText(sent, 255)) throw new Refusal(400, '', 'Failed to generate api key');
    if (name !== null && typeof name !== 'string') throw new Refusal(400, '', 'Failed to generate api key');
    if (name !== null && keys.get(nameKey(name)) !== undefined)
      throw new Refusal(409, '', 'Key already exists in organization');
    const most = assumptions.bluebricksMostKeys;
    if (most > 0 && keys.all().filter(({ disabled }) => !disabled).length >= most)
      throw new Refusal(422, '', `API key limit reached: an organization may have ${most} active keys`);
    const secret = issue(world, `bbx_${randomText(world, 32)}`);
    addKey(name, fingerprint(secret));
    return json(200, { api_key: secret });
  }

  function listKeys({ request: { query } }: Call): SandboxResponse {
    return listBluebricksKeys(keys.all(), query, assumptions);
  }

  function setDisabled({ request }: Call, disabled: boolean): SandboxResponse {
    const { name } = readBluebricksBody(request);
    if (!isText(name, 255))
      throw new Refusal(400, '', `Failed to ${disabled ? 'deactivate' : 'activate'} api key`);
    const key = keys.get(nameKey(name));
    if (key === undefined) throw new Refusal(404, '', 'Key not found in organization');
    keys.put({ ...key, disabled, updatedAt: world.now() });
    return json(200, {});
  }

  // What an API token may still do, and so the call that proves one. ASSUMPTION: paged like the keys.
  function listEnvironments({ request }: Call): SandboxResponse {
    authenticate(request);
    return json(200, { total: 0, list: [] });
  }

  function admin(verb: 'create' | 'read' | 'update', handler: Handler): Handler {
    return (call) => {
      if (authenticate(call.request) !== 'Admin') {
        const permission = `${verb}:organization_api_key`;
        throw new Refusal(403, '', `Missing required scopes. Requires the ${permission} permission`);
      }
      return handler(call);
    };
  }

  /** The caller's role; an API token has none. */
  function authenticate(request: SandboxRequest): string {
    const secret = bearerOf(request) ?? '';
    const session = sessions.findBySecret(secret);
    if (session !== undefined && session.expiresAt > world.now()) return session.role;
    const key = keys.findBySecret(secret);
    if (key === undefined || key.disabled) throw new Refusal(401, '', 'Failed to authenticate user');
    return 'API token';
  }

  function addKey(name: string | null, hash: string): void {
    keys.put({ id: randomUuid(world), name, createdAt: world.now(), updatedAt: null, disabled: false, hash });
  }

  function bootstrap(): BootstrapLogin[] {
    const issued = Math.floor(world.now() / 1000);
    const expires = issued + assumptions.bluebricksSessionSeconds;
    // The id makes two logins within one second differ.
    const claims = { sub: PERSON_ID, jti: randomUuid(world), iat: issued, exp: expires };
    const secret = issue(world, signJwt(claims, signingKey));
    sessions.put({ hash: fingerprint(secret), role: seed.bluebricksRole, expiresAt: expires * 1000 });
    return [
      {
        provider: 'bluebricks',
        what: `session of a person with the role ${seed.bluebricksRole}, from "bricks login"`,
        settings: {},
        secret,
        scheme: 'bearer',
        sentAs: 'Authorization: Bearer <secret>',
      },
    ];
  }

  function load(saved: unknown): void {
    const from = openSaved(saved, 'bluebricks');
    sessions.replaceAll(from.list('sessions').map(readSession));
    keys.replaceAll(from.list('keys').map(readKey));
  }

  return {
    id: 'bluebricks',
    owns: (path) => /^\/api\/v1\/(auth|environments)(\/|$)/.test(path),
    handle: (request) => answerBluebricks(routes, request),
    bootstrap,
    seedTokens(count) {
      const first = keys.all().length + 1;
      for (let index = 0; index < count; index += 1)
        addKey(`seed-${first + index}`, fingerprint(randomText(world, 32)));
    },
    tokens: () =>
      keys.all().map((it) => ({ id: it.id, name: it.name ?? '', live: !it.disabled, fingerprint: it.hash })),
    save: () => ({ sessions: sessions.all(), keys: keys.all() }),
    load,
  };
}

function readSession(it: Saved): Session {
  return { hash: it.text('hash'), role: it.text('role'), expiresAt: it.number('expiresAt') };
}
