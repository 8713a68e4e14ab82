import { Client, type Connection } from '../core/client.ts';
import type { DeliveredItem, Delivery } from '../core/delivery.ts';
import { aboutAttempt } from '../core/mint/about.ts';
import { readPlan } from '../core/mint/attempt-plan.ts';
import { loginProfile } from '../core/mint/login-session.ts';
import { failureOf, isFailure, type MintResult } from '../core/mint/result.ts';
import { type ResolvedConnection, resolveConnection } from '../core/resolve-connection.ts';
import { resumeAttempt } from '../core/rotation/resume.ts';
import type { ResumeDeps } from '../core/rotation/take-up.ts';
import { type AppError, isAppError } from '../domain/errors.ts';
import type { JsonObject } from '../domain/json.ts';
import { Secret } from '../domain/secret.ts';
import { readSecretInput } from '../domain/secret-input.ts';
import type { Report } from '../output/report.ts';
import type { AttemptHeader, AttemptSummary } from '../ports/journal.ts';
import type { App } from './app.ts';
import { RESULT_COLUMNS } from './columns.ts';
import { type ParsedDelivery, parseDelivery } from './delivery-options.ts';
import { exitOfMany } from './exit-of-many.ts';
import type { Input } from './input.ts';
import { stopped } from './mint-report.ts';
import { listReport } from './reports.ts';

/** How an attempt finds its way back: the same profile, or the environment, as when it began. */
export async function resumeDeps(app: App): Promise<ResumeDeps> {
  const host = await app.journalHost();
  return { host, makeDeps: async (header) => app.mintDeps(await clientOf(app, header)) };
}

async function clientOf(app: App, header: AttemptHeader): Promise<Client> {
  const login = header.kind === 'login' ? loginProfile(header) : null;
  if (login) {
    const provider = await app.loadProvider(login.provider);
    const session = app.runtime.env['KEYTURN_SESSION'];
    // The cookie was forgotten, as it should be. What was captured needs none; what must be asked again says so (401).
    const secret =
      session === undefined ? Secret.of('forgotten') : readSecretInput(session, 'KEYTURN_SESSION');
    const auth = provider.auth.find((scheme) => scheme.id === 'session') ?? provider.auth[0];
    const { name, settings, origin } = login;
    return new Client(
      { provider, profile: name, settings, origin, auth, secret, credentialName: null, tokenId: null },
      await app.transport(),
    );
  }
  const env =
    header.profile === null ? app.runtime.env : { ...app.runtime.env, KEYTURN_PROFILE: header.profile };
  const provider = header.profile === null ? header.provider : undefined;
  const deps = { profiles: await app.profiles(), loadProvider: (id: string) => app.loadProvider(id) };
  const resolved = await resolveConnection({ profile: undefined, provider, env }, deps);
  try {
    return await app.clientFor(resolved);
  } catch (error) {
    const { self, target } = readPlan(header.plan);
    const { credential } = resolved;
    // What replaces itself may end before it is replaced: its successor, sealed in the journal, goes on then.
    if (!self || credential.kind !== 'store' || !isAppError(error, 'auth')) throw error;
    const store = await app.store();
    const kept = await store.find(credential.name);
    // Bound to another place, it is not sent here, ended or not.
    if (kept?.provider !== header.provider || kept.origin !== header.origin) throw error;
    return endedClient(app, resolved, {
      secret: await store.open(kept.name),
      tokenId: target?.id ?? null,
    });
  }
}

async function endedClient(
  app: App,
  { provider, profile, settings, origin, credential }: ResolvedConnection,
  own: Pick<Connection, 'secret' | 'tokenId'>,
): Promise<Client> {
  const credentialName = credential.kind === 'store' ? credential.name : null;
  const base = { provider, profile: profile?.name ?? null, settings, origin, auth: provider.auth[0] };
  return new Client({ ...base, ...own, credentialName }, await app.transport());
}

/** Another way out for an undelivered secret, where the options (or a terminal) offer one. */
export async function resumeDelivery(
  app: App,
  input: Input,
  attempt: AttemptSummary | undefined,
): Promise<ParsedDelivery | null> {
  const chosen = input.textOrFlag('save') !== undefined || input.list('to').length > 0 || input.flag('print');
  if (!chosen && !app.runtime.stdout.isTerminal) return null;
  const plan = attempt ? readPlan(attempt.header.plan) : null;
  const name = plan?.alias ?? plan?.spec?.name ?? plan?.target?.name ?? plan?.key?.name ?? null;
  const document = (item: DeliveredItem): JsonObject => ({
    provider: attempt?.header.provider ?? null,
    profile: attempt?.header.profile ?? null,
    [item.kind]: { id: item.id, name: item.name ?? name },
  });
  return parseDelivery(app, input, { defaultName: name, schema: 'keyturn.rotation/1', document });
}

export function resumedReport(
  app: App,
  result: MintResult,
  delivery: (Delivery & Partial<ParsedDelivery>) | null,
): Report {
  if (result.kind === 'attention' || (result.kind === 'pending' && result.error)) throw stopped(result);
  const { saved, sinks, fingerprint } = result.delivery;
  const line = {
    done: `finished${saved === null ? '' : `; kept as "${saved.name}"`}${sinks.map((sink) => `; written to ${sink}`).join('')}`,
    aborted: `nothing is left of it: ${result.error?.facts.message ?? 'it was undone'}`,
    pending: describeWait(result),
  }[result.kind];
  const exit = result.kind === 'pending' ? ({ exit: 'pending' } as const) : {};
  const notes = result.manual === null ? [] : [result.manual];
  if (delivery?.wasPrinted?.()) return { shape: 'written', notes: [line, ...notes], ...exit };
  app.verbose(`attempt ${result.attempt}`);
  const data = {
    attempt: result.attempt,
    state: result.kind,
    id: result.item?.id ?? null,
    dueAt: result.dueAt,
    old: result.old,
    delivery: {
      saved: saved?.name ?? null,
      sinks: [...sinks],
      printed: result.delivery.printed,
      fingerprint,
    },
  };
  return { shape: 'one', schema: 'keyturn.rotation/1', data, lines: [line], notes, ...exit };
}

/** Only what was seen is said: the old one may have been paused, or be out of sight. */
function describeWait({ dueAt, old }: MintResult): string {
  const then = 'resume again then, or with `--now`';
  if (old === 'disabled')
    return `the old one is disabled already; it would have worked until ${dueAt}; ${then}`;
  if (old === 'unknown')
    return `the old one is to work until ${dueAt}, and whether it does could not be seen; ${then}`;
  return `the old one works until ${dueAt}; ${then}`;
}

/** Each by itself; one that cannot go on does not hold up the others. */
export async function resumeAll(app: App, attempts: readonly AttemptSummary[]): Promise<Report> {
  const deps = await resumeDeps(app);
  const items: JsonObject[] = [];
  const errors: AppError[] = [];
  let waiting = 0;
  for (const { header } of attempts) {
    const base = { reference: header.id, name: aboutAttempt(header) };
    const { result, error } = await resumeOne(deps, header.id);
    if (error) errors.push(error);
    else if (result?.kind === 'pending') waiting += 1;
    const due = result?.dueAt ? `due ${result.dueAt}` : null;
    items.push({
      ...base,
      id: result?.item?.id ?? null,
      result: error?.code ?? result?.kind ?? null,
      message: error?.facts.message ?? result?.error?.facts.message ?? due,
      hint: error?.facts.hint ?? null,
    });
  }
  return {
    ...listReport({
      schema: 'keyturn.results/1',
      head: { verb: 'resume' },
      key: 'results',
      columns: RESULT_COLUMNS,
      items,
      empty: 'nothing is unfinished',
    }),
    exit: () => exitOfMany(attempts.length, errors) ?? (waiting > 0 ? 'pending' : undefined),
  };
}

/** An attempt that is taken back by `resume` has come to its end too. */
async function resumeOne(
  deps: ResumeDeps,
  id: string,
): Promise<{ result: MintResult | null; error: AppError | null }> {
  try {
    const result = await resumeAttempt(deps, id);
    const stays = isFailure(result) && result.kind !== 'aborted';
    return { result, error: stays ? failureOf(result) : null };
  } catch (error) {
    if (!isAppError(error)) throw error;
    return { result: null, error };
  }
}
