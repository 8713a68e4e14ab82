import type { DeliveryReport } from '../../core/delivery.ts';
import type { MigrateResult } from '../../core/migrate-store.ts';
import { type Credential, type CredentialVersion, type StoreKind, stateOf } from '../../domain/credential.ts';
import type { JsonObject } from '../../domain/json.ts';
import type { ListReport } from '../../output/report.ts';
import { CREDENTIAL_COLUMNS } from './columns.ts';
import { many, type OneDocument, one } from './document.ts';

/** What is known of a saved secret, never the secret. Its state is that of `now`, or of when it was saved. */
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

/** Where a new secret went, without the secret. */
export function deliveryJson({ saved, destinations, printed, fingerprint }: DeliveryReport): JsonObject {
  return {
    saved: saved === null ? null : credentialJson(saved),
    destinations: [...destinations],
    printed,
    fingerprint,
  };
}

export function credentialDocument(credential: Credential, now?: number): OneDocument {
  const data = { credential: credentialJson(credential, now) };
  return one('keyturn.credential/1', data, {
    key: 'credential',
    referBy: 'name',
    columns: CREDENTIAL_COLUMNS,
  });
}

export function credentialsDocument(
  store: { readonly kind: StoreKind | null; readonly path: string },
  credentials: readonly Credential[],
  now: number,
): ListReport {
  return many({
    schema: 'keyturn.credentials/1',
    head: { store: store.kind, path: store.path },
    key: 'credentials',
    referBy: 'name',
    columns: CREDENTIAL_COLUMNS,
    items: credentials.map((each) => credentialJson(each, now)),
    empty: 'nothing is saved yet',
  });
}

export function migrationDocument(result: MigrateResult): OneDocument {
  const { from, to, done, path, credentials, secrets, oldKeyRemains } = result;
  const data = { from, to, done, path, credentials: [...credentials], secrets, oldKeyRemains };
  return one('keyturn.migration/1', data);
}

/** ` (it had ended at 2026-…)`, for a sentence about a saved secret; empty while it works as far as the store knows. */
export function inactiveWords(version: CredentialVersion, now: number): string {
  const { expiresAt, inactive } = version;
  switch (stateOf(version, now)) {
    case 'ended':
      return ` (it had ended at ${inactive?.at})`;
    case 'expired':
      return ` (it had expired at ${expiresAt})`;
    case 'disabled':
      return ` (it was disabled at ${inactive?.at})`;
    case 'active':
      return '';
  }
}
