import { isoSeconds } from './message.ts';
import type { PrefactorIds } from './prefactor-ids.ts';
import { Refusal } from './refusal.ts';
import type { Saved } from './saved.ts';
import type { Json } from './vendor.ts';

export type ApiToken = {
  readonly id: string;
  readonly scope: string;
  readonly environmentId: string | null;
  readonly agentId: string | null;
  readonly agentDeploymentId: string | null;
  readonly status: string;
  /** Null for a token that never ends. */
  readonly expiresAt: number | null;
  readonly insertedAt: number;
  readonly updatedAt: number;
  readonly hash: string;
};

export type TokenAction = 'activate' | 'suspend' | 'revoke' | 'delete';

const ALLOWED: Readonly<Record<string, readonly TokenAction[]>> = {
  active: ['suspend', 'revoke'],
  suspended: ['activate', 'revoke'],
  revoked: ['delete'],
};

/** Revoked is for good, suspended is not, and only what is revoked can be deleted. */
export function mayDo(token: ApiToken, action: TokenAction): boolean {
  return ALLOWED[token.status]?.includes(action) ?? false;
}

export function showSummary(
  token: ApiToken,
  ids: PrefactorIds,
  lastUsed: number | undefined,
): Record<string, Json> {
  return {
    type: 'api_token',
    id: token.id,
    account_id: ids.account,
    environment_id: token.environmentId,
    agent_id: token.agentId,
    agent_deployment_id: token.agentDeploymentId,
    created_by_admin_user_id: ids.admin,
    token_scope: token.scope,
    status: token.status,
    expires_at: token.expiresAt === null ? null : isoSeconds(token.expiresAt),
    inserted_at: isoSeconds(token.insertedAt),
    updated_at: isoSeconds(token.updatedAt),
    last_used_at: lastUsed === undefined ? null : isoSeconds(lastUsed),
  };
}

export function showDetails(
  token: ApiToken,
  ids: PrefactorIds,
  lastUsed: number | undefined,
): Record<string, Json> {
  return {
    ...showSummary(token, ids, lastUsed),
    available_actions: {
      activate: mayDo(token, 'activate'),
      delete: mayDo(token, 'delete'),
      revoke: mayDo(token, 'revoke'),
      suspend: mayDo(token, 'suspend'),
    },
  };
}

export function hasEnded(token: ApiToken, now: number): boolean {
  return token.expiresAt !== null && token.expiresAt <= now;
}

export function readApiToken(it: Saved): ApiToken {
  return {
    id: it.text('id'),
    scope: it.text('scope'),
    environmentId: it.textOrNull('environmentId'),
    agentId: it.textOrNull('agentId'),
    agentDeploymentId: it.textOrNull('agentDeploymentId'),
    status: it.text('status'),
    expiresAt: it.numberOrNull('expiresAt'),
    insertedAt: it.number('insertedAt'),
    updatedAt: it.number('updatedAt'),
    hash: it.text('hash'),
  };
}

export function requireAction(token: ApiToken, action: TokenAction): void {
  if (!mayDo(token, action))
    throw new Refusal(409, 'invalid_action', `Cannot ${action} a token that is ${token.status}`);
}
