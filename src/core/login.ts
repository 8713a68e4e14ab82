import { AppError, isAppError } from '../domain/errors.ts';
import type { Origin } from '../domain/origin.ts';
import { compareAccounts } from '../domain/same-settings.ts';
import type { Secret } from '../domain/secret.ts';
import type { Instant } from '../domain/time.ts';
import type { Identity } from '../domain/token.ts';
import type { Clock } from '../ports/clock.ts';
import { isUnfinished, type JournalHost } from '../ports/journal.ts';
import type { CredentialSource, Profile, Profiles } from '../ports/profiles.ts';
import type { Provider } from '../ports/provider.ts';
import type { AuthScheme, Settings } from '../ports/request.ts';
import type { SessionSeals } from '../ports/session-seals.ts';
import type { NewStore } from '../ports/store.ts';
import type { Transport } from '../ports/transport.ts';
import { Client } from './client.ts';
import { connectedAccount } from './connected-account.ts';
import { checkCredential } from './create-command.ts';
import { probe } from './inferred-lists.ts';
import { chooseLoginEntry } from './login-entry.ts';
import { checkStatedId, findOwnId } from './own-id.ts';
import { pinSession } from './session-pin.ts';

export interface LoginDeps {
  readonly provider: Provider;
  readonly profiles: Profiles;
  readonly clock: Clock;
  readonly transport: Transport;
  store(): Promise<NewStore>;
  journal(): Promise<Pick<JournalHost, 'whileNoneBegins'>>;
}

export interface LoginTarget {
  readonly profile: string;
  readonly settings: Settings;
  readonly origin: Origin;
  /** The store's entry that the person named for the credential; the usual one where it is left out. */
  readonly saveAs?: string | undefined;
}

export interface LoginResult {
  readonly profile: Profile;
  /** As the provider told it; all null where it told nothing. */
  readonly identity: Identity;
  /** Why the provider could not be asked whether the credential works; null where it was. */
  readonly unproved: AppError | null;
  readonly kind: string;
  readonly expiresAt: Instant | null;
}

export const NOBODY: Identity = { account: null, subject: null, scopes: null, expiresAt: null };

/**
 * Refuses to turn a profile into another connection by the way: logging in again is for the same place. Returns the
 * profile that is there.
 */
export async function checkTarget(deps: LoginDeps, target: LoginTarget): Promise<Profile | null> {
  const before = await deps.profiles.find(target.profile);
  if (!before) return null;
  if (compareAccounts(before, connectedAccount({ ...target, provider: deps.provider })) === 'same')
    return before;
  throw new AppError({
    code: 'conflict',
    message: `the profile "${target.profile}" is another connection (${before.provider}, ${before.origin})`,
    hint: 'choose a name with `--profile NAME`, or run `keyturn logout` for that one first',
  });
}

/** A client for the place with this secret, before any profile exists. */
export function clientOf(
  deps: LoginDeps,
  target: LoginTarget,
  secret: Secret,
  auth: AuthScheme = deps.provider.auth[0],
): Client {
  const { provider, transport } = deps;
  const { settings, origin, profile } = target;
  return new Client(
    {
      ...{ provider, profile, settings, origin, auth, secret, credentialName: null, tokenId: null },
      renewal:
        auth.id === 'session'
          ? 'the session has ended, or its cookie was not copied whole: copy it from the browser again'
          : `${origin} does not accept this credential: hand over ${provider.credential.kind}`,
    },
    transport,
    { clock: deps.clock },
  );
}

/**
 * Looks at the secret, proves it with a real read, keeps it, and makes the profile. Nothing is kept that is refused. The
 * store is made ready before `given.secret` is asked for, so that nobody types a secret that cannot be kept.
 */
export async function loginWithToken(
  deps: LoginDeps,
  target: LoginTarget,
  given: { readonly secret: () => Promise<Secret>; readonly tokenId: string | null },
): Promise<LoginResult> {
  const { provider } = deps;
  const store = await deps.store();
  const { entry, otherwise } = await chooseLoginEntry(
    { store, profiles: deps.profiles },
    { ...target, provider },
  );
  const { secret, proven } = await provenStore(deps, store, async () => {
    const asked = await given.secret();
    if (otherwise && !(await store.open(entry.name)).equals(asked)) throw otherwise;
    return { secret: asked, proven: await prove(deps, target, { secret: asked, tokenId: given.tokenId }) };
  });
  await store.save(
    {
      name: entry.name,
      kind: 'managing',
      provider: provider.id,
      origin: target.origin,
      settings: target.settings,
      project: null,
      id: proven.tokenId,
      scopes: proven.identity.scopes,
      createdAt: null,
      expiresAt: proven.expiresAt,
    },
    secret,
    entry.from === null ? undefined : { version: entry.from },
  );
  return finishLogin(deps, target, { ...proven, source: { kind: 'store', name: entry.name } });
}

/** What the credential and the provider tell of it. Throws where the credential cannot work, or is not the token stated. */
async function prove(
  deps: LoginDeps,
  target: LoginTarget,
  given: { readonly secret: Secret; readonly tokenId: string | null },
): Promise<Omit<Proven, 'source'>> {
  const note = checkCredential({ ...target, provider: deps.provider }, given.secret, deps.clock.now());
  const client = clientOf(deps, target, given.secret);
  const probed = await probe(client);
  const identity = probed.kind === 'proved' ? probed.identity : NOBODY;
  return {
    identity,
    unproved: probed.kind === 'proved' ? null : probed.why,
    kind: note.kind,
    expiresAt: identity.expiresAt ?? note.expiresAt,
    tokenId:
      given.tokenId === null
        ? await findOwnId(client, note.claims)
        : await checkStatedId(client, given.tokenId, note.claims),
  };
}

/** Runs `work` with a store that would take a secret now. What was made for that goes again when `work` fails. */
export async function provenStore<T>(
  deps: Pick<LoginDeps, 'journal'>,
  store: NewStore,
  work: () => Promise<T>,
): Promise<T> {
  try {
    await store.prove();
    return await work();
  } catch (error) {
    await withdraw(deps, store);
    throw error;
  }
}

async function withdraw(deps: Pick<LoginDeps, 'journal'>, store: NewStore): Promise<void> {
  try {
    const journal = await deps.journal();
    await journal.whileNoneBegins(async ({ operations, broken }) => {
      // What an unfinished operation has sealed opens with this store's key alone: then the store stays.
      if (broken.length === 0 && !operations.some(isUnfinished)) await store.withdraw();
    });
  } catch (error) {
    // The first error says what is wrong.
    if (!isAppError(error)) throw error;
  }
}

interface VendorSession {
  readonly secret: Secret;
  readonly path: string;
  readonly profile: string | null;
  readonly tokenId: string | null;
  readonly seals: SessionSeals;
}

/**
 * Uses the session of the vendor's own command in place: proved now, read again at each use, never copied. The profile is
 * bound to the session's file, account and origin.
 */
export async function loginFromVendorCli(
  deps: LoginDeps,
  target: LoginTarget,
  session: VendorSession,
): Promise<LoginResult> {
  const { seals, secret, path, profile } = session;
  const { account = null } = checkCredential(
    { ...target, provider: deps.provider, fromCli: true },
    secret,
    deps.clock.now(),
  );
  const proven = await prove(deps, target, session);
  const place = { provider: deps.provider.id, origin: target.origin, settings: target.settings };
  const agreed = { ...place, tokenId: proven.tokenId, session: profile, file: path, account };
  const pin = await pinSession(seals, agreed, secret);
  return finishLogin(deps, target, { ...proven, source: { kind: 'vendor-cli', profile, pin } });
}

interface Proven extends Omit<LoginResult, 'profile'> {
  readonly source: CredentialSource;
  readonly tokenId: string | null;
}

export async function finishLogin(
  deps: LoginDeps,
  target: LoginTarget,
  { source, tokenId, ...told }: Proven,
): Promise<LoginResult> {
  const profile: Profile = {
    name: target.profile,
    provider: deps.provider.id,
    settings: target.settings,
    origin: target.origin,
    credential: source,
    tokenId,
  };
  await deps.profiles.save(profile);
  return { profile, ...told };
}
