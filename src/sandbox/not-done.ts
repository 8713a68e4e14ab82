import { isObject, json } from './message.ts';
import type { SandboxRequest, SandboxResponse } from './vendor.ts';

/** How a vendor that does nothing answers: as if it had, with the token as it still is, or with a refusal in a 200. */
export type NotDone = 'silent' | 'unchanged' | RefusalIn200;

export type RefusalIn200 = (typeof REFUSALS_IN_200)[number];

export const REFUSALS_IN_200 = [
  'error',
  'error-text',
  'errors',
  'success-false',
  'status-code',
  'status-error',
] as const;

const REASON = 'The role has no permission';

const REFUSAL_BODIES: Readonly<Record<RefusalIn200, unknown>> = {
  error: { error: { code: 403, message: REASON } },
  'error-text': { error: REASON },
  errors: { errors: [{ message: REASON }] },
  'success-false': { success: false, message: REASON },
  'status-code': { statusCode: 403, message: REASON, error: 'Forbidden' },
  'status-error': { status: 'error', code: 'not_permitted', message: REASON },
};

/** `would` is what the vendor answers when it acts. What it refuses anyway stays refused. */
export function notDone(would: SandboxResponse, how: NotDone, request: SandboxRequest): SandboxResponse {
  if (would.status >= 300) return would;
  if (how === 'silent') return { ...would, changed: false };
  if (how === 'unchanged')
    return { ...would, status: 200, body: shownActive(would, request), changed: false };
  return { ...json(200, REFUSAL_BODIES[how]), changed: false };
}

export function isRefusalIn200(how: string): how is RefusalIn200 {
  return REFUSALS_IN_200.some((each) => each === how);
}

function shownActive({ body }: SandboxResponse, request: SandboxRequest): unknown {
  // `{"status":"success"}` shows no token either.
  const showsToken = isObject(body) && Object.keys(body).some((key) => key !== 'status');
  return showsToken ? stillActive(body) : activeToken(request);
}

function stillActive(body: unknown): unknown {
  if (!isObject(body)) return body;
  return Object.fromEntries(Object.entries(body).map(([key, value]) => [key, activeValue(key, value)]));
}

function activeValue(key: string, value: unknown): unknown {
  if (key === 'active') return true;
  if (key === 'is_disabled') return false;
  if (key === 'expiresAt') return null;
  if (key === 'status' && value !== 'success') return 'active';
  return stillActive(value);
}

/** Stands in where the vendor's own answer to an ending shows no token. */
function activeToken({ path, body }: SandboxRequest): unknown {
  if (path.startsWith('/api/v1/auth/')) {
    const sent: unknown = JSON.parse(new TextDecoder().decode(body));
    return { name: isObject(sent) ? sent['name'] : null, is_disabled: false };
  }
  const id = path.split('/').at(-1);
  if (path.startsWith('/api/v1/')) return { status: 'success', details: { id, status: 'active' } };
  return { id, status: 'active', active: true };
}
