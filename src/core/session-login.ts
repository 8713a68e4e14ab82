import { AppError } from '../domain/errors.ts';
import type { Secret } from '../domain/secret.ts';
import type { Profile } from '../ports/profiles.ts';
import type { AuthScheme, Provider } from '../ports/provider.ts';
import type { Client } from './client.ts';
import { clientOf, type LoginDeps, type LoginResult, type LoginTarget, provenStore } from './login.ts';
import type { MintDeps } from './mint/deps.ts';
import { mintForLogin } from './mint/login-session.ts';
import { failureOf } from './mint/result.ts';

export interface SessionLoginDeps extends LoginDeps {
  /** Asks for the cookie. */
  session(): Promise<Secret>;
  mintDeps(client: Client): Promise<MintDeps>;
}

export interface SessionWishes {
  /** Of the machine token to mint. */
  readonly name: string;
  /** None: what the provider's definition says. */
  readonly scopes: readonly string[];
}

export interface SessionLoginResult extends LoginResult {
  readonly minted: { readonly name: string | null; readonly scopes: readonly string[] };
}

/** The cookie is used for one request that mints a machine token, and kept nowhere. A refused one leaves nothing behind. */
export async function loginWithSession(
  deps: SessionLoginDeps,
  target: LoginTarget,
  wishes: SessionWishes,
): Promise<SessionLoginResult> {
  const { provider } = deps;
  const auth = sessionScheme(provider);
  const spec = provider.tokens.checkSpec({
    name: wishes.name,
    scopes: wishes.scopes.length > 0 ? wishes.scopes : [...(provider.credential.sessionScopes ?? [])],
    expiresAt: null,
    options: {},
    idempotencyKey: null,
  });
  const store = await deps.store();
  // Read before the store is made: a mistyped cookie leaves nothing behind.
  const client = clientOf(deps, target, await deps.session(), auth);
  const planned: Profile = {
    name: target.profile,
    provider: provider.id,
    settings: target.settings,
    origin: target.origin,
    credential: { kind: 'store', name: target.profile },
    tokenId: null,
  };
  await provenStore(deps, store, async () => {
    const minted = await mintForLogin(await deps.mintDeps(client), { spec, profile: planned });
    if (minted.kind !== 'done') throw stopped(failureOf(minted), provider);
  });
  const profile = (await deps.profiles.find(target.profile)) ?? planned;
  const probing = clientOf(deps, target, await store.open(target.profile));
  const identity = await probing.call(provider.probe, undefined);
  const { expiresAt } = identity;
  return {
    profile,
    identity,
    kind: 'machine token',
    expiresAt,
    minted: { name: spec.name, scopes: spec.scopes },
  };
}

function sessionScheme(provider: Provider): AuthScheme {
  const scheme = provider.auth.find((each) => each.id === 'session');
  if (scheme) return scheme;
  throw new AppError({
    code: 'unsupported',
    message: `${provider.title} has no way to log in with a browser session`,
    hint: `leave "--session" out; it needs ${provider.credential.kind}`,
    provider: provider.id,
  });
}

/** A full disk or a missing folder is not the provider's doing. */
function stopped(failure: AppError, provider: Provider): AppError {
  return failure.facts.status === undefined ? failure : failure.with({ provider: provider.id });
}
