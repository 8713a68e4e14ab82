import type { JsonObject } from '../domain/json.ts';
import { noProfile } from '../domain/missing.ts';
import type { Profile, Profiles } from '../ports/profiles.ts';

export function profileJson(profile: Profile, current: string | null): JsonObject {
  const { name, provider, origin, credential, tokenId } = profile;
  return {
    name,
    current: name === current,
    provider,
    origin,
    settings: Object.entries(profile.settings).map(([key, value]) => `${key}=${value}`),
    credential: credential.kind === 'store' ? credential.name : `${provider} command’s session`,
    credentialKind: credential.kind,
    tokenId,
  };
}

export async function requireProfile(profiles: Profiles, name: string): Promise<Profile> {
  const profile = await profiles.find(name);
  if (profile) return profile;
  throw noProfile(name);
}
