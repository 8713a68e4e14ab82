import type { Credential } from '../domain/credential.ts';
import { AppError } from '../domain/errors.ts';
import { compareAccounts } from '../domain/same-settings.ts';
import type { Profile, Profiles } from '../ports/profiles.ts';
import type { Provider } from '../ports/provider.ts';
import type { Settings } from '../ports/request.ts';
import type { CredentialStore } from '../ports/store.ts';
import { connectedAccount } from './connected-account.ts';
import { loginCommand } from './create-command.ts';

/** Where a login saves the managing credential. */
export interface LoginEntry {
  readonly name: string;
  /** The version that the login replaces: of this profile's own managing credential. Null for a new entry. */
  readonly from: string | null;
}

/** Where a login saves, and what must hold for that. */
export interface LoginChoice {
  readonly entry: LoginEntry;
  /** Why only the very secret that the entry holds may be saved there; null where any may. */
  readonly otherwise: AppError | null;
}

interface Target {
  readonly profile: string;
  readonly provider: Provider;
  readonly origin: string;
  readonly settings: Settings;
  /** `--save-as`; left out: where the profile has its credential now, else under the profile's name. */
  readonly saveAs?: string | undefined;
}

interface Deps {
  readonly store: Pick<CredentialStore, 'find'>;
  readonly profiles: Pick<Profiles, 'find' | 'list'>;
}

/**
 * Chooses the entry of a login before the secret is asked for and before any request. Only the managing credential of
 * this very profile is replaced, and by the same secret one that no profile uses any more; a name that anything else has is
 * refused (`conflict`).
 */
export async function chooseLoginEntry({ store, profiles }: Deps, target: Target): Promise<LoginChoice> {
  const before = await profiles.find(target.profile);
  const own = before?.credential.kind === 'store' ? before.credential.name : null;
  const name = target.saveAs ?? own ?? target.profile;
  const there = await store.find(name);
  if (!there) return { entry: { name, from: null }, otherwise: null };
  const users = (await profiles.list()).filter(
    ({ credential }) => credential.kind === 'store' && credential.name === name,
  );
  const refusal = taken(there, target, users);
  if (!isManagingOf(there, target) || (name !== own && users.length > 0)) throw refusal;
  return { entry: { name, from: there.current.version }, otherwise: name === own ? null : refusal };
}

function isManagingOf(there: Credential, target: Target): boolean {
  return there.kind === 'managing' && compareAccounts(there, connectedAccount(target)) !== 'other';
}

function taken({ name, kind, provider }: Credential, target: Target, users: readonly Profile[]): AppError {
  const user = users[0] ? `, in use by the profile "${users[0].name}"` : '';
  const free = `${target.profile}-login`.slice(0, 128);
  const other = loginCommand(target, ['--save-as', free]);
  return new AppError({
    code: 'conflict',
    message: `the name "${name}" is taken in the store by another credential (${kind}${provider === null ? '' : ` of ${provider}`}${user})`,
    hint: `choose another \`--profile\`, or save this login under another name: \`${other}\`, with the way in that you used before`,
  });
}
