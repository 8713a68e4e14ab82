import type { Connection } from '../client.ts';
import type { AttemptPlan } from './attempt-plan.ts';

/** A plan that makes something new at this account and replaces nothing. */
export function plainCreate({ settings }: Connection): AttemptPlan {
  return {
    thing: 'token',
    way: 'create',
    target: null,
    spec: null,
    bySession: false,
    marked: false,
    project: null,
    key: null,
    entry: null,
    sinks: [],
    print: false,
    self: false,
    scopes: null,
    graceMs: null,
    keepOld: false,
    alias: null,
    login: null,
    settings,
  };
}
