import type { Command } from '../command.ts';
import { profilesDocument } from '../documents/profile.ts';

export const profilesList: Command = {
  needsNoSecret: true,
  async run(app) {
    const profiles = await app.profiles();
    return profilesDocument(await profiles.list(), await profiles.current());
  },
};
