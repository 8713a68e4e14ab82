import { AppError } from '../domain/errors.ts';
import { type Account, compareAccounts } from '../domain/same-settings.ts';
import type { Secret } from '../domain/secret.ts';
import { readSecretInput } from '../domain/secret-input.ts';
import { safeText } from '../domain/text.ts';
import type { Provider } from '../ports/provider.ts';
import type { CredentialStore } from '../ports/store.ts';
import type { Connection } from './client.ts';
import { connectedAccount } from './connected-account.ts';
import { checkCredential, loginCommand, placeOf } from './create-command.ts';
import type { ResolvedConnection } from './resolved-connection.ts';
import { openPinned, type SessionDeps } from './session-pin.ts';

interface Deps extends SessionDeps {
  readonly env: Readonly<Record<string, string | undefined>>;
  store(): Promise<CredentialStore>;
}

/** The resolved connection with its secret unlocked and looked at: the wrong kind and an expired one never leave here. */
export async function openConnection(resolved: ResolvedConnection, deps: Deps): Promise<Connection> {
  const { provider, profile, settings, origin, credential } = resolved;
  const base = { provider, profile: profile?.name ?? null, settings, origin, auth: provider.auth[0] };
  const open = (
    secret: Secret,
    more: Pick<Connection, 'credentialName' | 'credentialFile' | 'tokenId'> & { readonly renewal: string },
  ): Connection => {
    const { claims } = checkCredential(placeOf(resolved), secret, deps.now);
    return { ...base, secret, claims, ...more };
  };
  if (credential.kind === 'environment') {
    return open(readSecretInput(deps.env['KEYTURN_TOKEN'] ?? '', 'KEYTURN_TOKEN'), {
      credentialName: null,
      tokenId: null,
      renewal: `the token in KEYTURN_TOKEN is wrong, or has ended: set it to one that ${provider.title} accepts`,
    });
  }
  if (credential.kind === 'vendor-cli') {
    const session = await openPinned({ provider, profile, source: credential }, deps);
    return open(session.secret, {
      credentialName: null,
      credentialFile: session.path,
      tokenId: profile?.tokenId ?? null,
      renewal: `the session has ended: run \`${provider.credential.vendorCli ?? 'the vendor’s login'}\``,
    });
  }
  const store = await deps.store();
  const kept = await store.find(credential.name);
  if (!kept) {
    throw new AppError({
      code: 'auth',
      message: `the credential "${credential.name}" of this profile is no longer saved`,
      hint: `run \`${loginCommand(placeOf(resolved))}\``,
    });
  }
  const place = connectedAccount(resolved);
  if (compareAccounts(boundOf(provider, kept), boundOf(provider, place)) === 'other')
    throw elsewhere(kept, place);
  return open(await store.open(kept.name), {
    credentialName: kept.name,
    // The profile's own note of the id stands in a file that anybody may edit, and is not believed.
    tokenId: kept.current.id,
    renewal: `the credential was rotated, revoked or has ended: \`${loginCommand(placeOf(resolved))}\``,
  });
}

/**
 * A setting that a provider does not require chooses among the accounts that one credential may act on (Prefactor): the
 * credential is not bound to it.
 */
function boundOf({ settings: known }: Provider, { provider, origin, settings }: Account): Account {
  const isBound = ([name]: readonly [string, string]) =>
    known.some((setting) => setting.name === name && setting.required);
  return {
    provider,
    origin,
    settings: settings && Object.fromEntries(Object.entries(settings).filter(isBound)),
  };
}

function elsewhere(bound: Account, wanted: Account): AppError {
  return new AppError({
    code: 'auth',
    message: `the credential is for ${describe(bound, wanted)} and is not sent to ${describe(wanted, bound)}`,
    hint: 'log in to the other place under a profile of its own',
  });
}

/** The origin, and the settings that another account has otherwise. */
function describe({ origin, settings }: Account, other: Account): string {
  const different = Object.entries(settings ?? {}).filter(
    ([name, value]) => other.settings?.[name] !== value,
  );
  const named = different.map(([name, value]) => `${name} ${safeText(value, 80)}`).join(', ');
  return `${origin ?? 'nowhere'}${named === '' ? '' : ` (${named})`}`;
}
