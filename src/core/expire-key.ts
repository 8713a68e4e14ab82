import { describeEnd, isSameMinute } from '../domain/differences.ts';
import { AppError } from '../domain/errors.ts';
import type { Reference } from '../domain/reference.ts';
import type { Instant } from '../domain/time.ts';
import type { ProjectKey } from '../domain/token.ts';
import { audited } from './audited.ts';
import { unsupported } from './capabilities.ts';
import type { ChangeDeps } from './change-tokens.ts';
import { confirmWith, type Sight, unconfirmed } from './confirm-end.ts';
import { resolveKey } from './resolve-reference.ts';
import type { ReferenceDeps } from './tokens.ts';

export interface KeyExpiry {
  readonly project: string;
  readonly key: ProjectKey;
  readonly expiresAt: Instant;
  /** What is sent: `POST https://api.example.com/keys/key_1/expire` */
  readonly call: string;
}

/** Finds the key, and sends nothing but reads. Throws unsupported, not-found, conflict. */
export async function planKeyExpiry(
  deps: ReferenceDeps,
  wanted: { readonly project: string; readonly reference: Reference; readonly expiresAt: Instant },
): Promise<KeyExpiry> {
  const { provider } = deps.client.connection;
  if (!provider.keys) throw unsupported(deps.client.connection, 'keys expire');
  const { project, reference, expiresAt } = wanted;
  const key = await resolveKey(deps, project, reference);
  const call = deps.client.describe(provider.keys.expire, { project, id: key.id, expiresAt });
  return { project, key, expiresAt, call };
}

export interface ExpiredKey {
  /** As the provider tells it afterwards; the end is null where the provider did not tell it. */
  readonly key: ProjectKey;
  /** `unknown`: only the 2xx of the answer says that the end was set. */
  readonly result: 'scheduled' | 'unknown';
  /** Why it is unknown. */
  readonly note: string | null;
}

/** Sets when the key ends. Throws `failure` where the provider says yes and shows another end. */
export async function expireKey(deps: ChangeDeps, planned: KeyExpiry): Promise<ExpiredKey> {
  const { key, expiresAt } = planned;
  const sight = await audited(deps, {
    action: 'expire',
    id: key.id,
    target: expiresAt,
    work: () => expireAndLook(deps, planned),
    outcome: ({ seen }) => (seen === 'unknown' ? 'unknown' : 'ok'),
  });
  const target = { project: planned.project, id: key.id };
  const isUnknown = sight.seen === 'unknown';
  return {
    key: { ...key, ...(isUnknown ? { expiresAt: null } : keyIn(sight)) },
    result: isUnknown ? 'unknown' : 'scheduled',
    note: isUnknown ? unconfirmed(deps.client, `end at ${expiresAt}`, target, sight) : null,
  };
}

async function expireAndLook(deps: ChangeDeps, { project, key, expiresAt }: KeyExpiry): Promise<Sight> {
  const { provider } = deps.client.connection;
  if (!provider.keys) throw unsupported(deps.client.connection, 'keys expire');
  const target = { project, id: key.id };
  const answered = await deps.client.call(provider.keys.expire, { ...target, expiresAt });
  const agrees = (sight: Sight): boolean => {
    const end = keyIn(sight)?.expiresAt ?? null;
    if (sight.item === null) return sight.seen === 'gone';
    return end !== null && isSameMinute(end, expiresAt);
  };
  const sight = await confirmWith(deps, target, { answered, agrees });
  if (sight.seen === 'unknown' || agrees(sight)) return sight;
  throw new AppError({
    code: 'failure',
    message: `${provider.title} accepted the request to end "${key.name ?? key.id}" at ${expiresAt}, but says that it ${describeEnd(keyIn(sight))}`,
    hint: `see \`keyturn keys list --project ${project}\`, then try again`,
    provider: provider.id,
    id: key.id,
  });
}

function keyIn({ item }: Sight): ProjectKey | null {
  return item && 'publicKey' in item ? item : null;
}
