import { refuseNeeded } from '../../core/operation/conflicts.ts';
import { checkLocalName } from '../../domain/name.ts';
import type { Command } from '../arguments/command.ts';
import { said } from '../documents/document.ts';
import { profileDocument } from '../documents/profile.ts';
import { titleOf } from '../services/place-words.ts';
import { requireProfile } from '../services/require-profile.ts';

export const command: Command = {
  arguments: [
    { name: '<old>', about: 'the profile', values: 'profiles' },
    { name: '<new>', about: 'its new name' },
  ],
  async run(app, input) {
    const profiles = await app.profiles();
    const before = await requireProfile(profiles, input.argument(0));
    await refuseNeeded(
      await app.journalHost(),
      app.runtime.clock.now(),
      (operation) => operation.profile === before.name,
    );
    await profiles.rename(before.name, checkLocalName(input.argument(1), 'profile'));
    const after = await requireProfile(profiles, input.argument(1));
    return said(
      profileDocument(after, await profiles.current()),
      `the profile "${before.name}" (${await titleOf(app, after.provider)}) is now called "${after.name}"`,
    );
  },
};
