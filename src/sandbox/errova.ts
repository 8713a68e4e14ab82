import type { Assumptions, VendorOptions } from './assumptions.ts';
import { createErrovaAccess, type ErrovaAccess } from './errova-access.ts';
import { answerErrova, invalid, readErrovaBody } from './errova-answer.ts';
import { newErrovaId } from './errova-id.ts';
import { ErrovaKeys } from './errova-keys.ts';
import { createErrovaLists, type ErrovaLists } from './errova-lists.ts';
import type { ErrovaState, MachineToken } from './errova-state.ts';
import { createErrovaState, loadErrova, saveErrova, showToken } from './errova-state.ts';
import { isText, json, noContent } from './message.ts';
import { fingerprint, issue, randomHex, randomText } from './new-secrets.ts';
import { Refusal } from './refusal.ts';
import type { Call, Route } from './route.ts';
import { route } from './route.ts';
import type { BootstrapLogin, Json, SandboxRequest, SandboxResponse, TokenView, Vendor } from './vendor.ts';
import type { World } from './world.ts';

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
export function createErrova(options: VendorOptions): Vendor {
  return new Errova(options);
}

class Errova implements Vendor {
  readonly id = 'errova';
  readonly #world: World;
  readonly #assumptions: Assumptions;
  readonly #state: ErrovaState;
  readonly #lists: ErrovaLists;
  readonly #routes: readonly Route[];

  constructor({ world, assumptions, seed }: VendorOptions) {
    this.#world = world;
    this.#assumptions = assumptions;
    this.#state = createErrovaState(seed.errovaOrg);
    this.#lists = createErrovaLists(assumptions);
    this.#routes = [...this.#tokenRoutes(), ...this.#keyRoutes()];
  }

  owns(path: string): boolean {
    return /^\/api\/(?!v\d+(\/|$))/.test(path);
  }

  handle(request: SandboxRequest): SandboxResponse {
    return answerErrova(request, () => this.#lists.inTheWay(request), this.#routes);
  }

  bootstrap(): BootstrapLogin[] {
    const cookie = issue(this.#world, randomText(this.#world, 32));
    this.#state.sessions.put({ hash: fingerprint(cookie), expiresAt: this.#world.now() + SESSION_MS });
    const secret = this.#newSecret();
    this.#addToken('made in the settings page', ['org.admin'], fingerprint(secret));
    const common = { provider: 'errova', settings: { org: this.#state.org } } as const;
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

  seedTokens(count: number): void {
    for (let index = 1; index <= count; index += 1)
      this.#addToken(`seed-${index}`, ['org.read'], randomHex(this.#world, 32));
  }

  tokens(): readonly TokenView[] {
    return this.#state.tokens
      .all()
      .map((it) => ({ id: it.id, name: it.label, live: true, fingerprint: it.hash }));
  }

  save(): Json {
    return saveErrova(this.#state);
  }

  load(saved: unknown): void {
    loadErrova(this.#state, saved);
  }

  #tokenRoutes(): readonly Route[] {
    const access = this.#access();
    const tokens = `${BASE}/machine-tokens`;
    return [
      route(
        'POST',
        tokens,
        access.sessionOnly((call) => this.#createToken(call)),
      ),
      route(
        'GET',
        tokens,
        access.read((call) => this.#listTokens(call)),
      ),
      route(
        'POST',
        `${tokens}/:id/rotate`,
        access.admin((call) => this.#rotateToken(call)),
      ),
      route(
        'DELETE',
        `${tokens}/:id`,
        access.admin((call) => this.#deleteToken(call)),
      ),
    ];
  }

  #keyRoutes(): readonly Route[] {
    const access = this.#access();
    const keys = new ErrovaKeys({
      state: this.#state,
      world: this.#world,
      lists: this.#lists,
      ids: this.#assumptions.errovaIds,
    });
    const ofProject = `${BASE}/projects/:project/keys`;
    return [
      route(
        'POST',
        `${BASE}/projects`,
        access.admin((call) => keys.createProject(call)),
      ),
      route(
        'GET',
        `${BASE}/projects`,
        access.read((call) => keys.listProjects(call)),
      ),
      route(
        'POST',
        ofProject,
        access.admin((call) => keys.createKey(call)),
      ),
      route(
        'GET',
        ofProject,
        access.read((call) => keys.listKeys(call)),
      ),
      route(
        'PATCH',
        `${ofProject}/:id`,
        access.admin((call) => keys.expireKey(call)),
      ),
      route(
        'POST',
        `${ofProject}/:id/rotate`,
        access.admin((call) => keys.rotateKey(call)),
      ),
    ];
  }

  #access(): ErrovaAccess {
    const bearerMayCreate = this.#assumptions.errovaBearerCreate;
    return createErrovaAccess({ state: this.#state, world: this.#world, bearerMayCreate });
  }

  #createToken({ request }: Call): SandboxResponse {
    const { label, scopes } = readErrovaBody(request);
    if (!isText(label, 100)) throw invalid('"label" must be a text of 1 to 100 characters');
    if (!Array.isArray(scopes) || scopes.length === 0) throw invalid('"scopes" must be a list of scopes');
    const known = SCOPES.filter((scope) => scopes.includes(scope));
    if (known.length !== scopes.length) throw invalid('"scopes" holds an unknown or a repeated scope');
    const secret = this.#newSecret();
    const granted = this.#assumptions.errovaScopes === 'widened' ? SCOPES : known;
    const token = this.#addToken(label, granted, fingerprint(secret));
    return json(201, { ...showToken(token), tokenSecret: secret });
  }

  #listTokens({ request }: Call): SandboxResponse {
    return this.#lists.answer(request, 'machineTokens', this.#state.tokens.all().map(showToken));
  }

  #rotateToken(call: Call): SandboxResponse {
    const token = this.#findToken(call);
    const secret = this.#newSecret();
    const overlap = this.#assumptions.errovaRotateOverlapSeconds * 1000;
    const id = this.#assumptions.errovaRotateId === 'new' ? this.#newId() : token.id;
    if (id !== token.id) this.#state.tokens.remove(token.id);
    const rotated = this.#state.tokens.put({
      ...token,
      id,
      hash: fingerprint(secret),
      previousHash: overlap > 0 ? token.hash : null,
      previousUntil: overlap > 0 ? this.#world.now() + overlap : 0,
    });
    return json(200, { ...showToken(rotated), tokenSecret: secret });
  }

  #deleteToken(call: Call): SandboxResponse {
    this.#state.tokens.remove(this.#findToken(call).id);
    return noContent();
  }

  #findToken(call: Call): MachineToken {
    const token = this.#state.tokens.get(call.param('id'));
    if (token === undefined) throw new Refusal(404, 'not_found', 'machine token not found');
    return token;
  }

  #addToken(label: string, scopes: readonly string[], hash: string): MachineToken {
    return this.#state.tokens.put({
      id: this.#newId(),
      label,
      scopes,
      createdAt: this.#world.now(),
      hash,
      previousHash: null,
      previousUntil: 0,
    });
  }

  #newId(): string {
    return newErrovaId(this.#world, 'mt_', this.#assumptions.errovaIds);
  }

  #newSecret(): string {
    return issue(this.#world, `ert_${randomText(this.#world, 32)}`);
  }
}
