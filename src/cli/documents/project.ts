import type { Client } from '../../core/client.ts';
import type { DeliveredItem } from '../../core/delivery.ts';
import type { JsonObject } from '../../domain/json.ts';
import type { Project, ProjectKey } from '../../domain/token.ts';
import type { ListReport } from '../../output/report.ts';
import { KEY_COLUMNS, PROJECT_COLUMNS } from './columns.ts';
import { type OneDocument, one, paged, placeOf, unreadableJson } from './document.ts';
import { issuedJson, NOT_ISSUED } from './issued.ts';

export function keyJson(key: ProjectKey): JsonObject {
  const { id, name, type, status, publicKey, createdAt, expiresAt, attributes } = key;
  const dates = { createdAt, expiresAt, unreadable: unreadableJson(key.unreadable) };
  return { id: id || null, name, type, status, publicKey, ...dates, attributes };
}

/** The key whose secret is being delivered: what the provider told of it, or its id and name alone. */
export function deliveredKeyJson(
  { id, name, facts }: DeliveredItem,
  known: Pick<ProjectKey, 'name' | 'type'>,
): JsonObject {
  if (facts && 'publicKey' in facts) return keyJson({ ...facts, name: facts.name ?? name ?? known.name });
  const dates = { createdAt: null, expiresAt: null, unreadable: null };
  const unknown = { status: null, publicKey: null, ...dates, attributes: {} };
  return { id: id || null, name: name ?? known.name, type: known.type, ...unknown };
}

interface KeyFacts {
  readonly project: string;
  readonly key: JsonObject | null;
  /** Of `keys expire`: `unknown` where nobody could look whether the key ends. */
  readonly result?: string | null;
}

/** `keyturn.key/1`: of a key that was created, or given an end. */
export function keyDocument(
  client: Client,
  { project, key, result = null }: KeyFacts,
  issued = NOT_ISSUED,
): OneDocument {
  const data = { ...placeOf(client), project, key, result, ...issuedJson(issued) };
  return one('keyturn.key/1', data, { key: 'key', columns: KEY_COLUMNS });
}

export function keysDocument(
  client: Client,
  project: string,
  pages: AsyncIterable<readonly ProjectKey[]>,
): ListReport {
  return paged({
    schema: 'keyturn.keys/1',
    head: { ...placeOf(client), project },
    key: 'keys',
    columns: KEY_COLUMNS,
    pages,
    write: keyJson,
  });
}

function projectJson(project: Project): JsonObject {
  const { id, slug, name, platform, environment, createdAt, attributes } = project;
  const unreadable = unreadableJson(project.unreadable);
  return { id, slug, name, platform, environment, createdAt, unreadable, attributes };
}

export function projectDocument(client: Client, project: Project): OneDocument {
  const data = { ...placeOf(client), project: projectJson(project) };
  return one('keyturn.project/1', data, { key: 'project', columns: PROJECT_COLUMNS });
}

export function projectsDocument(client: Client, pages: AsyncIterable<readonly Project[]>): ListReport {
  return paged({
    schema: 'keyturn.projects/1',
    head: { ...placeOf(client) },
    key: 'projects',
    columns: PROJECT_COLUMNS,
    pages,
    write: projectJson,
  });
}
