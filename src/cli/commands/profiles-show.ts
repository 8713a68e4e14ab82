import type { Command } from '../arguments/command.ts';
import { profileDocument } from '../documents/profile.ts';
import { requireProfile } from '../services/require-profile.ts';

export const command: Command = {
  needsNoSecret: true,
  arguments: [{ name: '<name>', about: 'the profile', values: 'profiles' }],
  async run(app, input) {
    const profiles = await app.profiles();
    const profile = await requireProfile(profiles, input.argument(0));
    return profileDocument(profile, await profiles.current());
  },
};
