import type { DeliveredItem, Delivery } from '../core/delivery.ts';
import { aboutOperation, readPlan } from '../core/operation/plan.ts';
import { failureOf, isFailure, type OperationResult } from '../core/operation/result.ts';
import { resumeOperation } from '../core/operation/resume.ts';
import type { ResumeDeps } from '../core/operation/take-up.ts';
import { commandLine } from '../domain/command-line.ts';
import { AppError, isAppError } from '../domain/errors.ts';
import type { JsonObject } from '../domain/json.ts';
import { safeText } from '../domain/text.ts';
import type { Report } from '../output/report.ts';
import type { BrokenOperation, OperationSummary } from '../ports/journal.ts';
import type { App } from './app.ts';
import { type BulkResult, bulkParts, bulkSummary, fateOfError } from './bulk-lines.ts';
import { RESULT_COLUMNS } from './columns.ts';
import { type ParsedDelivery, parseDelivery } from './delivery-options.ts';
import { exitOfMany } from './exit-of-many.ts';
import type { Input } from './input.ts';
import { stopped } from './issue-report.ts';
import { oldJson } from './old-json.ts';
import { oldLine } from './old-line.ts';
import { placeWords } from './place-words.ts';
import { listReport } from './reports.ts';
import { foreignToken, resumeDeps } from './resume-deps.ts';

/**
 * Another way out for an undelivered secret, where the options offer one. The terminal is one only for a secret that was to
 * be printed and go nowhere else: every other has its destination, and is not shown.
 */
export async function resumeDelivery(
  app: App,
  input: Input,
  operation: OperationSummary | undefined,
): Promise<ParsedDelivery | null> {
  const plan = operation ? readPlan(operation.header.plan) : null;
  const onlyPrinted = plan?.print === true && plan.entry === null && plan.sinks.length === 0;
  if (!asksForDelivery(input) && !(onlyPrinted && app.runtime.stdout.isTerminal)) return null;
  const name = plan?.alias ?? plan?.spec?.name ?? plan?.target?.name ?? plan?.key?.name ?? null;
  const document = (item: DeliveredItem): JsonObject => ({
    provider: operation?.header.provider ?? null,
    profile: operation?.header.profile ?? null,
    [item.kind]: { id: item.id, name: item.name ?? name },
  });
  const isNew = plan?.way === 'create';
  return parseDelivery(app, input, { defaultName: name, isNew, schema: 'keyturn.rotation/1', document });
}

/** Whether an option says where the secret is to go. */
export function asksForDelivery(input: Input): boolean {
  return input.textOrFlag('save') !== undefined || input.list('to').length > 0 || input.flag('print');
}

export interface Resumed {
  readonly delivery: (Delivery & Partial<ParsedDelivery>) | null;
  readonly operation: OperationSummary | undefined;
  /** Its provider and profile, in words. */
  readonly where: string | null;
}

export function resumedReport(
  app: App,
  result: OperationResult,
  { delivery, operation, where }: Resumed,
): Report {
  const profile = operation?.header.profile ?? null;
  if (isFailure(result)) throw stopped(result, { profile });
  const { saved, sinks, fingerprint } = result.delivery;
  const { old } = result;
  const about = operation && where ? `: ${aboutResult(operation, result)} at ${where}` : '';
  const line = {
    done: `finished${about}${saved === null ? '' : `; kept as "${saved.name}"`}${sinks.map((sink) => `; written to ${sink}`).join('')}${old === null ? '' : `; ${oldLine(old)}`}`,
    aborted: '',
    attention: '',
    pending: `waiting${about}${old === null ? '' : `; ${oldLine(old)}; resume again then, or with \`--now\``}`,
  }[result.kind];
  const exit = result.kind === 'pending' ? ({ exit: 'pending' } as const) : {};
  const manual = result.manual === null ? [] : [result.manual];
  const notes = [...manual, ...notPrinted(result, delivery)];
  if (delivery?.wasPrinted?.()) return { shape: 'written', notes: [line, ...notes], ...exit };
  app.verbose(`operation ${result.operation}`);
  const data = {
    provider: operation?.header.provider ?? null,
    profile,
    attempt: result.operation,
    state: result.kind,
    id: result.item?.id ?? null,
    dueAt: result.dueAt,
    old: oldJson(old),
    differences: [...result.differences],
    delivery: {
      saved: saved?.name ?? null,
      sinks: [...sinks],
      printed: result.delivery.printed,
      fingerprint,
    },
  };
  return { shape: 'one', schema: 'keyturn.rotation/1', data, lines: [line], notes, ...exit };
}

/** `rotate token "ci" (id 2), the new one is id 5`; a creation has no other id than the new one's. */
function aboutResult({ header }: OperationSummary, { item, old }: OperationResult): string {
  const about = safeText(aboutOperation(header), 300);
  if (item === null || item.id === old?.id) return about;
  const id = safeText(item.id, 200);
  return old === null ? `${about} (id ${id})` : `${about}, the new one is id ${id},`;
}

/** A secret that is delivered is not shown again, also when that is asked for: the person learns where it is. */
function notPrinted(
  { delivery: { saved, sinks } }: OperationResult,
  delivery: (Delivery & Partial<ParsedDelivery>) | null,
): readonly string[] {
  if (!delivery?.print || delivery.wasPrinted?.()) return [];
  const where =
    saved !== null
      ? `: \`keyturn credentials get ${saved.name} --print\``
      : sinks.length > 0
        ? `: it went to ${sinks.join(', ')}`
        : '';
  return [`not printed: the secret was delivered before${where}`];
}

export interface LeftAside {
  /** Records that cannot be trusted: each fails. */
  readonly broken: readonly BrokenOperation[];
  /** Those that wait for a person, and are left to one. */
  readonly needy: readonly OperationSummary[];
}

/** Each by itself; one that cannot go on does not hold up the others. */
export async function resumeAll(
  app: App,
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
      item: {
        reference: header.id,
        name: aboutOperation(header),
        id: result?.item?.id ?? null,
        result: error?.code ?? result?.kind ?? null,
        message: error?.facts.message ?? result?.error?.facts.message ?? due,
        hint: error?.facts.hint ?? null,
      },
    });
  }
  for (const { id, reason } of broken) {
    const hint = 'see `keyturn doctor`: compare the provider’s tokens with what is kept, then move it away';
    errors.push(new AppError({ code: 'failure', message: reason, hint }));
    const item = { reference: id, name: null, id: null, result: 'failure', message: reason, hint };
    told.push({ fate: 'failed', label: `operation ${id}`, where: null, item });
  }
  for (const { header, reason } of needy) {
    const hint = `run \`${commandLine(['rotations', 'show', header.id], header.profile)}\``;
    const about = { reference: header.id, name: aboutOperation(header), id: null };
    const item = { ...about, result: 'attention', message: reason, hint };
    told.push({ fate: 'skipped', ...(await labelled(app, header)), item });
  }
  const { items, lines } = bulkParts(told);
  const empty = 'nothing is unfinished';
  const waits = told.some(({ fate }) => fate === 'waiting' || fate === 'skipped');
  return {
    ...listReport({
      schema: 'keyturn.results/1',
      head: { verb: 'resume' },
      key: 'results',
      columns: RESULT_COLUMNS,
      items,
      lines,
      empty,
    }),
    notes: () => (items.length === 0 ? [empty] : [...needyNote(needy.length), bulkSummary(told, null)]),
    exit: () => exitOfMany(items.length, errors) ?? (waits ? 'pending' : undefined),
  };
}

/** One that KEYTURN_TOKEN is not for. */
async function skipped(
  app: App,
  header: OperationSummary['header'],
  { code, facts: { hint, message } }: AppError,
): Promise<BulkResult> {
  const about = { reference: header.id, name: aboutOperation(header), id: null };
  return {
    fate: 'skipped',
    ...(await labelled(app, header)),
    item: { ...about, result: code, message, hint: hint ?? null },
  };
}

function needyNote(count: number): readonly string[] {
  if (count === 0) return [];
  return [`${count} more ${count === 1 ? 'needs' : 'need'} a person; see \`keyturn rotations list\``];
}

/** The operation by its token and its own id, and where it belongs. */
async function labelled(
  app: App,
  header: OperationSummary['header'],
): Promise<Pick<BulkResult, 'label' | 'where'>> {
  const label = `${safeText(aboutOperation(header), 300)}, operation ${header.id}`;
  return { label, where: await placeWords(app, header) };
}

/** What ended without the wanted token is a failure, whichever way it ended. */
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
