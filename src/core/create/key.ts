import type { KeyType, ProjectKey } from '../../domain/token.ts';
import type { Delivery } from '../delivery.ts';
import { refuseInTheWay } from '../operation/conflicts.ts';
import type { OperationDeps } from '../operation/deps.ts';
import { makeHeader, newOperationId, subjectOf } from '../operation/operation.ts';
import { plainCreate } from '../operation/plan.ts';
import { isKey } from '../operation/records.ts';
import type { OperationResult } from '../operation/result.ts';
import { narrowItem } from '../operation/result.ts';
import { destinationLabels, requireDestination, startOperation } from '../operation/start.ts';
import { newEntry } from './token.ts';

export interface NewKey {
  readonly project: string;
  readonly name: string;
  readonly type: KeyType;
  readonly delivery: Delivery;
}

/** Issues a project's key. A `browser_public` key has no secret: its public key is in the result, and nothing is delivered. */
export async function createKey(deps: OperationDeps, wanted: NewKey): Promise<OperationResult<ProjectKey>> {
  const { delivery, name, project, type } = wanted;
  const hasSecret = type === 'server_signed';
  if (hasSecret) {
    requireDestination(delivery);
    await refuseInTheWay(deps, { entry: delivery.saveAs, target: null });
  }
  const id = newOperationId(deps);
  const plan = {
    ...plainCreate(deps.client.connection),
    thing: 'key',
    project,
    key: { name, type },
    entry: hasSecret ? await newEntry(deps, delivery.saveAs, 'key') : null,
    destinations: hasSecret ? destinationLabels(delivery) : [],
    print: hasSecret && delivery.print !== null,
  } as const;
  const subject = subjectOf(deps.client.connection, `create key ${project}/${name}`);
  const header = makeHeader(deps, { id, kind: 'create key', subject, plan });
  return narrowItem(await startOperation(deps, { header, plan, delivery }), isKey);
}
