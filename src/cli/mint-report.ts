import type { Client } from '../core/client.ts';
import { failureOf, isFailure, type MintResult } from '../core/mint/result.ts';
import type { AppError, ErrorCode } from '../domain/errors.ts';
import type { JsonObject } from '../domain/json.ts';
import { safeText } from '../domain/text.ts';
import type { Column, Report } from '../output/report.ts';
import { credentialJson } from './credential-json.ts';
import { oldJson } from './old-json.ts';
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
  if (isFailure(result)) throw stopped(result, minted.client.connection.provider.id);
  const { saved, sinks, fingerprint } = result.delivery;
  const exit: ErrorCode | undefined = result.kind === 'pending' ? 'pending' : undefined;
  const notes = [
    ...(saved === null ? [] : [`kept as "${saved.name}"`]),
    ...sinks.map((sink) => `written to ${sink}`),
    ...(result.dueAt === null
      ? []
      : [
          `the old one works until ${result.dueAt}; then run \`keyturn rotations resume ${result.attempt}\`, or at any time with \`--now\``,
        ]),
    ...(result.manual === null ? [] : [result.manual]),
    ...result.differences.map((difference) => `warning: ${difference}`),
  ];
  if (minted.printed)
    return { shape: 'written', notes: [...describe(minted), ...notes], ...(exit ? { exit } : {}) };
  const delivery = {
    saved: saved === null ? null : credentialJson(saved),
    sinks: [...sinks],
    printed: false,
    fingerprint,
  };
  const { attempt, dueAt, kind, old } = result;
  const differences = [...result.differences];
  const facts = { attempt, state: kind, dueAt, old: oldJson(old), differences, delivery };
  return {
    shape: 'one',
    schema: minted.schema,
    data: { ...head(minted.client), [minted.key]: minted.item, ...facts },
    key: minted.key,
    columns: minted.columns,
    notes,
    ...(exit ? { exit } : {}),
  };
}

/** Whose secret that was: the secret itself says nothing. */
function describe({ item, key }: MintedDocument): string[] {
  if (item === null) return [];
  const name = typeof item['name'] === 'string' ? ` "${safeText(item['name'], 200)}"` : '';
  return [`the ${key}${name} has the id ${safeText(String(item['id']), 200)}`];
}

/** A stopped attempt as an error; a refusal of the provider's names the provider. */
export function stopped(result: MintResult<unknown>, provider?: string): AppError {
  const failure = failureOf(result);
  // A full disk or a missing folder is not the provider's doing.
  return failure.facts.status === undefined ? failure : failure.with({ provider });
}
