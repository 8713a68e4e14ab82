import { randomHex } from './new-secrets.ts';
import { makePfid, PARTITION_LIMIT } from './pfid.ts';
import type { Saved } from './saved.ts';
import type { World } from './world.ts';

/** The objects around the tokens. They all share the account's partition. */
export type PrefactorIds = {
  readonly partition: number;
  readonly account: string;
  readonly admin: string;
  readonly environment: string;
  readonly agent: string;
  readonly agentDeployment: string;
};

export function makePrefactorIds(world: World): PrefactorIds {
  const partition = Number.parseInt(randomHex(world, 4), 16) % PARTITION_LIMIT;
  const next = (): string => newPfid(world, partition);
  return {
    partition,
    account: next(),
    admin: next(),
    environment: next(),
    agent: next(),
    agentDeployment: next(),
  };
}

export function newPfid(world: World, partition: number): string {
  return makePfid(world.now(), partition, world.random(10));
}

export function readPrefactorIds(it: Saved): PrefactorIds {
  return {
    partition: it.number('partition'),
    account: it.text('account'),
    admin: it.text('admin'),
    environment: it.text('environment'),
    agent: it.text('agent'),
    agentDeployment: it.text('agentDeployment'),
  };
}
