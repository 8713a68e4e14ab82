import { type ChangeResult, isUnconfirmed } from '../../core/change-tokens.ts';
import type { Connection } from '../../core/client.ts';
import { type LogoutResult, logOut, profileToLeave } from '../../core/logout.ts';
import { refuseNeeded } from '../../core/operation/conflicts.ts';
import { confirmOwnId } from '../../core/own-id.ts';
import { revokeOwn } from '../../core/revoke-own.ts';
import { placeText } from '../../core/where.ts';
import type { Profile } from '../../ports/profiles.ts';
import type { Command } from '../arguments/command.ts';
import { inactiveWords } from '../documents/credential.ts';
import { said } from '../documents/document.ts';
import { logoutDocument } from '../documents/profile.ts';
import { labelOf } from '../documents/results.ts';
import type { Services } from '../services/services.ts';

export const command: Command = {
  arguments: [{ name: '[profile]', about: 'the profile (default: the current one)', values: 'profiles' }],
  options: [{ flags: '--revoke', about: 'also make the credential unusable at the provider' }],
  async run(app, input) {
    const profiles = await app.profiles();
    const fromEnv = app.runtime.env['KEYTURN_PROFILE'] || undefined;
    const named = input.optionalArgument(0) ?? app.globals.profile ?? fromEnv;
    const profile = await profileToLeave(profiles, named);
    const { name } = profile;
    await refuseNeeded(
      await app.journalHost(),
      app.runtime.clock.now(),
      (operation) => operation.profile === name,
    );
    const wantsRevoke = input.flag('revoke');
    const where = placeText((await app.loadProvider(profile.provider)).title, name);
    await app.confirm(
      wantsRevoke
        ? `revoke the credential of "${name}" (${where}) and forget it?`
        : `remove the credential of "${name}" (${where})?`,
    );
    const ends: ChangeResult[] = [];
    const revoke = async () => {
      const ended = await revokeOwnOf(app, profile);
      ends.push(ended);
      return isUnconfirmed(ended) ? ('unknown' as const) : ('revoked' as const);
    };
    const inactive = await whatStoreKnows(app, profile);
    const deps = { profiles, store: () => app.store(), revoke: wantsRevoke ? revoke : null };
    const result = await logOut(deps, profile);
    const [ended] = ends;
    // A revoked credential is forgotten even if the audit log could not be written.
    if (ended?.error) throw ended.error;
    const token = ended?.token ? labelOf(ended.token) : null;
    const notes = ended?.note === undefined ? [] : [ended.note];
    const line = lineFor(profile, { where, token, inactive, result });
    return { ...said(logoutDocument(profile, result), line), notes };
  },
};

/** With the profile's own credential, whatever KEYTURN_TOKEN says, and only under an id that is confirmed to be its own. */
async function revokeOwnOf(
  app: Pick<Services, 'audit' | 'clientFor' | 'profiles' | 'resolveProfile' | 'runtime' | 'store'>,
  profile: Profile,
): Promise<ChangeResult> {
  const client = await app.clientFor(await app.resolveProfile(profile.name));
  await confirmOwnId(client, await isIssued(app, client.connection));
  const { clock } = app.runtime;
  return revokeOwn({ client, profiles: await app.profiles(), clock, audit: await app.audit() });
}

/** Whether keyturn created the token: only then the store has its creation time with its id. */
async function isIssued(
  app: Pick<Services, 'store'>,
  { credentialName, tokenId }: Connection,
): Promise<boolean> {
  if (credentialName === null || tokenId === null) return false;
  const saved = await (await app.store()).find(credentialName);
  return saved?.current.id === tokenId && saved.current.createdAt !== null;
}

/** Looked up before the logout removes the entry. */
async function whatStoreKnows(
  app: Pick<Services, 'runtime' | 'store'>,
  { credential }: Profile,
): Promise<string> {
  const saved = credential.kind === 'store' ? await (await app.store()).find(credential.name) : null;
  return saved ? inactiveWords(saved.current, app.runtime.clock.now()) : '';
}

const FATES: Readonly<Record<LogoutResult['result'], string>> = {
  revoked: 'revoked at the provider and removed from the store',
  unknown: 'removed from the store; whether it is revoked at the provider is not known',
  'logged-out': 'removed from the store; nothing was sent to the provider',
};

interface LoggedOut {
  readonly where: string;
  /** What was revoked: `"ci" (id mt_1)`. */
  readonly token: string | null;
  /** ` (it had ended at …)`, where the store knows. */
  readonly inactive: string;
  readonly result: LogoutResult;
}

function lineFor({ name, credential }: Profile, { where, token, inactive, result }: LoggedOut): string {
  if (credential.kind === 'vendor-cli')
    return `"${name}" (${where}) is forgotten; the session of the vendor’s own command is untouched`;
  const credentialWords = `its credential${token === null ? '' : ` ${token}`}`;
  const known = result.result === 'revoked' ? '' : inactive;
  return `logged out of "${name}" (${where}): ${credentialWords}${known} is ${FATES[result.result]}`;
}
