import { createCommand } from '../../../core/create-command.ts';
import { isListMissing, unprovedNote } from '../../../core/inferred-lists.ts';
import type { LoginResult } from '../../../core/login.ts';
import { isAppError } from '../../../domain/errors.ts';
import { safeText } from '../../../domain/text.ts';
import type { Report } from '../../../output/report.ts';
import type { Profile } from '../../../ports/profiles.ts';
import type { Provider } from '../../../ports/provider.ts';
import { loginDocument } from '../../documents/profile.ts';
import type { Services } from '../../services/services.ts';
import type { Settled } from './login-again.ts';

/** What a login did. */
export interface LoggedIn {
  readonly result: LoginResult;
  readonly settled: Settled;
  /** The vendor command's file that the session is in; null for any other way. */
  readonly file: string | null;
}

/** The identity that the provider reported, and where the credential is saved. */
export async function loginReport(
  app: Pick<Services, 'profiles' | 'store'>,
  provider: Provider,
  { result, settled, file }: LoggedIn,
): Promise<Report> {
  const { profile } = result;
  const kept = profile.credential.kind === 'store' ? (await (await app.store()).facts()).kind : null;
  const names = await keptNames(app);
  const current = await (await app.profiles()).current();
  return {
    ...loginDocument({ result, store: kept, current, file, old: settled.outcome }),
    notes: [
      `logged in to ${provider.title} as profile "${profile.name}"${withToken(profile)}`,
      ...(file === null ? [] : [`the session is read from "${file}" at each use`]),
      ...unproved(provider, result),
      ...settled.notes,
      currentNote(profile.name, current),
      ...unguarded(provider, profile),
      nextStep(provider, profile.name, names),
    ],
    ...(settled.failed && { exit: 'partial' as const }),
  };
}

/** The login has succeeded: where the store cannot be read, only the proposed next command is less exact. */
async function keptNames(app: Pick<Services, 'store'>): Promise<readonly string[]> {
  try {
    return (await (await app.store()).list()).map(({ name }) => name);
  } catch (error) {
    if (!isAppError(error)) throw error;
    return [];
  }
}

function withToken({ tokenId }: LoginResult['profile']): string {
  return tokenId === null ? '' : ` with the token id ${safeText(tokenId, 200)}`;
}

/** Where the credential's id is not known, verbs that end tokens ask or need `--allow-self`. */
export function unguarded(provider: Provider, profile: Profile): readonly string[] {
  if (profile.tokenId !== null || provider.facts.managerIsSession) return [];
  return [
    `keyturn cannot recognise its own token in lists, so ending a token that may be it needs "--allow-self"; log in with "--token-id ID" (${whereIds(provider)}) to name it`,
  ];
}

/** Errova documents no list: where there is none, its app shows the ids. */
function whereIds({ facts, title }: Provider): string {
  return facts.lists === 'documented'
    ? 'see `keyturn tokens list`'
    : `from \`keyturn tokens list\` or ${title}’s app`;
}

/** Why keyturn could not prove that the credential works. */
export function unproved(provider: Provider, result: LoginResult): readonly string[] {
  const { unproved: why } = result;
  if (!why) return [];
  const { message } = why.facts;
  return [
    isListMissing(provider, why)
      ? unprovedNote(provider, why)
      : `the credential could not be proved: ${message}`,
  ];
}

/** Which profile the next command uses. */
export function currentNote(profile: string, current: string | null): string {
  if (current === profile) return `"${profile}" is the current profile`;
  return current === null
    ? `no profile is current: add \`-p ${profile}\`, or run \`keyturn profiles use ${profile}\``
    : `the current profile is still "${current}": add \`-p ${profile}\`, or run \`keyturn profiles use ${profile}\``;
}

/** Proposes a token with fewer rights than the managing credential. */
export function nextStep(provider: Provider, profile: string, kept: readonly string[]): string {
  const words = provider.credential.narrower;
  const name = words[words.indexOf('--name') + 1] ?? '';
  const save = kept.includes(name) ? ['--save', freeName(`${name}-${profile}`, kept)] : [];
  return `next: \`${createCommand({ provider, profile }, save)}\` makes ${provider.credential.narrowerIs}`;
}

function freeName(wanted: string, kept: readonly string[]): string {
  const base = wanted.slice(0, 120);
  let name = base;
  for (let nth = 2; kept.includes(name); nth += 1) name = `${base}-${nth}`;
  return name;
}
