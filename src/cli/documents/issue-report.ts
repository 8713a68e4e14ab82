import type { Client } from '../../core/client.ts';
import { failureOf, isFailure, type OperationResult } from '../../core/operation/result.ts';
import { whereOf } from '../../core/where.ts';
import { commandLine } from '../../domain/command-line.ts';
import type { AppError, ErrorCode } from '../../domain/errors.ts';
import type { JsonObject } from '../../domain/json.ts';
import { safeText } from '../../domain/text.ts';
import type { Report } from '../../output/report.ts';
import type { OneDocument } from './document.ts';
import { oldLine } from './issued.ts';

interface IssuedReport {
  readonly client: Client;
  /** `created` or `rotated`. */
  readonly verb: 'created' | 'rotated';
  readonly kind: 'token' | 'key';
  readonly item: JsonObject | null;
  readonly document: OneDocument;
  /** The secret went to stdout, and in a structured format the document with it. */
  readonly printed: boolean;
}

/** What became of a creation or a rotation: a report when it is done or waits by plan, an error when it stopped. */
export function issueReport(result: OperationResult<unknown>, issued: IssuedReport): Report {
  const { client } = issued;
  const { provider, profile } = client.connection;
  if (isFailure(result)) throw stopped(result, { provider: provider.id, profile });
  const { saved, destinations } = result.delivery;
  const exit: ErrorCode | undefined = result.kind === 'pending' ? 'pending' : undefined;
  const { old } = result;
  const notes = [
    ...describe(issued),
    ...(saved === null ? [] : [`saved as "${saved.name}"`]),
    ...destinations.map((destination) => `written to ${destination}`),
    ...(old === null ? [] : [`${oldLine(old)}${result.dueAt === null ? '' : `; ${goOn(result.operation)}`}`]),
    ...(result.manual === null ? [] : [result.manual]),
    ...result.differences.map((difference) => `warning: ${difference}`),
  ];
  if (issued.printed) return { shape: 'written', notes, ...(exit ? { exit } : {}) };
  return { ...issued.document, notes, ...(exit ? { exit } : {}) };
}

function goOn(operation: string): string {
  const resume = commandLine(['rotations', 'resume', operation]);
  return `then run \`${resume}\`, or at any time with \`--now\``;
}

/** Names the token or key whose secret was printed or delivered. */
function describe({ client, item, kind, verb }: IssuedReport): string[] {
  if (item === null) return [];
  const name = typeof item['name'] === 'string' ? ` "${safeText(item['name'], 200)}"` : '';
  const id = typeof item['id'] === 'string' ? ` (id ${safeText(item['id'], 200)})` : '';
  return [`${verb} the ${kind}${name}${id} at ${whereOf(client.connection)}`];
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
