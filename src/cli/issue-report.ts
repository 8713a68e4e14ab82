import type { Client } from '../core/client.ts';
import { failureOf, isFailure, type OperationResult } from '../core/operation/result.ts';
import { whereOf } from '../core/where.ts';
import { commandLine } from '../domain/command-line.ts';
import type { AppError, ErrorCode } from '../domain/errors.ts';
import type { JsonObject } from '../domain/json.ts';
import { safeText } from '../domain/text.ts';
import type { Column, Report } from '../output/report.ts';
import { credentialJson } from './credential-json.ts';
import { oldJson } from './old-json.ts';
import { oldLine } from './old-line.ts';
import { head } from './reports.ts';

interface IssuedDocument {
  readonly client: Client;
  readonly schema: string;
  readonly key: 'token' | 'key';
  readonly item: JsonObject | null;
  readonly columns: readonly Column[];
  /** The secret went to stdout, and in a structured format the document with it. */
  readonly printed: boolean;
}

/** What became of a creation or a rotation: a report when it is done or waits by plan, an error when it stopped. */
export function issueReport(result: OperationResult<unknown>, issued: IssuedDocument): Report {
  const { client } = issued;
  const { provider, profile } = client.connection;
  if (isFailure(result)) throw stopped(result, { provider: provider.id, profile });
  const { saved, sinks, fingerprint } = result.delivery;
  const exit: ErrorCode | undefined = result.kind === 'pending' ? 'pending' : undefined;
  const { old } = result;
  const notes = [
    ...describe(issued),
    ...(saved === null ? [] : [`kept as "${saved.name}"`]),
    ...sinks.map((sink) => `written to ${sink}`),
    ...(old === null ? [] : [`${oldLine(old)}${result.dueAt === null ? '' : `; ${goOn(result.operation)}`}`]),
    ...(result.manual === null ? [] : [result.manual]),
    ...result.differences.map((difference) => `warning: ${difference}`),
  ];
  if (issued.printed) return { shape: 'written', notes, ...(exit ? { exit } : {}) };
  const delivery = {
    saved: saved === null ? null : credentialJson(saved),
    sinks: [...sinks],
    printed: false,
    fingerprint,
  };
  const { operation, dueAt, kind } = result;
  const differences = [...result.differences];
  const facts = { attempt: operation, state: kind, dueAt, old: oldJson(old), differences, delivery };
  return {
    shape: 'one',
    schema: issued.schema,
    data: { ...head(client), [issued.key]: issued.item, ...facts },
    key: issued.key,
    columns: issued.columns,
    notes,
    ...(exit ? { exit } : {}),
  };
}

function goOn(operation: string): string {
  const resume = commandLine(['rotations', 'resume', operation]);
  return `then run \`${resume}\`, or at any time with \`--now\``;
}

/** Whose secret that is, and where: the secret itself says nothing. */
function describe({ client, item, key, schema }: IssuedDocument): string[] {
  if (item === null) return [];
  const name = typeof item['name'] === 'string' ? ` "${safeText(item['name'], 200)}"` : '';
  const verb = schema === 'keyturn.rotation/1' ? 'rotated' : 'created';
  const id = safeText(String(item['id']), 200);
  return [`${verb} the ${key}${name} (id ${id}) at ${whereOf(client.connection)}`];
}

interface Place {
  readonly provider?: string;
  readonly profile: string | null;
}

/** A stopped operation as an error that a script can go on from; a refusal of the provider's names the provider. */
export function stopped(result: OperationResult<unknown>, { provider, profile }: Place): AppError {
  const failure = failureOf(result);
  const goesOn = result.kind === 'pending' || result.kind === 'attention';
  return failure.with({
    operation: result.operation,
    id: failure.facts.id ?? result.orphanId ?? undefined,
    profile: profile ?? undefined,
    next: failure.facts.next ?? (goesOn ? commandLine(['rotations', 'resume', result.operation]) : undefined),
    // A full disk or a missing folder is not the provider's doing.
    ...(failure.facts.status === undefined ? {} : { provider }),
  });
}
