import { noProfile } from '../../domain/missing.ts';
import type { Profile, Profiles } from '../../ports/profiles.ts';

export async function requireProfile(profiles: Profiles, name: string): Promise<Profile> {
  const profile = await profiles.find(name);
  if (profile) return profile;
  throw noProfile(name);
}
