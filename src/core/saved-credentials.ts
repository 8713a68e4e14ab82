import { commandLine } from '../domain/command-line.ts';
import { type Credential, type CredentialState, type Inactive, stateOf } from '../domain/credential.ts';
import { AppError } from '../domain/errors.ts';
import { noCredential } from '../domain/missing.ts';
import { compareAccounts } from '../domain/same-settings.ts';
import type { Born } from '../domain/same-token.ts';
import { type AccountPlace, isSavedToken } from '../domain/saved-token.ts';
import { safeText } from '../domain/text.ts';
import type { Profile, Profiles } from '../ports/profiles.ts';
import type { Provider } from '../ports/provider.ts';
import type { CredentialStore } from '../ports/store.ts';
import { type CommandPlace, createCommand, loginCommand } from './create-command.ts';

type Reader = Pick<CredentialStore, 'list' | 'find'>;

/** The saved credential of that name. Throws `not-found` with the closest names. */
export async function requireSaved(store: Reader, name: string): Promise<Credential> {
  const credential = await store.find(name);
  if (credential) return credential;
  throw noCredential(
    name,
    (await store.list()).map((each) => each.name),
  );
}

/** The profiles that a saved credential belongs to: those that log in with it, else those of its provider and origin. */
export function profilesOf(credential: Credential, profiles: readonly Profile[]): readonly string[] {
  const users = profiles.filter(
    ({ credential: used }) => used.kind === 'store' && used.name === credential.name,
  );
  const ofPlace = profiles.filter((profile) => compareAccounts(profile, credential) !== 'other');
  return (users.length > 0 ? users : ofPlace).map(({ name }) => name);
}

interface RenewalDeps {
  loadProvider(id: string): Promise<Provider>;
}

/** The command that makes a saved credential work again, or replaces it. */
export async function renewal(
  { loadProvider }: RenewalDeps,
  credential: Credential,
  { state, profile }: { readonly state: CredentialState; readonly profile: string | null },
): Promise<string> {
  const { kind, name, project } = credential;
  if (kind === 'imported') return commandLine(['credentials', 'import', name, '--force']);
  if (kind === 'key')
    return commandLine(
      ['keys', 'rotate', name, ...(project === null ? [] : ['--project', project])],
      profile,
    );
  if (state === 'disabled' && kind === 'token') return commandLine(['tokens', 'enable', name], profile);
  if (state !== 'ended' && kind === 'token') return commandLine(['tokens', 'rotate', name], profile);
  const provider = await loadProvider(credential.provider ?? '');
  const place = placeOfSaved(credential, provider, profile);
  if (kind === 'managing') return loginCommand({ ...place, profile: profile ?? name });
  // A name that the provider never frees is not proposed again.
  const free = provider.facts.names === 'unique' ? `${name}-2` : name;
  return createCommand(place, ['--name', free, '--save', `${name}-2`]);
}

/** Where a saved credential leads. */
export function placeOfSaved(
  { settings, origin }: Credential,
  provider: Provider,
  profile: string | null,
): CommandPlace {
  return { provider, profile, settings: settings ?? undefined, origin: origin ?? undefined };
}

/** `"ci" ended at 2026-11-28T10:00:00Z`; null for one that works. */
export function describeInactive({ name, current }: Credential, now: number): string | null {
  const shown = `"${safeText(name, 128)}"`;
  switch (stateOf(current, now)) {
    case 'active':
      return null;
    case 'disabled':
      return `${shown} is disabled since ${current.inactive?.at}`;
    case 'ended':
      return `${shown} ended at ${current.inactive?.at}`;
    case 'expired':
      return `${shown} expired at ${current.expiresAt}`;
  }
}

interface UsableDeps extends RenewalDeps {
  readonly store: Pick<CredentialStore, 'list' | 'find' | 'open'>;
  readonly profiles: Pick<Profiles, 'list'>;
  readonly now: number;
  /** `--allow-managing`: whether a managing credential may be handed on. */
  readonly allowManaging: boolean;
}

/**
 * The store for whoever hands secrets on: what has ended, expired or is disabled is refused (`conflict`), and a managing
 * credential, which may create and revoke every token of its account, unless the person said so.
 */
export function usableStore({
  store,
  profiles,
  now,
  allowManaging,
  loadProvider,
}: UsableDeps): UsableDeps['store'] {
  return {
    list: () => store.list(),
    find: (name) => store.find(name),
    async open(name) {
      const credential = await requireSaved(store, name);
      if (credential.kind === 'managing' && !allowManaging)
        throw await managing({ loadProvider }, credential, await profiles.list());
      const inactive = describeInactive(credential, now);
      if (inactive === null) return store.open(name);
      const [profile] = profilesOf(credential, await profiles.list());
      const state = stateOf(credential.current, now);
      const next = await renewal({ loadProvider }, credential, { state, profile: profile ?? null });
      throw new AppError({
        code: 'conflict',
        message: `the secret of ${inactive} and is not handed out`,
        hint: `run \`${next}\``,
        next,
        id: credential.current.id ?? undefined,
        profile,
      });
    },
  };
}

async function managing(
  { loadProvider }: RenewalDeps,
  credential: Credential,
  profiles: readonly Profile[],
): Promise<AppError> {
  const { name, provider } = credential;
  const [profile = null] = profilesOf(credential, profiles);
  const create = createCommand({ provider: await loadProvider(provider ?? ''), profile });
  return new AppError({
    code: 'conflict',
    message: `"${safeText(name, 128)}" is a managing credential: keyturn itself uses it, and it may create and revoke tokens`,
    hint: `use a token made for the job (\`${create}\`), or add "--allow-managing"`,
    ...(provider !== null && { provider }),
  });
}

/**
 * Records what became of a token in every saved credential that holds its secret, and returns their names. Nothing is
 * written where that is known already.
 */
export async function markSaved(
  store: Pick<CredentialStore, 'list' | 'mark'>,
  connection: AccountPlace,
  tokens: readonly (Born & { readonly inactive: Inactive | null; readonly except?: string | null })[],
): Promise<readonly string[]> {
  if (tokens.length === 0) return [];
  const names: string[] = [];
  for (const saved of await store.list()) {
    const { name, current, kind } = saved;
    if (kind === 'key') continue;
    const token = tokens.find((each) => isSavedToken(saved, connection, each) && each.except !== name);
    if (!token) continue;
    names.push(name);
    // Lists lag behind: one that ended is never taken for alive again.
    if (current.inactive?.state !== 'ended' && current.inactive?.state !== token.inactive?.state)
      await store.mark(name, current.version, token.inactive);
  }
  return names;
}
