import type { Client } from '../core/client.ts';
import type { JsonObject } from '../domain/json.ts';
import { safeText } from '../domain/text.ts';
import type { ListedToken, Project, ProjectKey } from '../domain/token.ts';
import type { Column, ListReport, OneReport } from '../output/report.ts';
import { PLAN_COLUMNS } from './columns.ts';

/** The provider and the profile, in front of every document about what a provider holds. */
export function head(client: Client): JsonObject {
  return { provider: client.connection.provider.id, profile: client.connection.profile };
}

/** A record as the contract writes it: our fields, the provider's own under `attributes`. */
export function tokenJson(token: ListedToken): JsonObject {
  const { id, name, status, scopes, createdAt, expiresAt, lastUsedAt, createdBy, inUse, attributes } = token;
  const dates = {
    createdAt,
    expiresAt,
    lastUsedAt,
    ...(token.unreadable && { unreadable: token.unreadable }),
  };
  return { id, name, status, scopes, ...dates, createdBy, inUse, attributes };
}

export function keyJson(key: ProjectKey): JsonObject {
  return { ...key };
}

export function projectJson(project: Project): JsonObject {
  return { ...project };
}

export async function* mapPages<T>(
  pages: AsyncIterable<readonly T[]>,
  map: (item: T) => JsonObject,
): AsyncGenerator<JsonObject[]> {
  for await (const page of pages) yield page.map(map);
}

export async function* onePage(items: readonly JsonObject[]): AsyncGenerator<readonly JsonObject[]> {
  yield items;
}

interface Records {
  readonly schema: string;
  readonly key: string;
  readonly referBy?: 'name' | 'bare-id';
  readonly columns: readonly Column[];
  readonly items: readonly JsonObject[];
  readonly head?: JsonObject;
  readonly empty: string;
  readonly lines?: (item: JsonObject) => string;
}

export function listReport(records: Records): ListReport {
  const { items, empty, ...rest } = records;
  return {
    shape: 'list',
    ...rest,
    head: records.head ?? {},
    pages: onePage(items),
    notes: () => (items.length === 0 ? [empty] : []),
  };
}

/** Ends every `--dry-run`. Reads may have been sent. */
export const NOTHING_CHANGED = 'nothing was changed';

/** What would be done, in order. Nothing was sent but reads. */
export function planReport(
  steps: readonly { readonly what: string; readonly call?: string | undefined }[],
  facts: JsonObject = {},
): ListReport {
  return {
    ...listReport({
      schema: 'keyturn.plan/1',
      head: { ...facts, dryRun: true },
      key: 'steps',
      columns: PLAN_COLUMNS,
      items: steps.map((step, index) => ({ step: index + 1, what: step.what, call: step.call ?? null })),
      lines: (item) =>
        `${item['step']}. ${safeText(String(item['what']))}${item['call'] === null ? '' : `\n   ${safeText(String(item['call']))}`}`,
      empty: 'nothing to do',
    }),
    notes: () => [steps.length === 0 ? 'nothing to do' : NOTHING_CHANGED],
  };
}

/** `2 revoked, 1 not-found` */
export function countWords(words: readonly string[]): string {
  return [...new Set(words)]
    .map((word) => `${words.filter((each) => each === word).length} ${word}`)
    .join(', ');
}

export function doneReport(
  schema: string,
  data: JsonObject,
  line: string,
  more: Partial<OneReport> = {},
): OneReport {
  return { shape: 'one', schema, data, lines: [line], ...more };
}
