import { AppError } from '../domain/errors.ts';
import { noProfile } from '../domain/missing.ts';
import type { Profile, Profiles } from '../ports/profiles.ts';
import type { CredentialStore } from '../ports/store.ts';

/** The profile that was named, else the current one. */
export async function profileToLeave(profiles: Profiles, named: string | undefined): Promise<Profile> {
  const name = named ?? (await profiles.current());
  if (name === null) {
    throw new AppError({
      code: 'not-found',
      message: 'there is no profile to log out of',
      hint: 'see `keyturn profiles list`',
    });
  }
  const profile = await profiles.find(name);
  if (!profile) throw noProfile(name);
  return profile;
}

export interface LogoutDeps {
  readonly profiles: Profiles;
  store(): Promise<CredentialStore>;
  /** Makes the credential unusable at the provider; null where that is not asked for. */
  readonly revoke: (() => Promise<'revoked' | 'unknown'>) | null;
}

export interface LogoutResult {
  /** `unknown`: the provider accepted the request, and nobody could look whether the credential still works. */
  readonly result: 'logged-out' | 'revoked' | 'unknown';
  /** Null where that is not known. */
  readonly revoked: boolean | null;
  /** Whether the credential is gone from the store: not where another profile uses it, nor a vendor's own session. */
  readonly forgotten: boolean;
}

/** Forgets the profile and its credential. A revocation that fails throws, and keeps everything for another try. */
export async function logOut(deps: LogoutDeps, profile: Profile): Promise<LogoutResult> {
  const { profiles, revoke } = deps;
  const result = revoke ? await revoke() : 'logged-out';
  const { credential } = profile;
  const forgotten = credential.kind === 'store' && !(await isShared(profiles, profile));
  if (forgotten) await (await deps.store()).remove(credential.name);
  await profiles.remove(profile.name);
  return { result, revoked: result === 'unknown' ? null : result === 'revoked', forgotten };
}

async function isShared(profiles: Profiles, { name, credential }: Profile): Promise<boolean> {
  return (await profiles.list()).some(
    (other) =>
      other.name !== name &&
      other.credential.kind === 'store' &&
      credential.kind === 'store' &&
      other.credential.name === credential.name,
  );
}
