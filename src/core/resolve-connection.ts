import { AppError, usage } from '../domain/errors.ts';
import { noProfile } from '../domain/missing.ts';
import { type Origin, parseOrigin } from '../domain/origin.ts';
import type { CredentialSource, Profile, Profiles } from '../ports/profiles.ts';
import type { Provider, Setting } from '../ports/provider.ts';
import type { Settings } from '../ports/request.ts';
import { loginCommand } from './create-command.ts';
import type { ResolvedConnection } from './resolved-connection.ts';

type Env = Readonly<Record<string, string | undefined>>;

export interface ConnectionWishes {
  readonly profile: string | undefined;
  readonly provider: string | undefined;
  readonly env: Env;
}

interface Deps {
  readonly profiles: Profiles;
  loadProvider(id: string): Promise<Provider>;
}

/** `org-slug` → `KEYTURN_ORG_SLUG` */
export function variableOf(setting: Setting): string {
  return `KEYTURN_${setting.name.toUpperCase().replaceAll('-', '_')}`;
}

/**
 * Which provider, where, and with which credential: flag, then environment, then profile, then default. A stored
 * credential goes to the origin that it was stored for and nowhere else, whatever the environment says. KEYTURN_TOKEN goes
 * only to a provider that is named with it: the current profile is another credential's, and lends it nothing.
 */
export async function resolveConnection(wishes: ConnectionWishes, deps: Deps): Promise<ResolvedConnection> {
  const { env } = wishes;
  const withToken = env['KEYTURN_TOKEN'] !== undefined;
  if (env['KEYTURN_TOKEN'] === '')
    throw usage('KEYTURN_TOKEN is set but empty', 'give it a value, or unset it to use a profile');
  if (withToken && wishes.profile !== undefined) {
    throw usage(
      '"--profile" and KEYTURN_TOKEN are both given',
      'unset KEYTURN_TOKEN, or leave "--profile" out',
    );
  }
  if (given(env, 'KEYTURN_URL') && !withToken) {
    throw usage(
      'KEYTURN_URL is set without KEYTURN_TOKEN',
      'a stored credential goes only where it was stored for; unset KEYTURN_URL',
    );
  }
  const wanted = wishes.provider ?? given(env, 'KEYTURN_PROVIDER');
  // A mistyped provider is not a provider that nobody has logged in to.
  if (wanted !== undefined) await deps.loadProvider(wanted);
  const profile = await chooseProfile(wishes, deps, withToken);
  const providerId = wanted ?? profile?.found.provider;
  if (providerId === undefined) throw noConnection(withToken, await deps.profiles.list());
  if (profile && profile.found.provider !== providerId) {
    throw usage(
      `the profile "${profile.found.name}" is of ${profile.found.provider}, not ${providerId}`,
      'leave "--provider" out, or name another profile',
    );
  }
  const provider = await deps.loadProvider(providerId);
  const chosen = chooseSettings(provider, profile?.found ?? null, env);
  const origin = chooseOrigin({
    provider,
    profile: profile?.found ?? null,
    settings: chosen.settings,
    env,
    withToken,
  });
  return {
    provider,
    profile: profile?.found ?? null,
    settings: chosen.settings,
    origin: origin.value,
    credential: withToken || !profile ? { kind: 'environment' } : profile.found.credential,
    sources: {
      ...(profile ? { profile: profile.source } : {}),
      provider: wishes.provider
        ? '--provider'
        : given(env, 'KEYTURN_PROVIDER')
          ? 'KEYTURN_PROVIDER'
          : 'profile',
      ...chosen.sources,
      origin: origin.source,
      credential: withToken ? 'KEYTURN_TOKEN' : describeSource(profile?.found.credential),
    },
  };
}

interface ChosenProfile {
  readonly found: Profile;
  readonly source: string;
}

async function chooseProfile(
  wishes: ConnectionWishes,
  { profiles, loadProvider }: Deps,
  withToken: boolean,
): Promise<ChosenProfile | null> {
  const named = wishes.profile ?? given(wishes.env, 'KEYTURN_PROFILE');
  if (named !== undefined) {
    const found = await profiles.find(named);
    if (!found) throw noProfile(named);
    return { found, source: wishes.profile ? '--profile' : 'KEYTURN_PROFILE' };
  }
  if (withToken) return null;
  const provider = wishes.provider ?? given(wishes.env, 'KEYTURN_PROVIDER');
  // One that does not exist is a mistake of its own, not a missing login.
  if (provider !== undefined) await loadProvider(provider);
  const current = await profiles.current();
  const found = current === null ? null : await profiles.find(current);
  if (found && (provider === undefined || found.provider === provider))
    return { found, source: 'current profile' };
  if (provider === undefined) return null;
  const ofProvider = (await profiles.list()).filter((profile) => profile.provider === provider);
  const [only, another] = ofProvider;
  if (only && !another) return { found: only, source: `only profile of ${provider}` };
  if (!only)
    throw new AppError({
      code: 'auth',
      message: `no profile of ${provider}`,
      hint: `run \`${loginCommand({ provider: await loadProvider(provider), profile: null })}\``,
    });
  throw new AppError({
    code: 'conflict',
    message: `there are ${ofProvider.length} profiles of ${provider}: ${ofProvider.map((each) => each.name).join(', ')}`,
    hint: 'name one with `--profile`',
  });
}

function chooseSettings(
  provider: Provider,
  profile: Profile | null,
  env: Env,
): { settings: Settings; sources: Record<string, string> } {
  const settings: Record<string, string> = {};
  const sources: Record<string, string> = {};
  for (const setting of provider.settings) {
    const variable = variableOf(setting);
    const fromEnv = given(env, variable);
    const value = fromEnv ?? profile?.settings[setting.name];
    if (value === undefined) {
      if (!setting.required) continue;
      throw usage(
        `${provider.title} needs "${setting.name}"`,
        `set ${variable}, or run \`${loginCommand({ provider, profile: profile?.name ?? null, settings: profile?.settings ?? {} })}\``,
      );
    }
    settings[setting.name] = setting.check(value);
    sources[setting.name] = fromEnv === undefined ? 'profile' : variable;
  }
  return { settings, sources };
}

interface OriginChoice {
  readonly provider: Provider;
  readonly profile: Profile | null;
  readonly settings: Settings;
  readonly env: Env;
  readonly withToken: boolean;
}

function chooseOrigin({ provider, profile, settings, env, withToken }: OriginChoice): {
  value: Origin;
  source: string;
} {
  const url = given(env, 'KEYTURN_URL');
  if (url !== undefined) return { value: parseOrigin(url), source: 'KEYTURN_URL' };
  const natural = provider.origin(settings);
  if (!profile) return { value: natural, source: 'provider' };
  const moved = natural !== provider.origin(profile.settings);
  if (withToken) {
    refuseForeignOrigin(provider, profile);
    return { value: natural, source: 'provider' };
  }
  if (moved) {
    throw usage(
      `the settings lead to ${natural}, but the credential of "${profile.name}" is for ${profile.origin}`,
      'unset the variable, or log in to the other place under another profile',
    );
  }
  return { value: profile.origin, source: 'profile' };
}

/** A profile's `--url` was agreed to for the profile's own credential, not for whatever is in KEYTURN_TOKEN. */
function refuseForeignOrigin(provider: Provider, profile: Profile): void {
  if (profile.origin === provider.origin(profile.settings)) return;
  throw usage(
    `the profile "${profile.name}" is at ${profile.origin}, which is not ${provider.title}’s own address: KEYTURN_TOKEN is not sent there unasked`,
    `set KEYTURN_URL=${profile.origin} if that is what you mean, or unset KEYTURN_PROFILE`,
  );
}

function noConnection(withToken: boolean, profiles: readonly Profile[]): AppError {
  if (withToken)
    return usage('KEYTURN_TOKEN is set, but no provider', 'set KEYTURN_PROVIDER, or add "--provider"');
  if (profiles.length === 0) {
    return new AppError({
      code: 'auth',
      message: 'keyturn is not logged in anywhere',
      hint: 'run `keyturn login --help`',
    });
  }
  return new AppError({
    code: 'auth',
    message: 'no profile is current',
    hint: `add \`-p NAME\`, or run \`keyturn profiles use NAME\` (${profiles.map(({ name }) => name).join(', ')})`,
  });
}

function describeSource(source: CredentialSource | undefined): string {
  if (!source) return 'none';
  return source.kind === 'store' ? `credential "${source.name}"` : 'the session of the vendor’s own command';
}

/**
 * A variable that is set to nothing counts as not set. KEYTURN_TOKEN and KEYTURN_SESSION are not read with this: set to
 * nothing, they count as set on purpose, for a secret that is empty in CI must be an error and never fall back to the store.
 */
function given(env: Env, name: string): string | undefined {
  const value = env[name];
  return value === '' ? undefined : value;
}
