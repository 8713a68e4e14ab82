import type { DeliveredItem, Delivery } from '../../../core/delivery.ts';
import { aboutOperation, readPlan } from '../../../core/operation/plan.ts';
import { idOf } from '../../../core/operation/records.ts';
import { failureOf, isFailure, type OperationResult } from '../../../core/operation/result.ts';
import { resumeOperation } from '../../../core/operation/resume.ts';
import type { ResumeDeps } from '../../../core/operation/take-up.ts';
import { commandLine } from '../../../domain/command-line.ts';
import { AppError, isAppError } from '../../../domain/errors.ts';
import type { Secret } from '../../../domain/secret.ts';
import { safeText } from '../../../domain/text.ts';
import type { Report } from '../../../output/report.ts';
import type { BrokenOperation, OperationSummary } from '../../../ports/journal.ts';
import {
  asksForDelivery,
  type DeliveryServices,
  type ParsedDelivery,
  parseDelivery,
} from '../../arguments/delivery.ts';
import type { Input } from '../../arguments/input.ts';
import { NOWHERE, type Place, said } from '../../documents/document.ts';
import { stopped } from '../../documents/issue-report.ts';
import { issuedOf, issuedWhilePrinting, oldLine } from '../../documents/issued.ts';
import { deliveredKeyJson } from '../../documents/project.ts';
import {
  type BulkResult,
  bulkParts,
  bulkSummary,
  exitOfMany,
  fateOfError,
  resultsDocument,
} from '../../documents/results.ts';
import { issuedItem, rotationDocument } from '../../documents/rotation.ts';
import { deliveredTokenJson } from '../../documents/token.ts';
import { placeWords } from '../../services/place-words.ts';
import { foreignToken, type ResumeServices, resumeDeps } from '../../services/resume.ts';
import type { Services } from '../../services/services.ts';

/**
 * The destinations that the options give for an undelivered secret, else null. A terminal counts only if the operation had
 * `--print` alone: a secret with another destination is not shown.
 */
export async function resumeDelivery(
  app: DeliveryServices,
  input: Input,
  operation: OperationSummary | undefined,
): Promise<ParsedDelivery | null> {
  const plan = operation ? readPlan(operation.header.plan) : null;
  const onlyPrinted = plan?.print === true && plan.entry === null && plan.destinations.length === 0;
  if (!asksForDelivery(input) && !(onlyPrinted && app.runtime.stdout.isTerminal)) return null;
  const name = plan?.alias ?? plan?.spec?.name ?? plan?.target?.name ?? plan?.key?.name ?? null;
  const document = (item: DeliveredItem, secret: Secret) =>
    rotationDocument({
      place: operation?.header ? placeIn(operation.header) : NOWHERE,
      project: plan?.project ?? null,
      ...(item.kind === 'token'
        ? { token: deliveredTokenJson(item, { name, inUse: null }) }
        : { key: deliveredKeyJson(item, { name, type: plan?.key?.type ?? null }) }),
      issued: issuedWhilePrinting(item, secret),
    });
  return parseDelivery(app, input, { defaultName: name, isNew: plan?.way === 'create', document });
}

export interface Resumed {
  readonly delivery: (Delivery & Partial<ParsedDelivery>) | null;
  readonly operation: OperationSummary | undefined;
  /** Its provider and profile, in words. */
  readonly where: string | null;
}

export function resumedReport(
  app: Pick<Services, 'verbose'>,
  result: OperationResult,
  { delivery, operation, where }: Resumed,
): Report {
  const profile = operation?.header.profile ?? null;
  if (isFailure(result)) throw stopped(result, { profile });
  const { saved, destinations } = result.delivery;
  const { old } = result;
  const about = operation && where ? `: ${aboutResult(operation, result)} at ${where}` : '';
  const line = {
    done: `finished${about}${saved === null ? '' : `; saved as "${saved.name}"`}${destinations.map((destination) => `; written to ${destination}`).join('')}${old === null ? '' : `; ${oldLine(old)}`}`,
    aborted: '',
    attention: '',
    pending: `waiting${about}${old === null ? '' : `; ${oldLine(old)}; resume again then, or with \`--now\``}`,
  }[result.kind];
  const exit = result.kind === 'pending' ? ({ exit: 'pending' } as const) : {};
  const manual = result.manual === null ? [] : [result.manual];
  const notes = [...manual, ...notPrinted(result, delivery)];
  if (delivery?.wasPrinted?.()) return { shape: 'written', notes: [line, ...notes], ...exit };
  app.verbose(`operation ${result.operation}`);
  const document = rotationDocument({
    place: operation ? placeIn(operation.header) : NOWHERE,
    project: operation ? readPlan(operation.header.plan).project : null,
    ...issuedItem(result.item),
    issued: issuedOf(result),
  });
  return { ...said(document, line), notes, ...exit };
}

function placeIn({ provider, profile }: OperationSummary['header']): Place {
  return { provider, profile };
}

/** `rotate token "ci" (id 2), new id 5`; a creation has the new id alone. */
function aboutResult({ header }: OperationSummary, { item, old }: OperationResult): string {
  const about = safeText(aboutOperation(header), 300);
  if (item === null || idOf(item) === null || item.id === old?.id) return about;
  const id = safeText(item.id, 200);
  return old === null ? `${about} (id ${id})` : `${about}, new id ${id},`;
}

/** A delivered secret is not printed again, even with `--print`: the note says where it is. */
function notPrinted(
  { delivery: { saved, destinations } }: OperationResult,
  delivery: (Delivery & Partial<ParsedDelivery>) | null,
): readonly string[] {
  if (!delivery?.print || delivery.wasPrinted?.()) return [];
  const where =
    saved !== null
      ? `: \`keyturn credentials get ${saved.name} --print\``
      : destinations.length > 0
        ? `: it went to ${destinations.join(', ')}`
        : '';
  return [`not printed: the secret was delivered before${where}`];
}

export interface LeftAside {
  /** Records that cannot be trusted: each fails. */
  readonly broken: readonly BrokenOperation[];
  /** Operations that need a person's decision; `--all` skips them. */
  readonly needy: readonly OperationSummary[];
}

/** Resumes each operation by itself: one that fails does not stop the others. */
export async function resumeAll(
  app: ResumeServices,
  operations: readonly OperationSummary[],
  { broken, needy }: LeftAside,
): Promise<Report> {
  const deps = await resumeDeps(app);
  const told: BulkResult[] = [];
  const errors: AppError[] = [];
  for (const { header } of operations) {
    const foreign = await foreignToken(app, header);
    if (foreign) {
      told.push(await skipped(app, header, foreign));
      continue;
    }
    const { result, error } = await resumeOne(deps, header.id);
    if (error) errors.push(error);
    const due = result?.dueAt ? `due ${result.dueAt}` : null;
    const waits = result?.kind === 'pending';
    told.push({
      fate: error ? fateOfError(error) : waits ? 'waiting' : 'done',
      ...(await labelled(app, header)),
      facts: {
        ...factsOf(header),
        id: result?.item ? idOf(result.item) : null,
        dueAt: result?.dueAt ?? null,
        old: result?.old ?? null,
        result: error?.code ?? result?.kind ?? 'failure',
        message: error?.facts.message ?? result?.error?.facts.message ?? due,
        hint: error?.facts.hint ?? null,
      },
    });
  }
  for (const { id, reason } of broken) {
    const hint =
      'see `keyturn doctor`: compare the provider’s tokens with the saved credentials, then set the record aside';
    errors.push(new AppError({ code: 'failure', message: reason, hint }));
    const about = { reference: id, name: null, id: null, operation: id };
    const facts = { ...about, result: 'failure', message: reason, hint };
    told.push({ fate: 'failed', label: `operation ${id}`, where: null, facts });
  }
  for (const { header, reason } of needy) {
    const hint = `run \`${commandLine(['rotations', 'show', header.id], header.profile)}\``;
    const facts = { ...factsOf(header), result: 'attention', message: reason, hint };
    told.push({ fate: 'skipped', ...(await labelled(app, header)), facts });
  }
  const { items, lines } = bulkParts(told);
  const empty = 'nothing is unfinished';
  const waits = told.some(({ fate }) => fate === 'waiting' || fate === 'skipped');
  return {
    ...resultsDocument({ verb: 'resume', items, lines, empty }),
    notes: () => (items.length === 0 ? [empty] : [...needyNote(needy.length), bulkSummary(told, null)]),
    exit: () => exitOfMany(items.length, errors) ?? (waits ? 'pending' : undefined),
  };
}

/** An operation of another provider or profile than the one that KEYTURN_TOKEN is for. */
async function skipped(
  app: Pick<Services, 'loadProvider'>,
  header: OperationSummary['header'],
  { code, facts: { hint, message } }: AppError,
): Promise<BulkResult> {
  const facts = { ...factsOf(header), result: code, message, hint: hint ?? null };
  return { fate: 'skipped', ...(await labelled(app, header)), facts };
}

/** What is known of an operation, however it went. */
function factsOf(header: OperationSummary['header']) {
  const { id } = header;
  return { reference: id, id: null, name: aboutOperation(header), place: placeIn(header), operation: id };
}

function needyNote(count: number): readonly string[] {
  if (count === 0) return [];
  return [`${count} more ${count === 1 ? 'needs' : 'need'} your decision; see \`keyturn rotations list\``];
}

/** The operation by its token and its own id, and where it belongs. */
async function labelled(
  app: Pick<Services, 'loadProvider'>,
  header: OperationSummary['header'],
): Promise<Pick<BulkResult, 'label' | 'where'>> {
  const label = `${safeText(aboutOperation(header), 300)}, operation ${header.id}`;
  return { label, where: await placeWords(app, header) };
}

/** An operation that ended without the wanted token is a failure. */
async function resumeOne(
  deps: ResumeDeps,
  id: string,
): Promise<{ result: OperationResult | null; error: AppError | null }> {
  try {
    const result = await resumeOperation(deps, id);
    return { result, error: isFailure(result) ? failureOf(result) : null };
  } catch (error) {
    if (!isAppError(error)) throw error;
    return { result: null, error };
  }
}
