import type { ErrovaState, MachineToken } from './errova-state.ts';
import { bearerOf, cookieOf } from './message.ts';
import { fingerprint } from './new-secrets.ts';
import { Refusal } from './refusal.ts';
import type { Call, Handler } from './route.ts';
import type { SandboxRequest } from './vendor.ts';
import type { World } from './world.ts';

const ORIGIN = 'https://errova.com';

interface AccessOptions {
  readonly state: ErrovaState;
  readonly world: World;
  readonly bearerMayCreate: boolean;
}

/** Who may do what: each function wraps a handler with the check that its route needs. */
export interface ErrovaAccess {
  /** Any machine token. */
  read(handler: Handler): Handler;
  /** A machine token with `org.admin`. */
  admin(handler: Handler): Handler;
  /** A browser session, sent as a browser would send it from the vendor's own page. */
  sessionOnly(handler: Handler): Handler;
}

export function createErrovaAccess({ state, world, bearerMayCreate }: AccessOptions): ErrovaAccess {
  function requireToken(call: Call): MachineToken {
    const secret = bearerOf(call.request);
    if (secret === undefined) throw unauthorized('a machine token is required');
    const token = state.tokens.findBySecret(secret);
    const current =
      token !== undefined && (token.hash === fingerprint(secret) || token.previousUntil > world.now());
    if (!current) throw unauthorized('the machine token is not valid');
    requireOrg(call);
    return token;
  }

  function requireAdmin(call: Call): void {
    // `org.read` changes nothing. ASSUMPTION: not even itself.
    if (!requireToken(call).scopes.includes('org.admin'))
      throw new Refusal(403, 'forbidden', 'this needs the scope org.admin');
  }

  function requireSession(call: Call): void {
    const cookie = cookieOf(call.request, 'errova_session');
    if (cookie === undefined) {
      requireBearerCreate(call);
      return;
    }
    const session = state.sessions.findBySecret(cookie);
    if (session === undefined || session.expiresAt <= world.now())
      throw unauthorized('the session is not valid');
    if (!comesFromOwnPage(call.request))
      throw new Refusal(403, 'origin_mismatch', 'Origin and Referer must be those of the application');
    requireOrg(call);
  }

  function requireBearerCreate(call: Call): void {
    if (bearerOf(call.request) === undefined) throw unauthorized('a session is required');
    requireAdmin(call);
    if (!bearerMayCreate)
      throw new Refusal(403, 'forbidden', 'machine tokens are created from an admin session');
  }

  function requireOrg(call: Call): void {
    // ASSUMPTION: an organization that the caller does not belong to looks as if it did not exist.
    if (call.param('org') !== state.org) throw new Refusal(404, 'not_found', 'organization not found');
  }

  const after =
    (check: (call: Call) => unknown) =>
    (handler: Handler): Handler =>
    (call) => {
      check(call);
      return handler(call);
    };
  return { read: after(requireToken), admin: after(requireAdmin), sessionOnly: after(requireSession) };
}

// ASSUMPTION: what fails here is answered with 403; the docs show the headers and not what happens without them.
function comesFromOwnPage(request: SandboxRequest): boolean {
  return request.headers['origin'] === ORIGIN && (request.headers['referer'] ?? '').startsWith(`${ORIGIN}/`);
}

function unauthorized(message: string): Refusal {
  return new Refusal(401, 'unauthorized', message);
}
