import type { Command } from '../arguments/command.ts';
import { said } from '../documents/document.ts';
import { profileDocument } from '../documents/profile.ts';
import { titleOf } from '../services/place-words.ts';
import { requireProfile } from '../services/require-profile.ts';

export const command: Command = {
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
