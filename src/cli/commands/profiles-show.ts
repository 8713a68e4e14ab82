import { PROFILE_COLUMNS } from '../columns.ts';
import type { Command } from '../command.ts';
import { profileJson, requireProfile } from '../profile-json.ts';

export const profilesShow: Command = {
  needsNoSecret: true,
  arguments: [{ name: '<name>', about: 'the profile', values: 'profiles' }],
  async run(app, input) {
    const profiles = await app.profiles();
    const profile = await requireProfile(profiles, input.argument(0));
    const data = { profile: profileJson(profile, await profiles.current()) };
    return { shape: 'one', schema: 'keyturn.profile/1', data, key: 'profile', columns: PROFILE_COLUMNS };
  },
};
