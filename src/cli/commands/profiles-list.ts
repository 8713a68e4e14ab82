import type { Command } from '../arguments/command.ts';
import { profilesDocument } from '../documents/profile.ts';

export const command: Command = {
  needsNoSecret: true,
  async run(app) {
    const profiles = await app.profiles();
    return profilesDocument(await profiles.list(), await profiles.current());
  },
};
