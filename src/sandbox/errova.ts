import type { VendorOptions } from './assumptions.ts';
import { createErrovaAccess } from './errova-access.ts';
import { answerErrova, invalid, readErrovaBody } from './errova-answer.ts';
import { newErrovaId } from './errova-id.ts';
import { createErrovaKeys } from './errova-keys.ts';
import { createErrovaLists } from './errova-lists.ts';
import type { MachineToken } from './errova-state.ts';
import { createErrovaState, loadErrova, saveErrova, showToken } from './errova-state.ts';
import { isText, json, noContent } from './message.ts';
import { fingerprint, issue, randomHex, randomText } from './mint.ts';
import { Refusal } from './refusal.ts';
import type { Call, Route } from './route.ts';
import { route } from './route.ts';
import type { BootstrapLogin, SandboxResponse, Vendor } from './vendor.ts';

const BASE = '/api/organizations/:org';
const SCOPES = ['org.read', 'org.admin'];
const SESSION_MS = 7 * 86_400_000;

/**
 * Errova's management API: machine tokens, projects and DSN keys of one organization.
 * Source: https://errova.com/docs/api/management-api, which shows requests and hardly an answer.
 *
 * ASSUMPTION: every answer is a flat object; 201 for a create, 200 for a change, 204 for a delete;
 * lists are `{"machineTokens":[…]}`, `{"projects":[…]}`, `{"keys":[…]}`, all at once, from a GET of the collection;
 * errors are `{"error":{"code","message"}}`; 422 for a field that is wrong.
 */
export function createErrova({ world, assumptions, seed }: VendorOptions): Vendor {
  const state = createErrovaState(seed.errovaOrg);
  const access = createErrovaAccess({ state, world, bearerMayCreate: assumptions.errovaBearerCreate });
  const lists = createErrovaLists(assumptions);
  const keys = createErrovaKeys({ state, world, lists, ids: assumptions.errovaIds });

  const routes: readonly Route[] = [
    route('POST', `${BASE}/machine-tokens`, access.sessionOnly(createToken)),
    route('GET', `${BASE}/machine-tokens`, access.read(listTokens)),
    route('POST', `${BASE}/machine-tokens/:id/rotate`, access.admin(rotateToken)),
    route('DELETE', `${BASE}/machine-tokens/:id`, access.admin(deleteToken)),
    route('POST', `${BASE}/projects`, access.admin(keys.createProject)),
    route('GET', `${BASE}/projects`, access.read(keys.listProjects)),
    route('POST', `${BASE}/projects/:project/keys`, access.admin(keys.createKey)),
    route('GET', `${BASE}/projects/:project/keys`, access.read(keys.listKeys)),
    route('PATCH', `${BASE}/projects/:project/keys/:id`, access.admin(keys.expireKey)),
    route('POST', `${BASE}/projects/:project/keys/:id/rotate`, access.admin(keys.rotateKey)),
  ];

  function createToken({ request }: Call): SandboxResponse {
    const { label, scopes } = readErrovaBody(request);
    if (!isText(label, 100)) throw invalid('"label" must be a text of 1 to 100 characters');
    if (!Array.isArray(scopes) || scopes.length === 0) throw invalid('"scopes" must be a list of scopes');
    const known = SCOPES.filter((scope) => scopes.includes(scope));
    if (known.length !== scopes.length) throw invalid('"scopes" holds an unknown or a repeated scope');
    const secret = newSecret();
    const granted = assumptions.errovaScopes === 'widened' ? SCOPES : known;
    const token = addToken(label, granted, fingerprint(secret));
    return json(201, { ...showToken(token), tokenSecret: secret });
  }

  function listTokens({ request }: Call): SandboxResponse {
    return lists.answer(request, 'machineTokens', state.tokens.all().map(showToken));
  }

  function rotateToken(call: Call): SandboxResponse {
    const token = findToken(call);
    const secret = newSecret();
    const overlap = assumptions.errovaRotateOverlapSeconds * 1000;
    const id = assumptions.errovaRotateId === 'new' ? newId() : token.id;
    if (id !== token.id) state.tokens.remove(token.id);
    const rotated = state.tokens.put({
      ...token,
      id,
      hash: fingerprint(secret),
      previousHash: overlap > 0 ? token.hash : null,
      previousUntil: overlap > 0 ? world.now() + overlap : 0,
    });
    return json(200, { ...showToken(rotated), tokenSecret: secret });
  }

  function deleteToken(call: Call): SandboxResponse {
    state.tokens.remove(findToken(call).id);
    return noContent();
  }

  function findToken(call: Call): MachineToken {
    const token = state.tokens.get(call.param('id'));
    if (token === undefined) throw new Refusal(404, 'not_found', 'machine token not found');
    return token;
  }

  function addToken(label: string, scopes: readonly string[], hash: string): MachineToken {
    return state.tokens.put({
      id: newId(),
      label,
      scopes,
      createdAt: world.now(),
      hash,
      previousHash: null,
      previousUntil: 0,
    });
  }

  function newId(): string {
    return newErrovaId(world, 'mt_', assumptions.errovaIds);
  }

  function newSecret(): string {
    return issue(world, `ert_${randomText(world, 32)}`);
  }

  function bootstrap(): BootstrapLogin[] {
    const cookie = issue(world, randomText(world, 32));
    state.sessions.put({ hash: fingerprint(cookie), expiresAt: world.now() + SESSION_MS });
    const secret = newSecret();
    addToken('made in the settings page', ['org.admin'], fingerprint(secret));
    const common = { provider: 'errova', settings: { org: state.org } } as const;
    return [
      {
        ...common,
        what: 'machine token with org.admin, from the settings page',
        secret,
        scheme: 'bearer',
        sentAs: 'Authorization: Bearer <secret>',
      },
      {
        ...common,
        what: 'session cookie of an organization admin; the only one that may create machine tokens',
        secret: cookie,
        scheme: 'session-cookie',
        sentAs:
          'Cookie: errova_session=<secret> with Origin: https://errova.com and Referer: https://errova.com/',
      },
    ];
  }

  return {
    id: 'errova',
    owns: (path) => /^\/api\/(?!v\d+(\/|$))/.test(path),
    handle: (request) => answerErrova(request, () => lists.inTheWay(request), routes),
    bootstrap,
    seedTokens(count) {
      for (let index = 1; index <= count; index += 1)
        addToken(`seed-${index}`, ['org.read'], randomHex(world, 32));
    },
    tokens: () =>
      state.tokens.all().map((it) => ({ id: it.id, name: it.label, live: true, fingerprint: it.hash })),
    save: () => saveErrova(state),
    load: (saved) => loadErrova(state, saved),
  };
}
