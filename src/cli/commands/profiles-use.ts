import type { Command } from '../command.ts';
import { said } from '../documents/document.ts';
import { profileDocument } from '../documents/profile.ts';
import { titleOf } from '../place-words.ts';
import { requireProfile } from '../require-profile.ts';

export const profilesUse: Command = {
  needsNoSecret: true,
  arguments: [{ name: '<name>', about: 'the profile', values: 'profiles' }],
  async run(app, input) {
    const profiles = await app.profiles();
    const profile = await requireProfile(profiles, input.argument(0));
    await profiles.use(profile.name);
    return said(
      profileDocument(profile, profile.name),
      `"${profile.name}" (${await titleOf(app, profile.provider)}) is now the current profile`,
    );
  },
};
