import type { Token } from '../../domain/token.ts';
import type { TokenSpec } from '../../ports/provider.ts';
import type { Delivery } from '../delivery.ts';
import { nameTaken, refuseInTheWay } from '../operation/conflicts.ts';
import type { OperationDeps } from '../operation/deps.ts';
import { makeHeader, markerOf, newOperationId, subjectOf } from '../operation/operation.ts';
import { type PlannedEntry, plainCreate } from '../operation/plan.ts';
import { isToken } from '../operation/records.ts';
import type { OperationResult } from '../operation/result.ts';
import { narrowItem } from '../operation/result.ts';
import { destinationLabels, requireDestination, startOperation } from '../operation/start.ts';

export interface NewToken {
  readonly spec: TokenSpec;
  readonly delivery: Delivery;
  /** The local name, for a provider without names. */
  readonly alias?: string | null;
  /** Lets the store's entry of that name be replaced: for one whose secret is known to have ended. */
  readonly replaces?: boolean;
}

/**
 * Issues a token and delivers its secret. A result that is `pending` (a closed pipe, a destination that failed) is finished by
 * `resumeOperation`; nothing is lost meanwhile.
 */
export async function createToken(deps: OperationDeps, wanted: NewToken): Promise<OperationResult<Token>> {
  const { delivery } = wanted;
  const { connection } = deps.client;
  requireDestination(delivery);
  await refuseInTheWay(deps, { entry: delivery.saveAs, target: null });
  const id = newOperationId(deps);
  const checked = connection.provider.tokens.checkSpec(wanted.spec);
  const spec = { ...checked, idempotencyKey: idempotencyKey(deps, checked, id) };
  const plan = {
    ...plainCreate(connection),
    thing: 'token',
    spec,
    entry: wanted.replaces
      ? await replacedEntry(deps, delivery.saveAs)
      : await newEntry(deps, delivery.saveAs, 'token'),
    destinations: destinationLabels(delivery),
    print: delivery.print !== null,
    scopes: spec.scopes.length > 0 ? spec.scopes : null,
    alias: wanted.alias ?? null,
  } as const;
  const subject = subjectOf(connection, `create ${spec.name ?? plan.alias ?? id}`);
  const header = makeHeader(deps, { id, kind: 'create token', subject, plan });
  return narrowItem(await startOperation(deps, { header, plan, delivery }), isToken);
}

/** A person chose the name and the end, so only what nobody sees may carry the operation's mark. */
export function idempotencyKey(deps: OperationDeps, spec: TokenSpec, id: string): string | null {
  const { marking } = deps.client.connection.provider.tokens;
  return marking?.mark(spec, markerOf({ id }), deps.clock.now()).idempotencyKey ?? spec.idempotencyKey;
}

export async function newEntry(
  deps: OperationDeps,
  name: string | null,
  kind: PlannedEntry['kind'],
): Promise<PlannedEntry | null> {
  if (name === null) return null;
  const saved = await deps.store.find(name);
  if (saved) throw nameTaken(saved, deps.client.connection.provider.id);
  return { name, kind, from: null };
}

async function replacedEntry(deps: OperationDeps, name: string | null): Promise<PlannedEntry | null> {
  const kept = name === null ? null : await deps.store.find(name);
  return kept
    ? { name: kept.name, kind: kept.kind, from: kept.current.version }
    : newEntry(deps, name, 'token');
}
