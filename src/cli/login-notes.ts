import { createCommand } from '../core/create-command.ts';
import { isListMissing, unprovedNote } from '../core/inferred-lists.ts';
import type { LoginResult } from '../core/login.ts';
import type { Profile } from '../ports/profiles.ts';
import type { Provider } from '../ports/provider.ts';

/** Where the credential's id is not known, verbs that end tokens ask or need `--allow-self`. */
export function unguarded(provider: Provider, profile: Profile): readonly string[] {
  if (profile.tokenId !== null || provider.facts.managerIsSession) return [];
  return [
    `keyturn does not know which listed token it logged in with: ending a token that may be it needs "--allow-self"; log in with "--token-id ID" (${whereIds(provider)}) to settle that`,
  ];
}

/** Errova documents no list: where there is none, its app shows the ids. */
function whereIds({ facts, title }: Provider): string {
  return facts.lists === 'documented'
    ? 'see `keyturn tokens list`'
    : `from \`keyturn tokens list\` or ${title}’s app`;
}

/** Why it is not said that the credential works. */
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

/** The managing credential is powerful; the job at hand wants one of its own. */
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
