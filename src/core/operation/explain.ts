import type { Json } from '../../domain/json.ts';
import type { OperationDetail } from '../../ports/journal.ts';
import { hasArrived, isWholeWithoutSecret, NO_BYTES } from './facts.ts';
import { readPlanOrNull } from './plan.ts';
import { readObjectOrNull, readTexts } from './records.ts';
import { commandsWanted, printAnswerCommand, resumeCommand } from './resume-command.ts';
import { deliveryStep, didOf, stepKind } from './step-names.ts';
import { waitsUntil } from './waiting.ts';

/** One thing that an operation has done, in words. `at` is null where the journal does not say when. */
export interface ExplainedStep {
  readonly step: string;
  readonly what: string;
  readonly at: string | null;
}

export interface Explanation {
  readonly steps: readonly ExplainedStep[];
  /** What it waits for, or why it ended. */
  readonly now: string;
  /** Commands that make sense now. */
  readonly next: readonly string[];
}

/** What an operation has done, what it waits for, and what a person may run next. No secret, no part of an answer. */
export function explain(detail: OperationDetail, now: number, isRunning: boolean): Explanation {
  return {
    steps: detail.steps.map(({ name, result }) => ({
      step: name,
      what:
        isRunning && result === null
          ? 'sent the request, or is about to; waits for the answer'
          : whatOf(name, readObjectOrNullSafe(result)),
      at: textOf(readObjectOrNullSafe(result), 'at'),
    })),
    now: stateOf(detail, now, isRunning),
    next: isRunning ? [] : nextOf(detail, now),
  };
}

function stateOf(detail: OperationDetail, now: number, isRunning: boolean): string {
  const { endedAt, reason, state } = detail;
  if (isRunning) return 'another keyturn is at it now';
  const due = waitsUntil(detail, now);
  if (due !== null) return `waits on purpose: the old token works until ${due}`;
  if (state === 'open') {
    const missing = undelivered(detail);
    return missing.length === 0
      ? 'stopped on the way; it can go on'
      : `the new secret is not delivered to ${missing.join(', ')}; it can go on`;
  }
  if (state === 'attention')
    return `needs a person: ${reason ?? 'the reason was not recorded'}${aboutAnswer(detail)}`;
  const when = endedAt === null ? '' : ` at ${endedAt}`;
  return state === 'done'
    ? `done${when}`
    : `ended without a new secret${when}: ${reason ?? 'no reason was recorded'}`;
}

/** In two or three words why an open operation is not finished; null where its due date says it. */
export function reasonOpen(detail: OperationDetail, now: number, isRunning: boolean): string | null {
  if (isRunning) return 'running';
  if (waitsUntil(detail, now) !== null) return null;
  return undelivered(detail).length > 0 ? 'not delivered' : 'stopped on the way';
}

/** The destinations that a secret which is there has not reached; none where a resume took it elsewhere. */
function undelivered({ header, steps }: OperationDetail): readonly string[] {
  const done = new Set(steps.flatMap(({ name, result }) => (result === null ? [] : [name])));
  if (!done.has('identify') || done.has('redirect')) return [];
  return readPlanOrNull(header.plan)?.destinations.filter((label) => !done.has(deliveryStep(label))) ?? [];
}

/** What can be done with an answer that keyturn could not use, in words. */
function aboutAnswer(detail: OperationDetail): string {
  if (!isKept(detail)) return '';
  const kept = '. What arrived stays sealed until the operation ends: `--print-answer` shows it to you';
  if (!isForPerson(detail)) return kept;
  const plan = readPlanOrNull(detail.header.plan);
  const abort =
    plan?.way === 'in-place'
      ? 'closes the operation'
      : `ends the new ${plan?.thing ?? 'token'}, or says how to, and with \`--keep-new\` leaves it to you`;
  return `${kept}, \`rotations abort\` ${abort}, and \`rotations resume\` reads the answer again and changes nothing else`;
}

/** Whether an answer is kept that keyturn could not use. */
function isKept(detail: OperationDetail): boolean {
  return whyUnused(detail).some(hasArrived);
}

/** Whether a person must read the answer. In place nothing but an answer tells the secret. */
export function isForPerson(detail: OperationDetail): boolean {
  if (isInPlace(detail)) return whyUnused(detail).length > 0;
  return detail.steps.some(
    ({ name, result }) =>
      stepKind(name) === 'read answer' && isWholeWithoutSecret(readObjectOrNullSafe(result) ?? {}),
  );
}

function isInPlace({ header }: OperationDetail): boolean {
  return readPlanOrNull(header.plan)?.way === 'in-place';
}

/** The id that an unused answer names; null where none does. */
export function namedInAnswer({ steps }: OperationDetail): string | null {
  const ids = steps.flatMap(({ name, result }) =>
    stepKind(name) === 'read answer' ? (textOf(readObjectOrNullSafe(result), 'id') ?? []) : [],
  );
  return ids.at(-1) ?? null;
}

/** Why each answer could not be used; empty where one told the new secret. */
function whyUnused({ steps }: OperationDetail): readonly string[] {
  if (steps.some(({ name, result }) => name === 'identify' && result !== null)) return [];
  return steps.flatMap(({ name, result }) => {
    if (stepKind(name) !== 'read answer') return [];
    const read = readObjectOrNullSafe(result);
    const isUnused = ['none', 'several'].includes(textOf(read, 'kind') ?? '');
    return isUnused ? [textOf(read, 'why') ?? NO_BYTES.lost] : [];
  });
}

function nextOf(detail: OperationDetail, now: number): readonly string[] {
  const { id } = detail.header;
  const has = (step: string) => detail.steps.some(({ name, result }) => name === step && result !== null);
  const commands = commandsWanted({ header: detail.header, has });
  const resume = (...more: readonly string[]) => resumeCommand(id, commands, ...more);
  const abort = `keyturn rotations abort ${id}`;
  if (detail.state === 'done' || detail.state === 'aborted') return [];
  if (waitsUntil(detail, now) !== null) return [resume('--now'), abort];
  const differs = differences(detail).length > 0;
  // Resuming would only say again that the answer cannot be used.
  const isOver = detail.state === 'attention' && whyUnused(detail).length > 0 && isForPerson(detail);
  return [
    ...(isKept(detail) ? [printAnswerCommand(id)] : []),
    ...(isOver ? [] : [differs ? resume('--accept-differences') : resume()]),
    abort,
    ...(isOver && !isInPlace(detail) ? [`${abort} --keep-new`] : []),
  ];
}

function differences({ steps }: OperationDetail): readonly string[] {
  if (steps.some(({ name }) => name === 'accept differences')) return [];
  const found = readObjectOrNullSafe(steps.find(({ name }) => name === 'compare')?.result ?? null);
  return Array.isArray(found?.['differ']) ? readTexts(found['differ']) : [];
}

function whatOf(name: string, result: ReturnType<typeof readObjectOrNullSafe>): string {
  const kind = stepKind(name);
  if (kind === 'issue') return describeSent(result);
  if (kind === 'read answer') return describeRead(result);
  if (kind === 'deliver') return `delivered the new secret to ${name.slice('deliver '.length)}`;
  const words = didOf(name) ?? name;
  const outcome = textOf(result, 'outcome');
  const due = textOf(result, 'dueAt');
  if (due !== null) return `${words}, until ${due}`;
  return outcome === null ? words : `${words} (${outcome})`;
}

function describeSent(result: ReturnType<typeof readObjectOrNullSafe>): string {
  const kind = textOf(result, 'kind');
  if (kind === 'answered') return 'sent the request; a whole answer arrived';
  if (kind === 'refused')
    return `sent the request; the provider refused it: ${textOf(result, 'message') ?? ''}`;
  if (kind === 'ambiguous')
    return `sent the request; its result is unknown: ${textOf(result, 'reason') ?? ''}`;
  if (kind === 'not-sent') return `the request did not leave: ${textOf(result, 'reason') ?? ''}`;
  return 'began to send the request; keyturn was stopped before its result was recorded';
}

function describeRead(result: ReturnType<typeof readObjectOrNullSafe>): string {
  const why = textOf(result, 'why') ?? '';
  const id = textOf(result, 'id');
  switch (textOf(result, 'kind')) {
    case 'issued':
      return 'found the new secret in the answer';
    case 'refused':
      return `the answer is a refusal: ${why}`;
    default:
      return `could not use the answer: ${why}${id === null ? '' : `; it names the id ${id}`}`;
  }
}

function textOf(result: ReturnType<typeof readObjectOrNullSafe>, field: string): string | null {
  const value = result?.[field];
  return typeof value === 'string' ? value : null;
}

/** A step's result may be anything; only an object has fields. */
function readObjectOrNullSafe(result: Json): ReturnType<typeof readObjectOrNull> {
  return typeof result === 'object' && result !== null && !Array.isArray(result)
    ? readObjectOrNull(result)
    : null;
}
