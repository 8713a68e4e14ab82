import type { Client } from '../core/client.ts';
import { failureOf, isFailure, type MintResult } from '../core/mint/result.ts';
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

interface MintedDocument {
  readonly client: Client;
  readonly schema: string;
  readonly key: 'token' | 'key';
  readonly item: JsonObject | null;
  readonly columns: readonly Column[];
  /** The secret went to stdout, and in a structured format the document with it. */
  readonly printed: boolean;
}

/** What became of a creation or a rotation: a report when it is done or waits by plan, an error when it stopped. */
export function mintReport(result: MintResult<unknown>, minted: MintedDocument): Report {
  const { client } = minted;
  const { provider, profile } = client.connection;
  if (isFailure(result)) throw stopped(result, { provider: provider.id, profile });
  const { saved, sinks, fingerprint } = result.delivery;
  const exit: ErrorCode | undefined = result.kind === 'pending' ? 'pending' : undefined;
  const { old } = result;
  const notes = [
    ...describe(minted),
    ...(saved === null ? [] : [`kept as "${saved.name}"`]),
    ...sinks.map((sink) => `written to ${sink}`),
    ...(old === null ? [] : [`${oldLine(old)}${result.dueAt === null ? '' : `; ${goOn(result.attempt)}`}`]),
    ...(result.manual === null ? [] : [result.manual]),
    ...result.differences.map((difference) => `warning: ${difference}`),
  ];
  if (minted.printed) return { shape: 'written', notes, ...(exit ? { exit } : {}) };
  const delivery = {
    saved: saved === null ? null : credentialJson(saved),
    sinks: [...sinks],
    printed: false,
    fingerprint,
  };
  const { attempt, dueAt, kind } = result;
  const differences = [...result.differences];
  const facts = { attempt, state: kind, dueAt, old: oldJson(old), differences, delivery };
  return {
    shape: 'one',
    schema: minted.schema,
    data: { ...head(client), [minted.key]: minted.item, ...facts },
    key: minted.key,
    columns: minted.columns,
    notes,
    ...(exit ? { exit } : {}),
  };
}

function goOn(attempt: string): string {
  const resume = commandLine(['rotations', 'resume', attempt]);
  return `then run \`${resume}\`, or at any time with \`--now\``;
}

/** Whose secret that is, and where: the secret itself says nothing. */
function describe({ client, item, key, schema }: MintedDocument): string[] {
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

/** A stopped attempt as an error that a script can go on from; a refusal of the provider's names the provider. */
export function stopped(result: MintResult<unknown>, { provider, profile }: Place): AppError {
  const failure = failureOf(result);
  const goesOn = result.kind === 'pending' || result.kind === 'attention';
  return failure.with({
    attempt: result.attempt,
    id: failure.facts.id ?? result.orphanId ?? undefined,
    profile: profile ?? undefined,
    next: failure.facts.next ?? (goesOn ? commandLine(['rotations', 'resume', result.attempt]) : undefined),
    // A full disk or a missing folder is not the provider's doing.
    ...(failure.facts.status === undefined ? {} : { provider }),
  });
}
