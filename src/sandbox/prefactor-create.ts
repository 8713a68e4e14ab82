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
  const check = new CreateCheck(body.fields);
  const account = check.id('account_id');
  const environmentId = check.id('environment_id');
  const agentId = check.id('agent_id');
  const scope = check.scope(body.environmentScope, environmentId, agentId);
  const expiresAt = check.expiry(now);
  const idempotencyKey = check.idempotencyKey(body.headerKey);
  check.refuseProblems();

  if (account !== null && account !== ids.account) throw new Refusal(403, 'not_permitted', 'Not permitted');
  if (environmentId !== null && environmentId !== ids.environment) throw notFound('Environment');
  if (agentId !== null && agentId !== ids.agent) throw notFound('Agent');
  const agentDeploymentId = scope === 'agent_deployment' ? ids.agentDeployment : null;
  return { scope, environmentId, agentId, agentDeploymentId, expiresAt, idempotencyKey };
}

/** Reads the fields of a create and collects what is wrong with them: the vendor names every problem in one answer. */
class CreateCheck {
  readonly #fields: Readonly<Record<string, unknown>>;
  readonly #details: Readonly<Record<string, unknown>>;
  readonly #problems: Record<string, string> = {};

  constructor(fields: Readonly<Record<string, unknown>>) {
    const details = fields['details'];
    if (!isObject(details))
      throw new Refusal(422, 'validation_errors', 'Validation failed', {
        // The vendor's page reads as if the fields were at the top.
        details: 'required: the fields of the token belong inside "details"',
      });
    this.#fields = fields;
    this.#details = details;
    for (const key of Object.keys(fields)) if (!TOP.includes(key)) this.#problems[key] = 'unexpected';
    for (const key of Object.keys(details)) if (!DETAILS.includes(key)) this.#problems[key] = 'unexpected';
  }

  id(key: string): string | null {
    const value = this.#details[key] ?? null;
    if (value === null) return null;
    if (typeof value === 'string' && PFID.test(value)) return value;
    this.#problems[key] = 'invalid';
    return null;
  }

  scope(
    environmentScope: CreateBody['environmentScope'],
    environmentId: string | null,
    agentId: string | null,
  ): string {
    const scope = this.#details['token_scope'];
    const needs = new Map<unknown, readonly boolean[]>([
      ['account', [false, false]],
      // Tokens of one environment are a legacy that the web application no longer makes.
      ['environment', [true, false]],
      ['agent_deployment', [true, true]],
    ]).get(scope);
    if (needs === undefined || (scope === 'environment' && environmentScope === 'refused')) {
      this.#problems['token_scope'] = scope === undefined ? 'required' : 'invalid';
      return '';
    }
    this.#checkPresence('environment_id', environmentId, needs[0] === true);
    this.#checkPresence('agent_id', agentId, needs[1] === true);
    return typeof scope === 'string' ? scope : '';
  }

  expiry(now: number): number | undefined {
    const value = this.#details['expires_at'] ?? undefined;
    if (value === undefined) return undefined;
    const time = readDateTime(value);
    if (time === undefined || time <= now) this.#problems['expires_at'] = 'invalid';
    // ASSUMPTION: kept to the second, as the examples are.
    return time === undefined ? undefined : Math.floor(time / 1000) * 1000;
  }

  idempotencyKey(headerKey: string | undefined): string | undefined {
    const key = this.#fields['idempotency_key'] ?? headerKey;
    if (key !== undefined && !isText(key, 64)) this.#problems['idempotency_key'] = 'invalid';
    return typeof key === 'string' ? key : undefined;
  }

  refuseProblems(): void {
    if (Object.keys(this.#problems).length > 0)
      throw new Refusal(422, 'validation_errors', 'Validation failed', this.#problems);
  }

  #checkPresence(key: string, value: string | null, needed: boolean): void {
    if (needed && value === null) this.#problems[key] ??= 'required';
    if (!needed && value !== null) this.#problems[key] ??= 'unexpected';
  }
}

function notFound(what: string): Refusal {
  return new Refusal(404, 'not_found', `${what} not found`);
}
