import { type AppError, isAppError } from '../domain/errors.ts';
import type { AuditAction, AuditEvent, AuditLog } from '../ports/audit.ts';
import type { Client } from './client.ts';

export interface AuditedDeps {
  readonly client: Client;
  readonly audit: AuditLog;
}

export interface Deed<T> {
  readonly action: AuditAction;
  /** The provider's id of what is changed; told from the answer where it is made by the deed. */
  readonly id: string | ((made: T) => string);
  readonly target?: string | null;
  /** Where it is done: `here` for what keyturn alone knows of, such as a local name. */
  readonly place?: 'provider' | 'here';
  /** What the log says of a deed whose work returned; `ok` unless it is given. */
  readonly outcome?: (value: T) => 'ok' | 'unknown';
  work(): Promise<T>;
}

/** What was done, and why the audit log does not say so; null when it does. */
export interface Done<T> {
  readonly value: T;
  readonly unlogged: AppError | null;
}

/**
 * Does it and writes one line about it, also when it fails; then the failure itself is thrown, whatever the log says.
 * A log that cannot be written is found out before the work, so that nothing is sent.
 */
export async function tryAudited<T>(deps: AuditedDeps, deed: Deed<T>): Promise<Done<T>> {
  await deps.audit.prove();
  let value: T;
  try {
    value = await deed.work();
  } catch (error) {
    if (isAppError(error)) await errorOf(() => record(deps, deed, { failed: error }));
    throw error;
  }
  return { value, unlogged: await errorOf(() => record(deps, deed, { value })) };
}

/** The same, where a log that cannot be written is the command's failure. The error says that the deed is done. */
export async function audited<T>(deps: AuditedDeps, deed: Deed<T>): Promise<T> {
  const { value, unlogged } = await tryAudited(deps, deed);
  if (unlogged !== null) throw doneBut(unlogged, deed.place);
  return value;
}

/**
 * An error of what comes after the deed: nobody shall believe that the deed can be done again. `usage` and `interrupted`
 * promise that nothing was sent, so they become a `failure`.
 */
export function doneBut(error: AppError, place: Deed<unknown>['place'] = 'provider'): AppError {
  const done = place === 'here' ? 'it is done' : 'it is done at the provider';
  const code = UNSENT.includes(error.code) ? 'failure' : error.code;
  return error.with({ code, message: `${done}, but ${error.facts.message}` });
}

const UNSENT: readonly AppError['code'][] = ['usage', 'interrupted', 'terminated', 'cancelled'];

/** The failure of the work; null when there is none. Only an `AppError` is a failure; all else is a bug and thrown. */
export async function errorOf(work: () => Promise<unknown>): Promise<AppError | null> {
  try {
    await work();
    return null;
  } catch (error) {
    if (!isAppError(error)) throw error;
    return error;
  }
}

type Outcome<T> = { readonly value: T } | { readonly failed: AppError };

async function record<T>(deps: AuditedDeps, deed: Deed<T>, outcome: Outcome<T>): Promise<void> {
  const { profile, provider, origin } = deps.client.connection;
  await deps.audit.append({
    action: deed.action,
    outcome: outcomeOf(deed, outcome),
    profile,
    provider: provider.id,
    origin,
    id: idOf(deed, outcome),
    attempt: null,
    fingerprint: null,
    requestId: 'failed' in outcome ? (outcome.failed.facts.requestId ?? null) : null,
    target: deed.target ?? null,
  });
}

function outcomeOf<T>(deed: Deed<T>, outcome: Outcome<T>): AuditEvent['outcome'] {
  if ('value' in outcome) return deed.outcome?.(outcome.value) ?? 'ok';
  return outcome.failed.code === 'unavailable' ? 'unknown' : 'failed';
}

function idOf<T>({ id }: Deed<T>, outcome: Outcome<T>): string | null {
  if (typeof id === 'string') return id;
  return 'value' in outcome ? id(outcome.value) : null;
}
