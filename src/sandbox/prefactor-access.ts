import type { Ledger } from './ledger.ts';
import { bearerOf } from './message.ts';
import type { ApiToken } from './prefactor-token.ts';
import { hasEnded } from './prefactor-token.ts';
import { Refusal } from './refusal.ts';
import type { Handler } from './route.ts';
import type { SandboxRequest } from './vendor.ts';
import type { World } from './world.ts';

export interface PrefactorAccess {
  /** When each token was last used, by its id. */
  readonly lastUsed: Map<string, number>;
  /** Any live token. */
  authenticate(request: SandboxRequest): ApiToken;
  /** A live token of the whole account. */
  accountWide(handler: Handler): Handler;
}

export function createPrefactorAccess(tokens: Ledger<ApiToken, string>, world: World): PrefactorAccess {
  const lastUsed = new Map<string, number>();

  function authenticate(request: SandboxRequest): ApiToken {
    const secret = bearerOf(request);
    if (secret === undefined) throw new Refusal(401, 'not_authenticated', 'Not authenticated');
    const caller = tokens.findBySecret(secret);
    if (caller === undefined) throw new Refusal(401, 'bad_authtoken', 'Token invalid');
    if (hasEnded(caller, world.now())) throw new Refusal(401, 'bad_authtoken', 'Token expired');
    if (caller.status !== 'active') throw new Refusal(401, 'bad_authtoken', `Token ${caller.status}`);
    lastUsed.set(caller.id, world.now());
    return caller;
  }

  function accountWide(handler: Handler): Handler {
    return (call) => {
      if (authenticate(call.request).scope !== 'account')
        throw new Refusal(403, 'not_permitted', 'Not permitted');
      return handler(call);
    };
  }

  return { lastUsed, authenticate, accountWide };
}
