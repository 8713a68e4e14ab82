import type { Assumptions } from './assumptions.ts';
import { invalid, readErrovaBody } from './errova-answer.ts';
import { newErrovaId } from './errova-id.ts';
import type { ErrovaLists } from './errova-lists.ts';
import type { DsnKey, ErrovaState, Project } from './errova-state.ts';
import { showKey, showProject } from './errova-state.ts';
import { isText, json, readDateTime } from './message.ts';
import { fingerprint, issue, randomHex, randomText } from './new-secrets.ts';
import { Refusal } from './refusal.ts';
import type { Call } from './route.ts';
import type { SandboxResponse } from './vendor.ts';
import type { World } from './world.ts';

interface ErrovaKeysOptions {
  readonly state: ErrovaState;
  readonly world: World;
  readonly lists: ErrovaLists;
  readonly ids: Assumptions['errovaIds'];
}

/** Projects and their DSN keys: a `server_signed` key has a public half and a secret, a `browser_public` one no secret. */
export class ErrovaKeys {
  readonly #state: ErrovaState;
  readonly #world: World;
  readonly #lists: ErrovaLists;
  readonly #ids: Assumptions['errovaIds'];

  constructor({ state, world, lists, ids }: ErrovaKeysOptions) {
    this.#state = state;
    this.#world = world;
    this.#lists = lists;
    this.#ids = ids;
  }

  createProject({ request }: Call): SandboxResponse {
    const { name, platform, environment } = readErrovaBody(request);
    if (!isText(name, 100) || !isText(platform, 100) || !isText(environment, 100))
      throw invalid('"name", "platform" and "environment" must be texts of 1 to 100 characters');
    const slug = slugOf(name);
    if (slug === '') throw invalid('"name" needs a letter or a digit');
    if (this.#state.projects.get(slug) !== undefined)
      throw new Refusal(409, 'conflict', 'a project with this slug exists already');
    const id = `prj_${randomHex(this.#world, 12)}`;
    return json(
      201,
      showProject(
        this.#state.projects.put({ id, slug, name, platform, environment, createdAt: this.#world.now() }),
      ),
    );
  }

  listProjects({ request }: Call): SandboxResponse {
    return this.#lists.answer(request, 'projects', this.#state.projects.all().map(showProject));
  }

  createKey(call: Call): SandboxResponse {
    const project = this.#findProject(call);
    const { label, keyType } = readErrovaBody(call.request);
    if (!isText(label, 100)) throw invalid('"label" must be a text of 1 to 100 characters');
    if (keyType !== 'server_signed' && keyType !== 'browser_public')
      throw invalid('"keyType" must be server_signed or browser_public');
    const secret = keyType === 'server_signed' ? this.#newSecret() : null;
    const key = this.#state.keys.put({
      id: newErrovaId(this.#world, 'key_', this.#ids),
      project: project.slug,
      label,
      keyType,
      publicKey: this.#newPublicKey(),
      hash: secret === null ? null : fingerprint(secret),
      createdAt: this.#world.now(),
      expiresAt: null,
    });
    return json(201, withSecret(key, secret));
  }

  listKeys(call: Call): SandboxResponse {
    const { slug } = this.#findProject(call);
    const own = this.#state.keys.all().filter((key) => key.project === slug);
    return this.#lists.answer(call.request, 'keys', own.map(showKey));
  }

  expireKey(call: Call): SandboxResponse {
    const key = this.#findKey(call);
    const { expiresAt } = readErrovaBody(call.request);
    const time = expiresAt === null ? null : readDateTime(expiresAt);
    if (time === undefined) throw invalid('"expiresAt" must be a date-time such as 2026-01-31T12:00:00Z');
    return json(200, showKey(this.#state.keys.put({ ...key, expiresAt: time })));
  }

  // ASSUMPTION: a rotation keeps the public half of a signed key, and replaces that of a browser key, which has
  // nothing else; the old secret stops at once; an expired key cannot be rotated (409).
  rotateKey(call: Call): SandboxResponse {
    const key = this.#findKey(call);
    if (key.expiresAt !== null && key.expiresAt <= this.#world.now())
      throw new Refusal(409, 'key_expired', 'an expired key cannot be rotated');
    if (key.hash === null)
      return json(200, showKey(this.#state.keys.put({ ...key, publicKey: this.#newPublicKey() })));
    const secret = this.#newSecret();
    return json(200, withSecret(this.#state.keys.put({ ...key, hash: fingerprint(secret) }), secret));
  }

  #findProject(call: Call): Project {
    const project = this.#state.projects.get(call.param('project'));
    if (project === undefined) throw new Refusal(404, 'not_found', 'project not found');
    return project;
  }

  #findKey(call: Call): DsnKey {
    const { slug } = this.#findProject(call);
    const key = this.#state.keys.get(call.param('id'));
    if (key === undefined || key.project !== slug) throw new Refusal(404, 'not_found', 'key not found');
    return key;
  }

  #newSecret(): string {
    return issue(this.#world, `dsk_${randomText(this.#world, 32)}`);
  }

  #newPublicKey(): string {
    return randomHex(this.#world, 16);
  }
}

function withSecret(key: DsnKey, secret: string | null): Record<string, unknown> {
  return secret === null ? showKey(key) : { ...showKey(key), secret };
}

function slugOf(name: string): string {
  return name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '');
}
