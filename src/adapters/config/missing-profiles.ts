import type { Profiles } from '../../ports/profiles.ts';

/** Where the folder is not known, or cannot be looked into, there is no file of profiles: nothing has another name, and everything else says why. */
export function createMissingProfiles(why: unknown): Profiles {
  const fail = () => Promise.reject(why);
  return {
    path: '',
    list: fail,
    find: fail,
    current: fail,
    save: fail,
    use: fail,
    rename: fail,
    remove: fail,
    aliases: async () => [],
    saveAlias: fail,
    removeAlias: fail,
  };
}
