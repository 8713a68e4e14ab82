import { PROFILE_COLUMNS } from '../columns.ts';
import type { Command } from '../command.ts';
import { profileJson } from '../profile-json.ts';
import { listReport } from '../reports.ts';

export const profilesList: Command = {
  needsNoSecret: true,
  async run(app) {
    const profiles = await app.profiles();
    const current = await profiles.current();
    const items = (await profiles.list()).map((profile) => profileJson(profile, current));
    return listReport({
      schema: 'keyturn.profiles/1',
      key: 'profiles',
      columns: PROFILE_COLUMNS,
      items,
      empty: 'no profiles; run `keyturn login --help`',
    });
  },
};
