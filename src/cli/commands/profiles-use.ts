import type { Command } from '../command.ts';
import { titleOf } from '../place-words.ts';
import { profileJson, requireProfile } from '../profile-json.ts';
import { doneReport } from '../reports.ts';

export const profilesUse: Command = {
  needsNoSecret: true,
  arguments: [{ name: '<name>', about: 'the profile', values: 'profiles' }],
  async run(app, input) {
    const profiles = await app.profiles();
    const profile = await requireProfile(profiles, input.argument(0));
    await profiles.use(profile.name);
    return doneReport(
      'keyturn.profile/1',
      { profile: profileJson(profile, profile.name) },
      `"${profile.name}" (${await titleOf(app, profile.provider)}) is now the current profile`,
    );
  },
};
