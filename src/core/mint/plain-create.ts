import type { AttemptPlan } from './attempt-plan.ts';

/** A plan that makes something new and replaces nothing. */
export const PLAIN_CREATE: AttemptPlan = {
  thing: 'token',
  way: 'create',
  target: null,
  spec: null,
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
};
