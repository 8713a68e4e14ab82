import type { Reference } from '../domain/reference.ts';
import type { Instant } from '../domain/time.ts';
import type { ProjectKey } from '../domain/token.ts';
import { audited } from './audited.ts';
import { unsupported } from './capabilities.ts';
import type { ChangeDeps } from './change-tokens.ts';
import { findKey } from './keys.ts';

export interface KeyExpiry {
  readonly project: string;
  readonly key: ProjectKey;
  readonly expiresAt: Instant;
  /** What is sent: `POST https://api.example.com/keys/key_1/expire` */
  readonly call: string;
}

/** Finds the key, and sends nothing but reads. Throws unsupported, not-found, conflict. */
export async function planKeyExpiry(
  deps: ChangeDeps,
  wanted: { readonly project: string; readonly reference: Reference; readonly expiresAt: Instant },
): Promise<KeyExpiry> {
  const { provider } = deps.client.connection;
  if (!provider.keys) throw unsupported(provider, 'keys expire');
  const { project, reference, expiresAt } = wanted;
  const key = await findKey(deps, project, reference);
  const call = deps.client.describe(provider.keys.expire, { project, id: key.id, expiresAt });
  return { project, key, expiresAt, call };
}

/** Sets when the key ends; returns it as it is then. */
export async function expireKey(
  deps: ChangeDeps,
  { project, key, expiresAt }: KeyExpiry,
): Promise<ProjectKey> {
  const { provider } = deps.client.connection;
  if (!provider.keys) throw unsupported(provider, 'keys expire');
  const { expire } = provider.keys;
  const answer = await audited(deps, {
    action: 'expire',
    id: key.id,
    target: expiresAt,
    work: () => deps.client.call(expire, { project, id: key.id, expiresAt }),
  });
  return { ...key, ...answer, expiresAt };
}
