import { type AppError, isAppError } from '../domain/errors.ts';
import type { Secret } from '../domain/secret.ts';
import type { Profile } from '../ports/profiles.ts';
import type { Provider } from '../ports/provider.ts';
import type { Client } from './client.ts';
import { issueForLogin } from './create/login.ts';
import { type Probed, probe } from './inferred-lists.ts';
import {
  clientOf,
  type LoginDeps,
  type LoginResult,
  type LoginTarget,
  NOBODY,
  provenStore,
} from './login.ts';
import { chooseLoginEntry } from './login-entry.ts';
import type { OperationDeps } from './operation/deps.ts';
import { idOf } from './operation/records.ts';
import { failureOf } from './operation/result.ts';
import { sessionScheme } from './session-scheme.ts';

export interface SessionLoginDeps extends LoginDeps {
  /** Asks for the cookie. */
  session(): Promise<Secret>;
  operationDeps(client: Client): Promise<OperationDeps>;
}

export interface SessionWishes {
  /** Of the machine token to create. */
  readonly name: string;
  /** None: what the provider's definition says. */
  readonly scopes: readonly string[];
}

export interface SessionLoginResult extends LoginResult {
  readonly issued: {
    readonly id: string | null;
    readonly name: string | null;
    readonly scopes: readonly string[];
  };
  /** Where the provider gave something else than was asked for, one sentence each. */
  readonly differences: readonly string[];
}

/** The cookie is used for one request that creates a machine token, and saved nowhere. A refused one leaves nothing behind. */
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
  const { entry, otherwise } = await chooseLoginEntry(
    { store, profiles: deps.profiles },
    { ...target, provider },
  );
  // The token that the vendor is about to make is never the one that is kept there.
  if (otherwise) throw otherwise;
  const planned: Profile = {
    name: target.profile,
    provider: provider.id,
    settings: target.settings,
    origin: target.origin,
    credential: { kind: 'store', name: entry.name },
    tokenId: null,
  };
  // The store is ready before the cookie is asked for; it goes again when the cookie is refused.
  const { item, differences } = await provenStore(deps, store, async () => {
    const client = clientOf(deps, target, await deps.session(), auth);
    const issued = await issueForLogin(await deps.operationDeps(client), { spec, profile: planned, entry });
    if (issued.kind !== 'done') throw stopped(failureOf(issued), provider);
    return issued;
  });
  const id = item && idOf(item);
  return namingLive(id, target.profile, async () => {
    const profile = (await deps.profiles.find(target.profile)) ?? planned;
    const probed = await proveIssued(clientOf(deps, target, await store.open(entry.name)));
    const identity = probed.kind === 'proved' ? probed.identity : NOBODY;
    return {
      profile,
      identity,
      unproved: probed.kind === 'proved' ? null : probed.why,
      kind: 'machine token',
      expiresAt: identity.expiresAt,
      issued: { id, name: spec.name, scopes: spec.scopes },
      differences,
    };
  });
}

/** The token is made and kept: whatever a look at it says now, the login is done. */
async function proveIssued(client: Client): Promise<Probed> {
  try {
    return await probe(client);
  } catch (error) {
    if (!isAppError(error) || error.code === 'interrupted' || error.code === 'terminated') throw error;
    return { kind: 'unproved', why: error };
  }
}

/** What fails after the token was made names it: nobody shall make a second one because this one was not mentioned. */
async function namingLive<T>(id: string | null, profile: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!isAppError(error) || id === null) throw error;
    throw error.with({
      message: `the token "${id}" was created and is saved as "${profile}", but ${error.facts.message}`,
      hint: `see \`keyturn whoami --profile ${profile}\`; \`keyturn logout ${profile} --revoke\` ends it`,
      id,
      profile,
    });
  }
}

/** A full disk or a missing folder is not the provider's doing. */
function stopped(failure: AppError, provider: Provider): AppError {
  const { id, message, status } = failure.facts;
  const named =
    id === undefined || message.includes(id)
      ? failure
      : failure.with({ message: `the token "${id}" was created, but ${message}` });
  return status === undefined ? named : named.with({ provider: provider.id });
}
