import { AppError, isAppError } from '../../domain/errors.ts';
import { compareAccounts } from '../../domain/same-settings.ts';
import type { Secret } from '../../domain/secret.ts';
import { toInstant } from '../../domain/time.ts';
import type { Token } from '../../domain/token.ts';
import type { Captured, Journal, OperationHeader, OperationKind } from '../../ports/journal.ts';
import type { Settings } from '../../ports/request.ts';
import type { Client, Connection } from '../client.ts';
import { connectedAccount } from '../connected-account.ts';
import type { Delivery } from '../delivery.ts';
import { randomHex } from '../random-hex.ts';
import type { OperationDeps } from './deps.ts';
import type { OperationPlan } from './plan.ts';
import { writePlan } from './plan.ts';
import type { Item } from './records.ts';
import type { StepName } from './step-names.ts';

/** What this run of an operation knows beside the journal; gone when the process dies. */
export interface Memory {
  /** How many requests were sent by this run. */
  sends: number;
  /** The last request's whole answer, for a disk that could not take it. */
  answer: Captured | null;
  /** The provider's id of what was made, for a run that stops before the journal has it. */
  madeId: string | null;
  /** The new token as the provider has just shown it, with the secret that the journal holds. */
  shown: Token | null;
  /** What the provider listed after the replaced token was ended. */
  listedAfterEnd: readonly Item[] | null;
}

/** One operation while it runs. */
export interface Operation {
  readonly deps: OperationDeps;
  readonly journal: Journal<StepName>;
  readonly plan: OperationPlan;
  /** Null for a resumed operation that goes to the destinations of its plan. */
  readonly delivery: Delivery | null;
  readonly resumed: boolean;
  /** The names that it creates belong to a policy: nobody else creates tokens under them. */
  readonly ownsName: boolean;
  readonly memory: Memory;
}

export function newMemory(): Memory {
  return { sends: 0, answer: null, madeId: null, shown: null, listedAfterEnd: null };
}

/** Sixteen hex digits (64 bits) that mark what the operation creates. */
export function markerOf(header: Pick<OperationHeader, 'id'>): string {
  return header.id.slice(0, 16);
}

export function newOperationId(deps: Pick<OperationDeps, 'random'>): string {
  return randomHex(deps.random, 16);
}

interface HeaderFacts {
  readonly id: string;
  readonly kind: OperationKind;
  readonly subject: string;
  readonly plan: OperationPlan;
}

export function makeHeader(deps: OperationDeps, facts: HeaderFacts): OperationHeader {
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
 * What at most one open operation may exist for. Ids repeat between accounts (Devo counts 1, 2, 3 in each domain), so
 * the account's settings belong to it.
 */
export function subjectOf(connection: Connection, thing: string): string {
  return `${thing} at ${connection.provider.id} ${connection.origin}${accountOf(connection.settings)}`;
}

/** Whether the operation belongs to the very account that the connection leads to. */
export function isOfPlace(
  { origin, provider }: Pick<OperationHeader, 'origin' | 'provider'>,
  { settings }: Pick<OperationPlan, 'settings'>,
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

/** Whether a browser session acts: it may create tokens, and neither read nor end them. */
export function isSession({ deps }: Pick<Operation, 'deps'>): boolean {
  const { auth, provider } = deps.client.connection;
  return auth.id !== provider.auth[0].id;
}

/** The new secret, which the journal keeps sealed until the operation ends. */
export async function secretOf(operation: Operation): Promise<Secret> {
  const secret = await operation.journal.stashed();
  if (secret) return secret;
  throw new AppError({
    code: 'lost',
    message: 'the new secret is no longer in the journal',
    hint: 'rotate the credential again',
  });
}

/** Who ends the old one: the manager, or, where the manager replaced itself, its successor. */
export async function successor(operation: Operation): Promise<Client> {
  const { client } = operation.deps;
  return operation.plan.self ? client.as(await secretOf(operation)) : client;
}

/** Acts as the managing credential; where that replaces itself and has ended meanwhile (401, and 403 at Devo), as its successor. */
export async function asManager<T>(operation: Operation, work: (client: Client) => Promise<T>): Promise<T> {
  const { client } = operation.deps;
  try {
    return await work(client);
  } catch (error) {
    if (!operation.plan.self || !isAppError(error, 'auth')) throw error;
    const next = await operation.journal.stashed();
    if (!next) throw error;
    return work(client.as(next));
  }
}
