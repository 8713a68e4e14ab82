import { AppError } from '../domain/errors.ts';
import type { Secret } from '../domain/secret.ts';
import { readSecretInput } from '../domain/secret-input.ts';
import type { CredentialStore } from '../ports/store.ts';
import type { Connection } from './client.ts';
import { checkCredential, loginCommand, placeOf } from './create-command.ts';
import type { ResolvedConnection } from './resolve-connection.ts';
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
      message: `the credential "${credential.name}" of this profile is not kept any more`,
      hint: `run \`${loginCommand(placeOf(resolved))}\``,
    });
  }
  if (kept.provider !== provider.id || kept.origin !== origin)
    throw elsewhere(kept.origin ?? 'nowhere', origin);
  return open(await store.open(kept.name), {
    credentialName: kept.name,
    // The profile's own note of the id stands in a file that anybody may edit, and is not believed.
    tokenId: kept.current.id,
    renewal: `the credential was rotated, revoked or has ended: \`${loginCommand(placeOf(resolved))}\``,
  });
}

function elsewhere(bound: string, wanted: string): AppError {
  return new AppError({
    code: 'auth',
    message: `the credential is for ${bound} and is not sent to ${wanted}`,
    hint: 'log in to the other place under a profile of its own',
  });
}
