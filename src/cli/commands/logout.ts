import { resolveConnection } from '../../core/resolve-connection.ts';
import { revokeOwn } from '../../core/revoke-own.ts';
import { AppError } from '../../domain/errors.ts';
import type { Command } from '../command.ts';
import { refuseOpenAttempt } from '../open-attempts.ts';
import { profileJson, requireProfile } from '../profile-json.ts';
import { doneReport } from '../reports.ts';

export const logout: Command = {
  arguments: [{ name: '[profile]', about: 'the profile; the current one when left out' }],
  options: [{ flags: '--revoke', about: 'also make the credential unusable at the provider' }],
  async run(app, input) {
    const profiles = await app.profiles();
    const name =
      input.optionalArgument(0) ??
      app.globals.profile ??
      (app.runtime.env['KEYTURN_PROFILE'] || (await profiles.current()));
    if (name === null)
      throw new AppError({
        code: 'not-found',
        message: 'there is no profile to log out of',
        hint: 'see `keyturn profiles list`',
      });
    const profile = await requireProfile(profiles, name);
    await refuseOpenAttempt(app, (attempt) => attempt.profile === profile.name);
    const revoke = input.flag('revoke');
    await app.confirm(
      revoke ? `revoke the credential of "${name}" and forget it?` : `forget the credential of "${name}"?`,
    );
    let revoked = false;
    if (revoke) {
      const wishes = { profile: profile.name, provider: undefined, env: withoutToken(app.runtime.env) };
      const resolved = await resolveConnection(wishes, {
        profiles,
        loadProvider: (id) => app.loadProvider(id),
      });
      // Throws when it fails: then everything is kept, so that it can be tried again.
      await revokeOwn({
        client: await app.clientFor(resolved),
        profiles,
        clock: app.runtime.clock,
        audit: await app.audit(),
      });
      revoked = true;
    }
    const shared = (await profiles.list()).some(
      (other) =>
        other.name !== profile.name &&
        other.credential.kind === 'store' &&
        profile.credential.kind === 'store' &&
        other.credential.name === profile.credential.name,
    );
    if (profile.credential.kind === 'store' && !shared)
      await (await app.store()).remove(profile.credential.name);
    await profiles.remove(profile.name);
    const told = revoked
      ? 'revoked at the provider and forgotten here'
      : 'forgotten here; it was not revoked at the provider and still works';
    const data = {
      profile: profileJson(profile, null),
      revoked,
      forgotten: profile.credential.kind === 'store' && !shared,
    };
    if (profile.credential.kind === 'vendor-cli') {
      return doneReport(
        'keyturn.logout/1',
        data,
        `"${name}" is forgotten; the session of the vendor’s own command is untouched`,
      );
    }
    return doneReport('keyturn.logout/1', data, `logged out of "${name}": its credential is ${told}`);
  },
};

function withoutToken(
  env: Readonly<Record<string, string | undefined>>,
): Readonly<Record<string, string | undefined>> {
  return { ...env, KEYTURN_TOKEN: undefined, KEYTURN_URL: undefined };
}
