import type { Client } from '../../../core/client.ts';
import { refusalOfOwn } from '../../../core/operation/conflicts.ts';
import type { OperationDeps } from '../../../core/operation/deps.ts';
import { isToken } from '../../../core/operation/records.ts';
import { startOperation } from '../../../core/operation/start.ts';
import { ownershipOf } from '../../../core/own-token.ts';
import { chooseTargets } from '../../../core/rotation/choose-targets.ts';
import { refusalOfOthers } from '../../../core/rotation/entry.ts';
import type { RotationOptions } from '../../../core/rotation/plan.ts';
import { type ManyResult, rotateMany } from '../../../core/rotation/rotate-many.ts';
import { isFiltered } from '../../../core/token-filter.ts';
import { completer } from '../../../core/tokens.ts';
import { whereOf } from '../../../core/where.ts';
import { parseDuration } from '../../../domain/duration.ts';
import { type AppError, usage } from '../../../domain/errors.ts';
import { chooseExpiry } from '../../../domain/time.ts';
import type { ListedToken } from '../../../domain/token.ts';
import { doubtAbout, named, questionAbout } from '../../../output/question.ts';
import type { Report } from '../../../output/report.ts';
import type { DeliveryServices } from '../../arguments/delivery.ts';
import type { Input } from '../../arguments/input.ts';
import { readFilter, tokenOptionNames } from '../../arguments/token-options.ts';
import { noteMinutes } from '../../arguments/token-spec.ts';
import { placeOf, said } from '../../documents/document.ts';
import { issueReport } from '../../documents/issue-report.ts';
import { issuedOf } from '../../documents/issued.ts';
import { rotationPlanDocument } from '../../documents/plan.ts';
import { rotationDocument } from '../../documents/rotation.ts';
import { deliveredTokenJson, tokenJson } from '../../documents/token.ts';
import { noteProfile } from '../../services/place-words.ts';
import type { Services } from '../../services/services.ts';
import { manyReport } from './many-report.ts';
import { readOld } from './old-option.ts';
import { dryRunReport, type PlannedRotation, planOne } from './plan-rotation.ts';

interface Planned extends PlannedRotation {
  readonly token: ListedToken;
}

/** `tokens rotate`: one token with all details, or several with a line each. */
export async function rotateTokens(app: Services, input: Input): Promise<Report> {
  // What was asked for decides the form of the result, not how many are due today: a script can rely on it.
  const isSeveral = input.flag('all') || input.arguments().length > 1;
  if (isSeveral) refuseShared(input);
  const deps = await app.operationDeps();
  const { chosen, due, listed, notes } = await chooseTokens(app, input);
  for (const note of notes) app.note(note);
  if (due.length === 0) {
    const line = `nothing is due at ${whereOf(deps.client.connection)}`;
    if (input.flag('dry-run')) return rotationPlanDocument(placeOf(deps.client), [], line);
    const [looked] = chosen;
    if (isSeveral || !looked) return manyReport(deps.client, []);
    const issued = { state: 'nothing-due' } as const;
    return said(rotationDocument({ place: placeOf(deps.client), token: tokenJson(looked), issued }), line);
  }
  const planned: Planned[] = [];
  const options = readOptions(app, input);
  const tell = ownershipOf({ client: deps.client, openStore: async () => deps.store });
  const unsure: string[] = [];
  const left: ManyResult[] = [];
  // A person is asked about such a token; `--yes` is the answer about the one that was named.
  const isAgreedTo = app.globals.yes ? !isSeveral : app.prompter.interactive;
  for (const token of due) {
    const ownership = await tell(token);
    const others = input.flag('all') ? await refusalOfOthers(deps, { kind: 'token', token }) : null;
    if (others) {
      left.push(leftAlone(token, others));
      continue;
    }
    if (ownership === 'maybe' && isAgreedTo) unsure.push(token.name ?? token.id);
    else if (!options.allowSelf) {
      const refusal = refusalOfOwn(token, ownership, 'rotate');
      if (refusal && !input.flag('all')) throw refusal;
      if (refusal) {
        left.push(leftAlone(token, refusal));
        continue;
      }
    }
    const isOwn = ownership === 'own';
    planned.push({ token, ...(await planToken(app, input, deps, { token, isOwn, options })) });
  }
  const [first] = left;
  if (planned.length === 0 && first?.error) throw first.error;
  if (input.flag('dry-run')) {
    for (const { error } of left) if (error) app.note(`skipped: ${error.message}; ${error.facts.hint}`);
    return dryRunReport(
      deps,
      planned.map(({ token, plan }) => ({ name: token.name ?? token.id, plan })),
    );
  }
  await noteProfile(app);
  if (app.globals.yes && !options.allowSelf && unsure.length > 0)
    app.note(`${doubtAbout(unsure)}It is rotated, because it was named and "--yes" was given.`);
  await app.confirm(rotateQuestion(deps.client, planned, unsure));
  const creator = input.flag('session') ? { creator: await app.sessionClient(await app.resolved()) } : {};
  const rotating = { ...deps, ...creator, listed };
  const [only] = planned;
  if (only && !isSeveral) return rotateOne(rotating, only);
  const results = await rotateMany(
    planned.map(({ token, plan }) => ({ token, run: () => startOperation(rotating, plan) })),
    {
      concurrency: input.wholeNumber('concurrency', { min: 1, max: 32 }) ?? 4,
      maxFailures: input.wholeNumber('max-failures', { min: 1, max: 1_000 }) ?? 3,
      progress: (line) => app.note(line),
    },
  );
  return manyReport(deps.client, results, left);
}

/** A token that `--all` leaves alone: keyturn rotates its own credential only when it is named. */
function leftAlone(token: ListedToken, error: AppError): ManyResult {
  return { token, result: null, error, skipped: true };
}

/** A rotation in place cuts off every program that uses the old secret, so the question says so. */
function rotateQuestion(
  { connection }: Client,
  planned: readonly Planned[],
  unsure: readonly string[],
): string {
  const inPlace = planned.filter(({ plan }) => plan.plan.way === 'in-place');
  const stops =
    inPlace.length === 0
      ? ''
      : `The old secret${inPlace.length === 1 ? ' stops' : 's stop'} working at once: `;
  // Such a vendor deletes no token: the question says that the old token is disabled.
  const disabled = planned.filter(
    ({ plan: { plan, provider } }) =>
      plan.way === 'overlap' &&
      !plan.retainOld &&
      plan.graceMs === null &&
      provider.facts.ends === 'disable-only',
  );
  const disables =
    disabled.length === 0
      ? ''
      : `The old token${disabled.length === 1 ? ' is' : 's are'} disabled as soon as the new secret is delivered: `;
  const names = planned.map(({ token }) => named(token));
  return (
    doubtAbout(unsure) +
    stops +
    disables +
    questionAbout('rotate', 'tokens', names, ` at ${whereOf(connection)}`)
  );
}

async function rotateOne(deps: OperationDeps, { plan, delivery, token }: Planned): Promise<Report> {
  const result = await startOperation(deps, plan);
  const complete = await completer({ client: deps.client, profiles: deps.profiles, clock: deps.clock });
  const item = tokenJson(result.item && isToken(result.item) ? complete(result.item) : token);
  return issueReport(result, {
    client: deps.client,
    verb: 'rotated',
    kind: 'token',
    item,
    document: rotationDocument({ place: placeOf(deps.client), token: item, issued: issuedOf(result) }),
    printed: delivery.wasPrinted(),
  });
}

async function chooseTokens(app: Pick<Services, 'tokenDeps'>, input: Input) {
  const references = input.arguments();
  const isAll = input.flag('all');
  const filter = readFilter(input);
  if (isAll && references.length > 0)
    throw usage('"--all" and references exclude each other', 'give one of them');
  if (isAll && !isFiltered(filter)) {
    throw usage(
      '"--all" needs "--expiring-within", "--older-than" or "--unused-for"',
      'for example `--all --expiring-within 14d`',
    );
  }
  const onlyIf = input.text('if-expiring-within');
  return chooseTargets(await app.tokenDeps(), {
    references,
    all: isAll ? filter : null,
    onlyIfWithinMs: onlyIf === undefined ? null : parseDuration(onlyIf, '"--if-expiring-within"'),
    max: input.wholeNumber('max', { min: 1, max: 10_000 }) ?? 10,
  });
}

function refuseShared(input: Input): void {
  if (input.text('name') !== undefined)
    throw usage('several tokens cannot share one name', 'leave "--name" out, or rotate one at a time');
  const isNamed = typeof input.textOrFlag('save') === 'string';
  if (input.list('to').length === 0 && !input.flag('print') && !isNamed) return;
  throw usage(
    'several tokens cannot share one destination',
    'save each under its own name with `--save` without a name, or rotate one at a time',
  );
}

function planToken(
  app: DeliveryServices,
  input: Input,
  deps: OperationDeps,
  { token, isOwn, options }: { token: ListedToken; isOwn: boolean; options: RotationOptions },
): Promise<PlannedRotation> {
  return planOne(app, input, deps, {
    target: { kind: 'token', token, isOwn },
    options,
    document: (item, issued) =>
      rotationDocument({ place: placeOf(deps.client), token: deliveredTokenJson(item, token), issued }),
  });
}

function readOptions(app: Pick<Services, 'note' | 'runtime'>, input: Input): RotationOptions {
  const scopes = input.list('scope', /[\s,]+/);
  const name = input.text('name');
  noteMinutes(app, input.text('expires-in'));
  const expiresAt = chooseExpiry(
    { in: input.text('expires-in'), at: input.text('expires-at') },
    app.runtime.clock.now(),
  );
  const own = tokenOptionNames().flatMap((name) => {
    const value = input.text(name);
    return value === undefined ? [] : [[name, value] as const];
  });
  return {
    ...readOld(input, (line) => app.note(line)),
    allowSelf: input.flag('allow-self'),
    session: input.flag('session'),
    overrides: {
      ...(name === undefined ? {} : { name }),
      ...(scopes.length > 0 ? { scopes } : {}),
      ...(expiresAt === null ? {} : { expiresAt }),
      ...(own.length > 0 ? { options: Object.fromEntries(own) } : {}),
    },
  };
}
