import { type Credential, stateOf } from '../domain/credential.ts';
import type { JsonObject } from '../domain/json.ts';

/** What is known of a kept secret. Never the secret. Its state is that of now, or of when it was saved. */
export function credentialJson(
  credential: Credential,
  now = Date.parse(credential.current.savedAt),
): JsonObject {
  const { name, kind, provider, origin, project, current } = credential;
  const { id, scopes, createdAt, expiresAt, savedAt } = current;
  const staged = credential.versions
    .filter((version) => version.version !== current.version)
    .map((version) => version.id);
  const state = stateOf(current, now);
  const stateSince = current.inactive?.at ?? (state === 'expired' ? expiresAt : null);
  const facts = { id, scopes, createdAt, expiresAt, savedAt, staged, state, stateSince };
  return { name, kind, provider, origin, project, ...facts };
}
