import type { Credential } from '../domain/credential.ts';
import type { JsonObject } from '../domain/json.ts';
import { noCredential } from '../domain/missing.ts';
import type { CredentialStore } from '../ports/store.ts';

/** What is known of a kept secret. Never the secret. */
export function credentialJson(credential: Credential): JsonObject {
  const { name, kind, provider, origin, project, current } = credential;
  const { id, scopes, createdAt, expiresAt, savedAt } = current;
  const staged = credential.versions
    .filter((version) => version.version !== current.version)
    .map((version) => version.id);
  return { name, kind, provider, origin, project, id, scopes, createdAt, expiresAt, savedAt, staged };
}

export async function requireCredential(store: CredentialStore, name: string): Promise<Credential> {
  const credential = await store.find(name);
  if (credential) return credential;
  throw noCredential(name);
}
