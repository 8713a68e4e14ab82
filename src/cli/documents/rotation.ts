import type { Explanation } from '../../core/operation/explain.ts';
import { aboutOperation } from '../../core/operation/plan.ts';
import { type Item, isToken } from '../../core/operation/records.ts';
import { graceEnd } from '../../core/operation/waiting.ts';
import type { JsonObject } from '../../domain/json.ts';
import { Secret } from '../../domain/secret.ts';
import { eachLineSafe } from '../../domain/text.ts';
import type { ListReport } from '../../output/report.ts';
import type { BrokenOperation, Captured, OperationDetail, OperationSummary } from '../../ports/journal.ts';
import { KEY_COLUMNS, ROTATION_COLUMNS, TOKEN_COLUMNS } from './columns.ts';
import { many, NOWHERE, type OneDocument, one, type Place } from './document.ts';
import { type Issued, issuedJson, NOT_ISSUED } from './issued.ts';
import { keyJson } from './project.ts';
import { tokenJson } from './token.ts';

/** What is known of a rotation, or of another operation that was resumed or aborted. */
export interface RotationFacts {
  readonly place?: Place;
  /** Of a key. */
  readonly project?: string | null;
  /** The token or the key that is current now; one of the two at most. */
  readonly token?: JsonObject | null;
  readonly key?: JsonObject | null;
  readonly issued?: Partial<Issued>;
  /** Of `rotations abort`: what it took back, what it left, and the files of a record that was set aside. */
  readonly undone?: readonly string[];
  readonly left?: readonly string[];
  readonly files?: readonly string[];
}

/** `keyturn.rotation/1`: of one rotation, whichever command did it, and however far it came. */
export function rotationDocument(facts: RotationFacts): OneDocument {
  const { place = NOWHERE, project = null, token = null, key = null, issued } = facts;
  const id = token?.['id'] ?? key?.['id'] ?? null;
  const data = {
    ...place,
    project,
    id,
    token,
    key,
    undone: [...(facts.undone ?? [])],
    left: [...(facts.left ?? [])],
    files: [...(facts.files ?? [])],
    ...issuedJson({ ...NOT_ISSUED, ...issued }),
  };
  const shown =
    key === null ? { key: 'token', columns: TOKEN_COLUMNS } : { key: 'key', columns: KEY_COLUMNS };
  return one('keyturn.rotation/1', data, shown);
}

/** What an operation issued, as a token or as a key. */
export function issuedItem(item: Item | null): Pick<RotationFacts, 'token' | 'key'> {
  if (item === null) return {};
  return isToken(item) ? { token: tokenJson(item) } : { key: keyJson(item) };
}

function operationJson(operation: OperationSummary, reason = operation.reason): JsonObject {
  const { header, state, lastStep } = operation;
  const dueAt = graceEnd(operation);
  const { id, kind, startedAt, profile, provider, origin, subject } = header;
  return { id, kind, provider, profile, origin, subject, state, lastStep, startedAt, dueAt, reason };
}

function brokenJson({ id, reason }: BrokenOperation): JsonObject {
  const unknown = { kind: null, provider: null, profile: null, origin: null, subject: null };
  return { id, ...unknown, state: 'broken', lastStep: null, startedAt: null, dueAt: null, reason };
}

/** An operation with the reason why it is not finished, where its record does not say one. */
export interface Listed {
  readonly operation: OperationSummary;
  readonly reason: string | null;
}

export function rotationsDocument(
  listed: readonly Listed[],
  broken: readonly BrokenOperation[],
  empty: string,
): ListReport {
  return many({
    schema: 'keyturn.rotations/1',
    key: 'rotations',
    columns: ROTATION_COLUMNS,
    items: [
      ...listed.map(({ operation, reason }) => operationJson(operation, reason)),
      ...broken.map(brokenJson),
    ],
    empty,
  });
}

/** An answer of a provider that keyturn captured. It may hold a secret. */
export interface CapturedAnswer {
  readonly step: string;
  readonly captured: Captured;
}

export function rotationDetailDocument(
  detail: OperationDetail,
  { next, now, steps }: Explanation,
  answers: readonly CapturedAnswer[] | null = null,
): OneDocument {
  return one('keyturn.rotation-detail/1', {
    ...operationJson(detail),
    about: aboutOperation(detail.header),
    steps: steps.map(({ step, what, at }) => ({ step, what, at })),
    now,
    next: [...next],
    answers: answers?.map(answerJson) ?? null,
  });
}

function answerJson({ step, captured }: CapturedAnswer) {
  const { complete, requestId, status } = captured;
  return { step, status, requestId, whole: complete, body: bodyOf(captured) };
}

export function bodyOf({ bytes }: Captured): Secret {
  return Secret.of(new TextDecoder().decode(bytes));
}

/** The same without anything that acts on a terminal or a CI runner. */
export function safeBodyOf({ bytes }: Captured): Secret {
  return Secret.of(eachLineSafe(new TextDecoder().decode(bytes), Number.POSITIVE_INFINITY));
}
