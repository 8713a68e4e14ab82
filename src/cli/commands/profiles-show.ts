import type { Command } from '../command.ts';
import { profileDocument } from '../documents/profile.ts';
import { requireProfile } from '../require-profile.ts';

export const profilesShow: Command = {
  needsNoSecret: true,
  arguments: [{ name: '<name>', about: 'the profile', values: 'profiles' }],
  async run(app, input) {
    const profiles = await app.profiles();
    const profile = await requireProfile(profiles, input.argument(0));
    return profileDocument(profile, await profiles.current());
  },
};
