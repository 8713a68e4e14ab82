import { commandLine } from '../domain/command-line.ts';
import { isAppError } from '../domain/errors.ts';
import type { Origin } from '../domain/origin.ts';
import type { Secret } from '../domain/secret.ts';
import type { CredentialNote } from '../ports/credential-note.ts';
import type { Provider } from '../ports/provider.ts';
import type { Settings } from '../ports/request.ts';
import type { ResolvedConnection } from './resolved-connection.ts';

/** A provider, and as much of a connection to it as is known. */
export interface CommandPlace {
  readonly provider: Provider;
  readonly profile: string | null;
  readonly settings?: Settings | undefined;
  readonly origin?: Origin | undefined;
  /** The profile uses the session of the vendor's own command. */
  readonly fromCli?: boolean;
}

/** A resolved connection as a place. */
export function placeOf({
  provider,
  profile,
  settings,
  origin,
  credential,
}: ResolvedConnection): CommandPlace {
  const fromCli = credential.kind === 'vendor-cli';
  return { provider, profile: profile?.name ?? null, settings, origin, fromCli };
}

/**
 * `keyturn tokens create …` for that profile, with an example of every option that the provider requires, so that the
 * command is complete as it is printed. Options in `own` replace the examples.
 */
export function createCommand({ provider, profile }: CommandPlace, own: readonly string[] = []): string {
  const saved = own.includes('--save') ? [] : ['--save'];
  return commandLine(
    ['tokens', 'create', ...withoutOptions(provider.credential.narrower, own), ...own, ...saved],
    profile,
  );
}

/** `keyturn login …` for that profile, with every setting that is known and an example of each required one that is not. */
export function loginCommand(place: CommandPlace, own: readonly string[] = []): string {
  const { provider, profile, settings = {}, fromCli = false } = place;
  const chosen = provider.settings.flatMap(({ name, placeholder, required }) => {
    const value = settings[name] ?? (required ? placeholder : undefined);
    return value === undefined ? [] : [[name, value] as const];
  });
  const options = chosen.flatMap(([name, value]) => [`--${name}`, value]);
  const cli = fromCli && !own.includes('--from-cli') ? ['--from-cli'] : [];
  const url = urlOf(place, Object.fromEntries(chosen));
  return commandLine(['login', provider.id, ...options, ...cli, ...url, ...own], profile);
}

/**
 * A text of a provider's file with its commands written out for the profile: `{login}` and `{tokens create}` as above,
 * any other `{tokens list}` with the profile alone.
 */
export function withCommands(text: string, place: CommandPlace): string {
  return text.replace(/\{([a-z][^{}]*)\}/g, (_, written: string) => {
    const words = written.split(' ');
    if (words[0] === 'login') return `\`${loginCommand(place, words.slice(1))}\``;
    if (written.startsWith('tokens create')) return `\`${createCommand(place, words.slice(2))}\``;
    return `\`${commandLine(words, place.profile)}\``;
  });
}

/** The provider's look at the secret alone; its refusal says what to do for this profile. */
export function checkCredential(place: CommandPlace, secret: Secret, now: number): CredentialNote {
  try {
    return place.provider.checkCredential(secret, now);
  } catch (error) {
    if (!isAppError(error) || error.facts.hint === undefined) throw error;
    throw error.with({ hint: withCommands(error.facts.hint, place) });
  }
}

/** Another address than the vendor's own is part of what a login agrees to. */
function urlOf({ provider, settings, origin }: CommandPlace, chosen: Settings): readonly string[] {
  if (origin === undefined || settings === undefined) return [];
  const vendorsOwn = provider.origin(chosen);
  return origin === vendorsOwn ? [] : ['--url', origin];
}

/** The words without the options that `own` gives, and their values. */
function withoutOptions(words: readonly string[], own: readonly string[]): readonly string[] {
  return words.filter((word, index) => {
    const option = word.startsWith('--') ? word : words[index - 1];
    return option === undefined || !own.includes(option);
  });
}
