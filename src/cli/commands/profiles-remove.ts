import { refuseNeeded } from '../../core/operation/conflicts.ts';
import type { Command } from '../arguments/command.ts';
import { said } from '../documents/document.ts';
import { profileDocument } from '../documents/profile.ts';
import { titleOf } from '../services/place-words.ts';
import { requireProfile } from '../services/require-profile.ts';

export const command: Command = {
  arguments: [{ name: '<name>', about: 'the profile', values: 'profiles' }],
  details: 'The credential stays in the store; `keyturn logout` forgets both.',
  async run(app, input) {
    const profiles = await app.profiles();
    const profile = await requireProfile(profiles, input.argument(0));
    await refuseNeeded(
      await app.journalHost(),
      app.runtime.clock.now(),
      (operation) => operation.profile === profile.name,
    );
    const shown = `the profile "${profile.name}" (${await titleOf(app, profile.provider)})`;
    await app.confirm(`forget ${shown}?`);
    await profiles.remove(profile.name);
    return said(profileDocument(profile, await profiles.current()), `${shown} is forgotten`);
  },
};
