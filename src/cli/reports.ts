import { type ChangeResult, isUnconfirmed, type TokenVerb } from '../core/change-tokens.ts';
import type { Client } from '../core/client.ts';
import { whereOf } from '../core/where.ts';
import { AppError } from '../domain/errors.ts';
import type { JsonObject } from '../domain/json.ts';
import { safeText } from '../domain/text.ts';
import type { ListedToken, Project, ProjectKey } from '../domain/token.ts';
import type { Column, ListReport, OneReport } from '../output/report.ts';
import { PLAN_COLUMNS, RESULT_COLUMNS } from './columns.ts';
import { exitOfMany } from './exit-of-many.ts';

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
  readonly referBy?: 'name';
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
export const NOTHING_SENT = 'nothing was sent';

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
    notes: () => [steps.length === 0 ? 'nothing to do' : NOTHING_SENT],
  };
}

const DONE: Readonly<Record<TokenVerb, string>> = {
  revoke: 'revoked',
  delete: 'deleted',
  enable: 'enabled',
  disable: 'disabled',
};

/**
 * One result in a sentence, several as a table with a summary. The exit code: the one error when all failed alike,
 * `partial` when some failed.
 */
export function resultsReport(client: Client, verb: TokenVerb, results: readonly ChangeResult[]): ListReport {
  const where = whereOf(client.connection);
  const errors = results.flatMap((result) => (result.error === null ? [] : [result.error]));
  const items = results.map((result) => ({
    reference: result.reference,
    id: result.token?.id ?? null,
    name: result.token?.name ?? null,
    result: result.error?.code ?? (isUnconfirmed(result) ? 'unknown' : DONE[verb]),
    status: result.sight?.status ?? null,
    message: result.error?.facts.message ?? (isUnconfirmed(result) ? (result.note ?? null) : null),
    hint: result.error?.facts.hint ?? null,
  }));
  return {
    ...listReport({
      schema: 'keyturn.results/1',
      head: { ...head(client), verb },
      key: 'results',
      columns: RESULT_COLUMNS,
      items,
      empty: 'nothing to do',
    }),
    ...(results.length === 1
      ? { lines: (item) => sentence(item, where), said: items.map((item) => sentence(item, where)) }
      : {}),
    notes: () =>
      results.length === 1 ? [] : [`${countWords(items.map(({ result }) => result))} at ${where}`],
    exit: () => exitOfMany(results.length, errors),
  };
}

/** `revoked "ci" (id mt_1) at Errova, profile errova`; what is not known to be done is not said to be. */
function sentence({ result, message, name, id }: JsonObject, where: string): string {
  if (result === 'unknown') return `unknown: ${message}`;
  const label = name === null ? '' : `"${safeText(String(name), 200)}" `;
  return `${result} ${label}(id ${safeText(String(id), 200)}) at ${where}`;
}

/** `2 revoked, 1 not-found` */
export function countWords(words: readonly string[]): string {
  return [...new Set(words)]
    .map((word) => `${words.filter((each) => each === word).length} ${word}`)
    .join(', ');
}

/** One failed reference alone is an error like any other, not a table. */
export function throwIfSingleFailure(results: readonly ChangeResult[]): void {
  const [only, another] = results;
  if (only?.error instanceof AppError && another === undefined) throw only.error;
}

export function doneReport(
  schema: string,
  data: JsonObject,
  line: string,
  more: Partial<OneReport> = {},
): OneReport {
  return { shape: 'one', schema, data, lines: [line], ...more };
}
