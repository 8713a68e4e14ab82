import type { VendorOptions } from './assumptions.ts';
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
import { fingerprint, issue, randomHex } from './mint.ts';
import { Refusal } from './refusal.ts';
import type { Call, Handler, Route } from './route.ts';
import { route } from './route.ts';
import { openSaved } from './saved.ts';
import type { BootstrapLogin, SandboxRequest, SandboxResponse, Vendor } from './vendor.ts';

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
export function createDevo({ world, assumptions, seed }: VendorOptions): Vendor {
  let domain = seed.devoDomain;
  let users = seed.devoUsers;
  let lastId = 0;
  const tokens = new Ledger<DevoToken, number>({
    key: (token) => token.id,
    fingerprints: (token) => [fingerprint(token.value)],
  });

  const routes: readonly Route[] = [
    route('POST', TOKENS, authorised(createToken)),
    route('GET', TOKENS, authorised(listTokens)),
    route('GET', `${TOKENS}/:id`, authorised(getToken)),
    route(
      'PUT',
      `${TOKENS}/:id/enable`,
      authorised((_, call) => changeToken(call, { enabled: true })),
    ),
    route(
      'PUT',
      `${TOKENS}/:id/disable`,
      authorised((_, call) => changeToken(call, { enabled: false })),
    ),
    route('PUT', `${TOKENS}/:id/rename`, authorised(renameToken)),
    route('DELETE', `${TOKENS}/:id`, authorised(deleteToken)),
  ];

  function createToken(caller: DevoToken, { request }: Call): SandboxResponse {
    const { name, user, audience, scopes } = readDevoFields(request, ['name', 'user', 'audience', 'scopes']);
    if (!isText(user, 200)) throw badRequest('Invalid required value: user');
    if (!users.includes(user))
      throw badRequest('User not found in the domain. The user may have been deleted');
    if (!isText(name, 200)) throw badRequest('Invalid required value: name');
    if (!areAudiences(audience)) throw badRequest('Request has invalid audiences required');
    // The vendor's trap: a token without scopes reads every table.
    const asked = scopes === undefined || scopes === null ? EVERY_TABLE : scopes;
    if (!areScopes(asked)) throw badRequest('Request has invalid scopes required');
    const scope = assumptions.devoScopes === 'widened' ? EVERY_TABLE : asked;
    const lifetime = assumptions.devoLifetimeSeconds * 1000;
    const token = addToken({ name, user, owner: caller.user, audience, scope }, lifetime);
    return json(
      201,
      assumptions.devoCreateReturnsToken ? { ...show(token), token: token.value } : show(token),
    );
  }

  function listTokens(): SandboxResponse {
    return json(200, tokens.all().map(show));
  }

  function getToken(caller: DevoToken, call: Call): SandboxResponse {
    const token = findToken(call);
    return json(200, { ...show(token), token: showValue(token, caller.user) });
  }

  // ASSUMPTION: the field is `name`, as in a create.
  function renameToken(_: DevoToken, call: Call): SandboxResponse {
    const { name } = readDevoFields(call.request, ['name']);
    if (!isText(name, 200)) throw badRequest('Invalid required value: name');
    return changeToken(call, { name });
  }

  function deleteToken(_: DevoToken, call: Call): SandboxResponse {
    tokens.remove(findToken(call).id);
    return noContent();
  }

  function changeToken(call: Call, change: Partial<Pick<DevoToken, 'name' | 'enabled'>>): SandboxResponse {
    return json(200, show(tokens.put({ ...findToken(call), ...change, updated: world.now() })));
  }

  function findToken(call: Call): DevoToken {
    const id = call.param('id');
    const token = /^\d{1,15}$/.test(id) ? tokens.get(Number(id)) : undefined;
    if (token === undefined) throw new Refusal(404, 'not_found', 'Token not found');
    return token;
  }

  function addToken(fields: NewToken, lifetime: number): DevoToken {
    lastId += 1;
    const now = world.now();
    const value = issue(world, randomHex(world, 16));
    const expiration = now + lifetime;
    return tokens.put({
      ...fields,
      id: lastId,
      enabled: true,
      created: now,
      updated: now,
      expiration,
      value,
    });
  }

  function authorised(handler: (caller: DevoToken, call: Call) => SandboxResponse): Handler {
    return (call) => handler(authenticate(call), call);
  }

  // The vendor answers 401 only where the header is missing. A wrong token, domain, region or role is a 403.
  function authenticate(call: Call): DevoToken {
    if (call.request.headers['authorization'] === undefined)
      throw new Refusal(401, 'unauthorized', 'Unauthorized');
    const caller = tokens.findBySecret(bearerOf(call.request) ?? '');
    const known = caller !== undefined && isActive(caller, world.now());
    if (!known || isOtherRegion(call.request) || call.param('account') !== domain) throw forbidden();
    if (!caller.audience.split(' ').includes(CREDENTIALS_AUDIENCE)) throw forbidden();
    return caller;
  }

  // On one loopback port the region is visible only where somebody sends the vendor's own host name.
  function isOtherRegion(request: SandboxRequest): boolean {
    const region = /^api-([a-z]+)\./.exec(request.headers['host'] ?? '')?.[1];
    return region !== undefined && region !== seed.devoRegion;
  }

  function bootstrap(): BootstrapLogin[] {
    const user = users[0] ?? 'admin@example.com';
    const scope = 'table://*.** level://admin';
    const name = 'Credentials API token made in the web application';
    const token = addToken({ name, user, owner: user, audience: CREDENTIALS_AUDIENCE, scope }, YEAR_MS);
    return [
      {
        provider: 'devo',
        what: 'Credentials API token of a user who manages credentials',
        settings: { region: seed.devoRegion, domain, user },
        secret: token.value,
        scheme: 'bearer',
        sentAs: 'Authorization: Bearer <secret>',
      },
    ];
  }

  function seedTokens(count: number): void {
    const user = users[0] ?? 'admin@example.com';
    const lifetime = assumptions.devoLifetimeSeconds * 1000;
    for (let index = 1; index <= count; index += 1)
      addToken(
        { name: `seed-${index}`, user, owner: user, audience: 'http', scope: 'table://my.app.seed' },
        lifetime,
      );
  }

  function load(saved: unknown): void {
    const from = openSaved(saved, 'devo');
    domain = from.text('domain');
    users = from.texts('users');
    lastId = from.number('lastId');
    tokens.replaceAll(from.list('tokens').map(readDevoToken));
  }

  const show = (token: DevoToken) => showDevoToken(token, domain, world.now());
  const view = (token: DevoToken) => ({
    id: String(token.id),
    name: token.name,
    live: isActive(token, world.now()),
    fingerprint: fingerprint(token.value),
  });

  return {
    id: 'devo',
    owns: (path) => path.startsWith('/ws/'),
    handle: (request) => ({ ...answerDevo(routes, request), headers: { 'x-devo-cid': randomHex(world, 8) } }),
    bootstrap,
    seedTokens,
    tokens: () => tokens.all().map(view),
    save: () => ({ domain, users, lastId, tokens: tokens.all() }),
    load,
  };
}
