import type { Assumptions } from './assumptions.ts';
import { invalid, readErrovaBody } from './errova-answer.ts';
import { newErrovaId } from './errova-id.ts';
import type { ErrovaLists } from './errova-lists.ts';
import type { DsnKey, ErrovaState, Project } from './errova-state.ts';
import { showKey, showProject } from './errova-state.ts';
import { isText, json, readDateTime } from './message.ts';
import { fingerprint, issue, randomHex, randomText } from './mint.ts';
import { Refusal } from './refusal.ts';
import type { Call, Handler } from './route.ts';
import type { SandboxResponse } from './vendor.ts';
import type { World } from './world.ts';

/** Projects and their DSN keys: a `server_signed` key has a public half and a secret, a `browser_public` one no secret. */
export interface ErrovaKeys {
  readonly createProject: Handler;
  readonly listProjects: Handler;
  readonly createKey: Handler;
  readonly listKeys: Handler;
  readonly expireKey: Handler;
  readonly rotateKey: Handler;
}

interface ErrovaKeysOptions {
  readonly state: ErrovaState;
  readonly world: World;
  readonly lists: ErrovaLists;
  readonly ids: Assumptions['errovaIds'];
}

export function createErrovaKeys({ state, world, lists, ids }: ErrovaKeysOptions): ErrovaKeys {
  function createProject({ request }: Call): SandboxResponse {
    const { name, platform, environment } = readErrovaBody(request);
    if (!isText(name, 100) || !isText(platform, 100) || !isText(environment, 100))
      throw invalid('"name", "platform" and "environment" must be texts of 1 to 100 characters');
    const slug = slugOf(name);
    if (slug === '') throw invalid('"name" needs a letter or a digit');
    if (state.projects.get(slug) !== undefined)
      throw new Refusal(409, 'conflict', 'a project with this slug exists already');
    const id = `prj_${randomHex(world, 12)}`;
    return json(
      201,
      showProject(state.projects.put({ id, slug, name, platform, environment, createdAt: world.now() })),
    );
  }

  function listProjects({ request }: Call): SandboxResponse {
    return lists.answer(request, 'projects', state.projects.all().map(showProject));
  }

  function createKey(call: Call): SandboxResponse {
    const project = findProject(call);
    const { label, keyType } = readErrovaBody(call.request);
    if (!isText(label, 100)) throw invalid('"label" must be a text of 1 to 100 characters');
    if (keyType !== 'server_signed' && keyType !== 'browser_public')
      throw invalid('"keyType" must be server_signed or browser_public');
    const secret = keyType === 'server_signed' ? newSecret() : null;
    const key = state.keys.put({
      id: newErrovaId(world, 'key_', ids),
      project: project.slug,
      label,
      keyType,
      publicKey: newPublicKey(),
      hash: secret === null ? null : fingerprint(secret),
      createdAt: world.now(),
      expiresAt: null,
    });
    return json(201, withSecret(key, secret));
  }

  function listKeys(call: Call): SandboxResponse {
    const { slug } = findProject(call);
    const own = state.keys.all().filter((key) => key.project === slug);
    return lists.answer(call.request, 'keys', own.map(showKey));
  }

  function expireKey(call: Call): SandboxResponse {
    const key = findKey(call);
    const { expiresAt } = readErrovaBody(call.request);
    const time = expiresAt === null ? null : readDateTime(expiresAt);
    if (time === undefined) throw invalid('"expiresAt" must be a date-time such as 2026-01-31T12:00:00Z');
    return json(200, showKey(state.keys.put({ ...key, expiresAt: time })));
  }

  // ASSUMPTION: a rotation keeps the public half of a signed key, and replaces that of a browser key, which has
  // nothing else; the old secret stops at once; an expired key cannot be rotated (409).
  function rotateKey(call: Call): SandboxResponse {
    const key = findKey(call);
    if (key.expiresAt !== null && key.expiresAt <= world.now())
      throw new Refusal(409, 'key_expired', 'an expired key cannot be rotated');
    if (key.hash === null) return json(200, showKey(state.keys.put({ ...key, publicKey: newPublicKey() })));
    const secret = newSecret();
    return json(200, withSecret(state.keys.put({ ...key, hash: fingerprint(secret) }), secret));
  }

  function findProject(call: Call): Project {
    const project = state.projects.get(call.param('project'));
    if (project === undefined) throw new Refusal(404, 'not_found', 'project not found');
    return project;
  }

  function findKey(call: Call): DsnKey {
    const { slug } = findProject(call);
    const key = state.keys.get(call.param('id'));
    if (key === undefined || key.project !== slug) throw new Refusal(404, 'not_found', 'key not found');
    return key;
  }

  const newSecret = (): string => issue(world, `dsk_${randomText(world, 32)}`);
  const newPublicKey = (): string => randomHex(world, 16);

  return { createProject, listProjects, createKey, listKeys, expireKey, rotateKey };
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
