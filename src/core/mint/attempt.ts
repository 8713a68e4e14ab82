import { AppError, isAppError } from '../../domain/errors.ts';
import { compareAccounts } from '../../domain/same-settings.ts';
import type { Secret } from '../../domain/secret.ts';
import { toInstant } from '../../domain/time.ts';
import type { AttemptHeader, AttemptKind, Captured, Journal } from '../../ports/journal.ts';
import type { Settings } from '../../ports/provider.ts';
import type { Client, Connection } from '../client.ts';
import { connectedAccount } from '../connected-account.ts';
import type { Delivery } from '../delivery.ts';
import type { AttemptPlan } from './attempt-plan.ts';
import { writePlan } from './attempt-plan.ts';
import type { MintDeps } from './deps.ts';

/** What this run of an attempt knows beside the journal; gone when the process dies. */
export interface Memory {
  /** How many mints were sent by this run. */
  sends: number;
  /** The last mint's whole answer, for a disk that could not take it. */
  answer: Captured | null;
  /** The provider's id of what was made, for a run that stops before the journal has it. */
  madeId: string | null;
}

/** One attempt while it runs. */
export interface Attempt {
  readonly deps: MintDeps;
  readonly journal: Journal;
  readonly plan: AttemptPlan;
  /** Null for a resumed attempt that goes to the sinks of its plan. */
  readonly delivery: Delivery | null;
  readonly resumed: boolean;
  readonly memory: Memory;
}

/** Eight hex digits that mark what the attempt mints. */
export function nonceOf(header: Pick<AttemptHeader, 'id'>): string {
  return header.id.slice(0, 8);
}

export function newAttemptId(deps: Pick<MintDeps, 'random'>): string {
  return Array.from(deps.random.bytes(16), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

interface HeaderFacts {
  readonly id: string;
  readonly kind: AttemptKind;
  readonly subject: string;
  readonly plan: AttemptPlan;
}

export function makeHeader(deps: MintDeps, facts: HeaderFacts): AttemptHeader {
  const { connection } = deps.client;
  return {
    id: facts.id,
    kind: facts.kind,
    startedAt: toInstant(deps.clock.now()),
    profile: facts.plan.login?.name ?? connection.profile,
    provider: connection.provider.id,
    origin: connection.origin,
    subject: facts.subject,
    plan: writePlan(facts.plan),
  };
}

/**
 * What at most one open attempt may exist for. Ids repeat between accounts (Devo counts 1, 2, 3 in each domain), so
 * the account's settings belong to it.
 */
export function subjectOf(connection: Connection, thing: string): string {
  return `${thing} at ${connection.provider.id} ${connection.origin}${accountOf(connection.settings)}`;
}

/** Whether the attempt belongs to the very account that the connection leads to. */
export function isOfPlace(
  { origin, provider }: Pick<AttemptHeader, 'origin' | 'provider'>,
  { settings }: Pick<AttemptPlan, 'settings'>,
  connection: Connection,
): boolean {
  return compareAccounts({ origin, provider, settings }, connectedAccount(connection)) === 'same';
}

function accountOf(settings: Settings): string {
  return Object.keys(settings)
    .sort()
    .map((name) => ` ${name}=${settings[name] ?? ''}`)
    .join('');
}

export function tokenSubject(connection: Connection, id: string): string {
  return subjectOf(connection, `token ${id}`);
}

export function keySubject(connection: Connection, project: string, id: string): string {
  return subjectOf(connection, `key ${project}/${id}`);
}

/** The new secret, which the journal keeps sealed until the attempt ends. */
export async function secretOf(attempt: Attempt): Promise<Secret> {
  const secret = await attempt.journal.kept();
  if (secret) return secret;
  throw new AppError({
    code: 'lost',
    message: 'the new secret is no longer in the journal',
    hint: 'rotate the credential again',
  });
}

/** Who ends the old one: the manager, or, where the manager replaced itself, its successor. */
export async function successor(attempt: Attempt): Promise<Client> {
  const { client } = attempt.deps;
  return attempt.plan.self ? client.as(await secretOf(attempt)) : client;
}

/** Acts as the managing credential; where that replaces itself and has ended meanwhile (401, and 403 at Devo), as its successor. */
export async function asManager<T>(attempt: Attempt, work: (client: Client) => Promise<T>): Promise<T> {
  const { client } = attempt.deps;
  try {
    return await work(client);
  } catch (error) {
    if (!attempt.plan.self || !isAppError(error, 'auth')) throw error;
    const next = await attempt.journal.kept();
    if (!next) throw error;
    return work(client.as(next));
  }
}
