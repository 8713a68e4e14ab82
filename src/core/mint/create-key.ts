import type { KeyType, ProjectKey } from '../../domain/token.ts';
import type { Delivery } from '../delivery.ts';
import { makeHeader, newAttemptId, subjectOf } from './attempt.ts';
import { createSteps } from './create-steps.ts';
import { newEntry } from './create-token.ts';
import type { MintDeps } from './deps.ts';
import { refuseInTheWay } from './in-the-way.ts';
import { isKey } from './item.ts';
import { plainCreate } from './plain-create.ts';
import type { MintResult } from './result.ts';
import { narrowItem } from './result.ts';
import { requireDestination, sinkLabels, startAttempt } from './start.ts';

export interface NewKey {
  readonly project: string;
  readonly name: string;
  readonly type: KeyType;
  readonly delivery: Delivery;
}

/** Mints a project's key. A `browser_public` key has no secret: its public key is in the result, and nothing is delivered. */
export async function createKey(deps: MintDeps, wanted: NewKey): Promise<MintResult<ProjectKey>> {
  const { delivery, name, project, type } = wanted;
  const hasSecret = type === 'server_signed';
  if (hasSecret) {
    requireDestination(delivery);
    await refuseInTheWay(deps, { entry: delivery.saveAs, target: null });
  }
  const id = newAttemptId(deps);
  const plan = {
    ...plainCreate(deps.client.connection),
    thing: 'key',
    project,
    key: { name, type },
    entry: hasSecret ? await newEntry(deps, delivery.saveAs, 'key') : null,
    sinks: hasSecret ? sinkLabels(delivery) : [],
    print: hasSecret && delivery.print !== null,
  } as const;
  const subject = subjectOf(deps.client.connection, `create key ${project}/${name}`);
  const header = makeHeader(deps, { id, kind: 'create key', subject, plan });
  return narrowItem(await startAttempt(deps, { header, plan, delivery }, createSteps), isKey);
}
