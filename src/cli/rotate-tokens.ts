import { readPlan } from '../core/mint/attempt-plan.ts';
import type { MintDeps } from '../core/mint/deps.ts';
import { describePlan } from '../core/rotation/describe.ts';
import { findEntry } from '../core/rotation/entry.ts';
import { findRotationTarget } from '../core/rotation/find-target.ts';
import { planRotation, type RotationOptions, type RotationPlan } from '../core/rotation/plan.ts';
import { rotate } from '../core/rotation/rotate.ts';
import { rotateMany } from '../core/rotation/rotate-many.ts';
import { allTokens, completer, listOnce } from '../core/tokens.ts';
import { parseDuration } from '../domain/duration.ts';
import { usage } from '../domain/errors.ts';
import { parseReference } from '../domain/reference.ts';
import { chooseExpiry } from '../domain/time.ts';
import type { ListedToken } from '../domain/token.ts';
import type { Report } from '../output/report.ts';
import type { App } from './app.ts';
import { ROTATION_PLAN_COLUMNS, TOKEN_COLUMNS } from './columns.ts';
import { type ParsedDelivery, parseDelivery } from './delivery-options.ts';
import type { Input } from './input.ts';
import { manyReport } from './many-report.ts';
import { mintReport } from './mint-report.ts';
import { refuseOpenAttempt } from './open-attempts.ts';
import { doneReport, head, listReport, tokenJson } from './reports.ts';
import { rotationStepLine } from './rotation-step-line.ts';
import { tokenOptionNames } from './token-options.ts';

interface Planned {
  readonly token: ListedToken;
  readonly plan: RotationPlan;
  readonly delivery: ParsedDelivery;
}

/** `tokens rotate`: one with everything a person may want to see, or many with a line each. */
export async function rotateTokens(app: App, input: Input): Promise<Report> {
  const deps = await app.mintDeps();
  const tokens = await chooseTokens(app, input);
  const due = onlyDue(app, input, tokens);
  const [first] = due;
  if (!first) {
    return doneReport(
      'keyturn.rotation/1',
      { ...head(deps.client), rotated: false, tokens: tokens.map(tokenJson) },
      'nothing is due',
    );
  }
  const planned: Planned[] = [];
  for (const token of due) planned.push(await planOne(app, input, deps, { token, alone: due.length === 1 }));
  if (input.flag('dry-run')) return dryRun(deps, planned);
  await app.confirm(
    `rotate ${due.map((token) => `"${token.name ?? token.id}" (id ${token.id})`).join(', ')} at ${deps.client.connection.provider.title}?`,
  );
  const [only, another] = planned;
  if (only && !another) return rotateOne(deps, only);
  const results = await rotateMany(
    planned.map(({ token, plan }) => ({ token, run: () => rotate(deps, plan) })),
    {
      concurrency: input.wholeNumber('concurrency', { min: 1, max: 32 }) ?? 4,
      maxFailures: input.wholeNumber('max-failures', { min: 1, max: 1_000 }) ?? 3,
      progress: (line) => app.note(line),
    },
  );
  return manyReport(deps.client, results);
}

async function rotateOne(deps: MintDeps, { plan, delivery, token }: Planned): Promise<Report> {
  const result = await rotate(deps, plan);
  const complete = await completer({ client: deps.client, profiles: deps.profiles, clock: deps.clock });
  const made =
    result.item && 'status' in result.item && 'scopes' in result.item ? complete(result.item) : null;
  const item = tokenJson(made ?? token);
  return mintReport(result, {
    client: deps.client,
    schema: 'keyturn.rotation/1',
    key: 'token',
    item,
    columns: TOKEN_COLUMNS,
    printed: delivery.wasPrinted(),
  });
}

async function chooseTokens(app: App, input: Input): Promise<readonly ListedToken[]> {
  const deps = await app.tokenDeps();
  const references = input.arguments();
  const max = input.wholeNumber('max', { min: 1, max: 10_000 }) ?? 10;
  const chosen: ListedToken[] = [];
  if (input.flag('all')) {
    const within = input.text('expiring-within');
    if (references.length > 0) throw usage('"--all" and references exclude each other', 'give one of them');
    if (within === undefined)
      throw usage('"--all" needs "--expiring-within"', 'for example `--all --expiring-within 14d`');
    const ms = parseDuration(within, '"--expiring-within"');
    const now = app.runtime.clock.now();
    for (const token of await allTokens(deps)) {
      const left = token.expiresAt === null ? Number.POSITIVE_INFINITY : Date.parse(token.expiresAt) - now;
      if (token.status === 'active' && left > 0 && left <= ms) chosen.push(token);
    }
  } else {
    if (references.length === 0)
      throw usage('nothing says which token', 'name one, or add `--all --expiring-within 14d`');
    const listed = listOnce(deps);
    const store = await app.store();
    for (const reference of references)
      chosen.push(await findRotationTarget(deps, store, { reference: parseReference(reference), listed }));
  }
  const distinct = [...new Map(chosen.map((token) => [token.id, token])).values()];
  if (distinct.length > max) {
    throw usage(
      `that is ${distinct.length} tokens, more than ${max}`,
      `add "--max ${distinct.length}" if you mean it; nothing was rotated`,
    );
  }
  return distinct;
}

function onlyDue(app: App, input: Input, tokens: readonly ListedToken[]): readonly ListedToken[] {
  const within = input.text('if-expiring-within');
  if (within === undefined) return tokens;
  const until = app.runtime.clock.now() + parseDuration(within, '"--if-expiring-within"');
  return tokens.filter((token) => token.expiresAt !== null && Date.parse(token.expiresAt) <= until);
}

async function planOne(
  app: App,
  input: Input,
  deps: MintDeps,
  { token, alone }: { token: ListedToken; alone: boolean },
): Promise<Planned> {
  const target = { kind: 'token', token } as const;
  const kept = await findEntry(deps, { target, delivery: { saveAs: null, sinks: [], print: null } });
  await refuseOpenAttempt(
    app,
    (attempt) =>
      kept !== null &&
      readPlan(attempt.plan).entry?.name === kept.name &&
      // The same token is told by the journal itself, as locked.
      !attempt.subject.startsWith(`token ${token.id} at `),
  );
  if (
    !alone &&
    (input.list('to').length > 0 || input.flag('print') || typeof input.textOrFlag('save') === 'string')
  ) {
    throw usage(
      'several tokens cannot share one destination',
      'keep each under its own name with a bare `--save`, or rotate one at a time',
    );
  }
  const delivery = await parseDelivery(app, input, {
    defaultName: token.name ?? token.id,
    keptAs: kept?.name ?? null,
    document: (item) => ({
      ...head(deps.client),
      token: { ...tokenJson(token), id: item.id, name: item.name ?? token.name },
    }),
  });
  const plan = await planRotation(deps, { target, delivery, options: readOptions(app, input) });
  return { token, plan, delivery };
}

function readOptions(app: App, input: Input): RotationOptions {
  const grace = input.text('grace');
  const scopes = input.list('scope', /[\s,]+/);
  const expiresAt = chooseExpiry(
    { in: input.text('expires-in'), at: input.text('expires-at') },
    app.runtime.clock.now(),
  );
  const own = tokenOptionNames().flatMap((name) => {
    const value = input.text(name);
    return value === undefined ? [] : [[name, value] as const];
  });
  return {
    graceMs: grace === undefined ? null : parseDuration(grace, '"--grace"'),
    keepOld: input.flag('keep-old'),
    revoke: input.flag('revoke'),
    allowSelf: input.flag('allow-self'),
    overrides: {
      ...(scopes.length > 0 ? { scopes } : {}),
      ...(expiresAt === null ? {} : { expiresAt }),
      ...(own.length > 0 ? { options: Object.fromEntries(own) } : {}),
    },
  };
}

function dryRun(deps: MintDeps, planned: readonly Planned[]): Report {
  const items = planned.flatMap(({ token, plan }) =>
    describePlan(plan).map((line) => ({ token: token.name ?? token.id, ...line })),
  );
  return listReport({
    schema: 'keyturn.plan/1',
    head: { ...head(deps.client), dryRun: true },
    key: 'steps',
    columns: ROTATION_PLAN_COLUMNS,
    lines: rotationStepLine,
    items,
    empty: 'nothing to do',
  });
}
