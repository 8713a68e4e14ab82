import type { Assumptions } from './assumptions.ts';
import { isObject, isText, readDateTime } from './message.ts';
import { PFID } from './pfid.ts';
import type { PrefactorIds } from './prefactor-ids.ts';
import { Refusal } from './refusal.ts';

export interface TokenWish {
  readonly scope: string;
  readonly environmentId: string | null;
  readonly agentId: string | null;
  readonly agentDeploymentId: string | null;
  /** Undefined: the server's default. */
  readonly expiresAt: number | undefined;
  readonly idempotencyKey: string | undefined;
}

interface CreateBody {
  readonly fields: Readonly<Record<string, unknown>>;
  /** The `Idempotency-Key` header, which the vendor's Python SDK sends beside the field. */
  readonly headerKey: string | undefined;
  readonly environmentScope: Assumptions['prefactorEnvironmentScope'];
}

const TOP = ['details', 'idempotency_key'];
const DETAILS = ['token_scope', 'account_id', 'environment_id', 'agent_id', 'expires_at'];

/**
 * What a create asks for. The fields are inside `details`, though the vendor's page reads as if they were not.
 * ASSUMPTION: 422 for whatever is wrong, unknown fields included; 403 for another account; 404 for an unknown
 * environment or agent; an expiry in the past is refused.
 */
export function readTokenWish(body: CreateBody, ids: PrefactorIds, now: number): TokenWish {
  const { fields, headerKey, environmentScope } = body;
  const problems: Record<string, string> = {};
  const details = isObject(fields['details']) ? fields['details'] : undefined;
  if (details === undefined)
    throw new Refusal(422, 'validation_errors', 'Validation failed', {
      // The vendor's page reads as if the fields were at the top.
      details: 'required: the fields of the token belong inside "details"',
    });
  for (const key of Object.keys(fields)) if (!TOP.includes(key)) problems[key] = 'unexpected';
  for (const key of Object.keys(details)) if (!DETAILS.includes(key)) problems[key] = 'unexpected';

  const id = (key: string): string | null => {
    const value = details[key] ?? null;
    if (value === null) return null;
    if (typeof value === 'string' && PFID.test(value)) return value;
    problems[key] = 'invalid';
    return null;
  };
  const account = id('account_id');
  const environmentId = id('environment_id');
  const agentId = id('agent_id');
  const scope = details['token_scope'];
  checkScope();
  const expiresAt = readExpiry();
  const idempotencyKey = fields['idempotency_key'] ?? headerKey;
  if (idempotencyKey !== undefined && !isText(idempotencyKey, 64)) problems['idempotency_key'] = 'invalid';
  if (Object.keys(problems).length > 0 || typeof scope !== 'string')
    throw new Refusal(422, 'validation_errors', 'Validation failed', problems);

  if (account !== null && account !== ids.account) throw new Refusal(403, 'not_permitted', 'Not permitted');
  if (environmentId !== null && environmentId !== ids.environment) throw notFound('Environment');
  if (agentId !== null && agentId !== ids.agent) throw notFound('Agent');
  return {
    scope,
    environmentId,
    agentId,
    agentDeploymentId: scope === 'agent_deployment' ? ids.agentDeployment : null,
    expiresAt,
    idempotencyKey: typeof idempotencyKey === 'string' ? idempotencyKey : undefined,
  };

  function checkScope(): void {
    const needs = new Map<unknown, readonly boolean[]>([
      ['account', [false, false]],
      // Tokens of one environment are a legacy that the web application no longer makes.
      ['environment', [true, false]],
      ['agent_deployment', [true, true]],
    ]).get(scope);
    if (needs === undefined || (scope === 'environment' && environmentScope === 'refused')) {
      problems['token_scope'] = scope === undefined ? 'required' : 'invalid';
      return;
    }
    checkPresence('environment_id', environmentId, needs[0] === true);
    checkPresence('agent_id', agentId, needs[1] === true);
  }

  function checkPresence(key: string, value: string | null, needed: boolean): void {
    if (needed && value === null) problems[key] ??= 'required';
    if (!needed && value !== null) problems[key] ??= 'unexpected';
  }

  function readExpiry(): number | undefined {
    const value = details?.['expires_at'] ?? undefined;
    if (value === undefined) return undefined;
    const time = readDateTime(value);
    if (time === undefined || time <= now) problems['expires_at'] = 'invalid';
    // ASSUMPTION: kept to the second, as the examples are.
    return time === undefined ? undefined : Math.floor(time / 1000) * 1000;
  }
}

function notFound(what: string): Refusal {
  return new Refusal(404, 'not_found', `${what} not found`);
}
