import { commandLine } from '../../domain/command-line.ts';
import { AppError, isAppError, usage } from '../../domain/errors.ts';
import type { Instant } from '../../domain/time.ts';
import { toInstant } from '../../domain/time.ts';
import type { Token } from '../../domain/token.ts';
import type { Provider, TokenApi, TokenSpec } from '../../ports/provider.ts';
import type { HttpRequest } from '../../ports/request.ts';
import type { Connection } from '../client.ts';
import { createCommand } from '../create-command.ts';
import type { Delivery } from '../delivery.ts';
import { issueCall } from '../operation/calls.ts';
import { refuseInTheWay } from '../operation/conflicts.ts';
import type { OperationDeps } from '../operation/deps.ts';
import { keySubject, makeHeader, markerOf, newOperationId, tokenSubject } from '../operation/operation.ts';
import { type OperationPlan, type PlannedEntry, plainCreate } from '../operation/plan.ts';
import type { PlannedOperation } from '../operation/start.ts';
import { destinationLabels, requireDestination } from '../operation/start.ts';
import { sessionScheme } from '../session-scheme.ts';
import { findEntry, withSavedFacts } from './entry.ts';
import type { RotationTarget } from './target.ts';

export interface RotationOptions {
  /** The grace period in ms; 0 and null for none. */
  readonly graceMs?: number | null;
  readonly retainOld?: boolean;
  /** No grace period, even if `graceMs` is set. */
  readonly revoke?: boolean;
  readonly allowSelf?: boolean;
  /** For a provider that replaces secrets in place: create a second token with a browser session, then end the old token. */
  readonly session?: boolean;
  /** Attributes that the new token shall have instead of the old one's. */
  readonly overrides?: Partial<Pick<TokenSpec, 'name' | 'scopes' | 'expiresAt' | 'options'>>;
}

export interface RotationRequest {
  readonly target: RotationTarget;
  readonly delivery: Delivery;
  readonly options?: RotationOptions;
}

/** Everything that a rotation will do, decided and not begun. */
export interface RotationPlan extends PlannedOperation {
  readonly provider: Provider;
  /** The request that issues the new secret. */
  readonly request: Pick<HttpRequest, 'method' | 'path'>;
}

/**
 * Decides what a rotation will do. Reads the store and the journals, sends nothing. Throws `locked` while an unfinished
 * operation needs the token or the store entry.
 */
export async function planRotation(deps: OperationDeps, wanted: RotationRequest): Promise<RotationPlan> {
  const { client } = deps;
  const { connection } = client;
  const id = newOperationId(deps);
  const item = wanted.target.kind === 'token' ? wanted.target.token : wanted.target.key;
  const entry = await findEntry(deps, wanted.target, wanted.delivery.saveAs);
  await refuseInTheWay(deps, {
    entry: entry?.name ?? null,
    target: wanted.target.kind === 'token' ? { id: item.id, name: item.name } : null,
  });
  const delivery = { ...wanted.delivery, saveAs: entry?.name ?? null };
  requireDestination(delivery);
  const plan: OperationPlan = {
    ...plainCreate(connection),
    ...(wanted.target.kind === 'token'
      ? planToken(deps, wanted, { id, like: await withSavedFacts(deps, wanted.target.token) })
      : planKey(wanted.target.project)),
    target: { id: item.id, name: item.name, createdAt: item.createdAt, expiresAt: item.expiresAt },
    entry,
    destinations: destinationLabels(delivery),
    print: delivery.print !== null,
    self: wanted.target.kind === 'token' && isSelf(deps, wanted.target, entry),
    graceMs: wanted.options?.revoke ? null : wanted.options?.graceMs || null,
    retainOld: wanted.options?.retainOld ?? false,
  };
  checkPlan(connection.provider, plan, wanted.options ?? {});
  refuseDead(connection, wanted.target);
  refuseSecretless(wanted.target);
  const isToken = wanted.target.kind === 'token';
  const header = makeHeader(deps, {
    id,
    kind: isToken ? 'rotate token' : 'rotate key',
    subject: isToken
      ? tokenSubject(connection, item.id)
      : keySubject(connection, plan.project ?? '', item.id),
    plan,
  });
  const { method, path } = issueCall(client, plan).request(connection.settings);
  return { header, plan, delivery, provider: connection.provider, request: { method, path } };
}

interface Like {
  readonly id: string;
  /** The token whose attributes the new token copies. */
  readonly like: Token;
}

function planToken(deps: OperationDeps, wanted: RotationRequest, { id, like }: Like): Partial<OperationPlan> {
  const { provider } = deps.client.connection;
  if (wanted.target.kind !== 'token') return {};
  const { token } = wanted.target;
  const bySession = wanted.options?.session ?? false;
  if (bySession) sessionScheme(provider);
  if (provider.facts.rotation === 'in-place' && !bySession) {
    if (wanted.options?.overrides && Object.keys(wanted.options.overrides).length > 0) {
      throw usage(
        `${provider.title} gives a token a new secret and changes nothing else`,
        withSession(provider) ?? 'make a new token instead',
      );
    }
    return { thing: 'token', way: 'in-place', scopes: token.scopes };
  }
  if (provider.facts.names === 'none' && wanted.options?.overrides?.name !== undefined)
    throw usage(
      `${provider.title} has no names`,
      'leave "--name" out; `keyturn tokens rename` gives a name on this machine',
    );
  const plain = specLike(deps, like, wanted.options?.overrides ?? {});
  const spec = provider.tokens.marking?.mark(plain, markerOf({ id }), deps.clock.now()) ?? plain;
  return {
    thing: 'token',
    way: 'overlap',
    spec,
    bySession,
    marked: provider.tokens.marking !== undefined,
    scopes: spec.scopes.length > 0 ? spec.scopes : null,
  };
}

/** How to get a second token where the provider replaces in place; null where there is no such way. */
function withSession({ auth }: Provider): string | null {
  if (!auth.some(({ id }) => id === 'session')) return null;
  return 'add `--session`: a browser session creates a new token, and the old token ends afterwards';
}

function planKey(project: string): Partial<OperationPlan> {
  return { thing: 'key', way: 'in-place', project };
}

/** The old token's attributes and length of life, where the provider lets a token's end be chosen. */
function specLike(
  deps: OperationDeps,
  token: Token,
  overrides: RotationOptions['overrides'] & object,
): TokenSpec {
  const { tokens } = deps.client.connection.provider;
  const carried = tokens.specOf(token);
  const spec = { ...carried, ...overrides, options: { ...carried.options, ...overrides.options } };
  if (overrides.expiresAt !== undefined || !mayChooseExpiry(tokens, spec, deps.clock.now())) {
    return tokens.checkSpec(spec);
  }
  return tokens.checkSpec({ ...spec, expiresAt: sameLifetime(token, deps.clock.now()) });
}

function mayChooseExpiry({ checkSpec }: TokenApi, spec: TokenSpec, now: number): boolean {
  try {
    checkSpec({ ...spec, expiresAt: toInstant(now + 86_400_000) });
    return true;
  } catch (error) {
    if (!isAppError(error, 'usage')) throw error;
    return false;
  }
}

/** The end of the new token: as long from now as the old one lived. Null for a token without an end. */
function sameLifetime({ id, createdAt, expiresAt, unreadable }: Token, now: number): Instant | null {
  if (unreadable?.expiresAt !== undefined || (expiresAt !== null && unreadable?.createdAt !== undefined)) {
    throw usage(
      `the lifetime of "${id}" cannot be read ("${unreadable.expiresAt ?? unreadable.createdAt}"), so the new token would not get the same`,
      'say how long the new token shall live: `--expires-in 30d`; nothing was sent',
    );
  }
  if (createdAt === null || expiresAt === null) return null;
  const lifetime = Date.parse(expiresAt) - Date.parse(createdAt);
  return lifetime > 0 ? toInstant(Math.floor((now + lifetime) / 1000) * 1000) : null;
}

function isSelf(
  { client }: OperationDeps,
  target: RotationTarget & { kind: 'token' },
  entry: PlannedEntry | null,
): boolean {
  const { claims, tokenId, credentialName } = client.connection;
  const { id } = target.token;
  const isNamed = tokenId === null ? (claims?.includes(id) ?? false) : tokenId === id;
  return (
    target.isOwn === true ||
    isNamed ||
    (credentialName !== null && entry?.name === credentialName && entry.from !== null)
  );
}

function checkPlan(provider: Provider, plan: OperationPlan, options: RotationOptions): void {
  if (plan.self && !options.allowSelf) {
    throw new AppError({
      code: 'conflict',
      message: `"${plan.target?.name ?? plan.target?.id}" is the credential that keyturn is using`,
      hint: 'add "--allow-self" to rotate it anyway',
      id: plan.target?.id,
    });
  }
  if (plan.retainOld && plan.graceMs !== null)
    throw usage('the old token cannot both be kept and be given a grace period', 'give one `--old`');
  if (plan.way === 'in-place' && (plan.graceMs !== null || plan.retainOld)) {
    throw usage(
      `${provider.title} replaces the secret in place: the old secret cannot stay valid`,
      (plan.thing === 'token' ? withSession(provider) : null) ??
        'leave `--old` out, or create another token and revoke the old one later',
    );
  }
}

/** A browser key has no secret: rotating it would only break the pages that embed it. */
function refuseSecretless(target: RotationTarget): void {
  if (target.kind !== 'key' || target.key.type !== 'browser_public') return;
  throw new AppError({
    code: 'conflict',
    message: `the key "${target.key.name ?? target.key.id}" is for browsers and has no secret to rotate`,
    hint: 'make a second one with `keyturn keys create --type browser_public`, deploy it, then `keyturn keys expire` this one',
  });
}

function refuseDead(connection: Connection, target: RotationTarget): void {
  const { id, name, status } = target.kind === 'token' ? target.token : target.key;
  if (status !== 'revoked') return;
  const create = recreate(connection, target);
  throw new AppError({
    code: 'conflict',
    message: `"${name ?? id}" (id ${id}) is revoked already`,
    hint: `make a new one with \`${create}\``,
    id,
  });
}

/** A name that the provider never frees is not proposed again. */
function recreate({ provider, profile }: Connection, target: RotationTarget): string {
  if (target.kind === 'key') {
    const own = ['--project', target.project, '--name', target.key.name ?? 'NAME', '--save'];
    return commandLine(['keys', 'create', ...own], profile);
  }
  const { name } = target.token;
  const isFree = name !== null && provider.facts.names !== 'unique';
  return createCommand({ provider, profile }, isFree ? ['--name', name] : []);
}
