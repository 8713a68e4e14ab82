import type { Inactive } from '../../domain/credential.ts';
import { AppError, usage } from '../../domain/errors.ts';
import { noCredential } from '../../domain/missing.ts';
import { checkLocalName } from '../../domain/name.ts';
import type { Secret } from '../../domain/secret.ts';
import { safeText } from '../../domain/text.ts';
import type { Instant } from '../../domain/time.ts';
import type { Random } from '../../ports/clock.ts';
import type { NewVersion } from '../../ports/store.ts';
import { currentVersion, requireVersion } from './credential-view.ts';
import { isVersionName } from './decode.ts';
import { keepSecret, openSecret } from './entry-secret.ts';
import type { Entry, StoredVersion } from './format.ts';
import type { StoreDocument } from './store-document.ts';
import type { Draft, Outcome } from './store-file.ts';

/** What an edit takes from outside. */
export interface EditTools {
  readonly random: Random;
  readonly now: Instant;
}

/** A new entry, or a new current version of one; the versions before go. */
export function saveEntry(draft: Draft, tools: EditTools, fresh: NewVersion, secret: Secret): Outcome<Entry> {
  checkLocalName(fresh.name, 'credential');
  const before = draft.document.entries.get(fresh.name);
  const version = nextVersion(before);
  const entry: Entry = {
    ...toEntry(fresh),
    current: version,
    versions: [makeVersion(draft, tools, { ...fresh, version }, secret)],
  };
  draft.document.put(entry);
  return { result: entry, changed: true, expect: [{ name: fresh.name, version, secret }] };
}

/** A version beside the current one, written once. */
export function stageVersion(
  draft: Draft,
  tools: EditTools,
  fresh: NewVersion & { readonly version: string },
  secret: Secret,
): Outcome<Entry> {
  checkLocalName(fresh.name, 'credential');
  const { name, version } = fresh;
  if (!isVersionName(version))
    throw usage('that is not a name for a version', 'use letters, digits, ".", "_", "-"');
  const before = draft.document.entries.get(name);
  if (before && (before.provider !== fresh.provider || before.origin !== fresh.origin)) {
    throw conflict(`credential "${name}" belongs to another provider or origin`, 'choose another name');
  }
  const known = before?.versions.find((candidate) => candidate.version === version);
  if (before && known) {
    if (openSecret(draft.unlocked, { ...before, version }, known.stored).equals(secret)) {
      return { result: before, changed: false };
    }
    throw conflict(`version "${version}" of "${name}" holds another secret`, 'versions are written once');
  }
  const made = makeVersion(draft, tools, fresh, secret);
  const entry: Entry = before
    ? { ...before, versions: [...before.versions, made] }
    : { ...toEntry(fresh), current: null, versions: [made] };
  draft.document.put(entry);
  return { result: entry, changed: true, expect: [{ name, version, secret }] };
}

/** Moves the current pointer from one version to another. */
export function promoteVersion(
  document: StoreDocument,
  name: string,
  from: string | null,
  to: string,
): Outcome<Entry> {
  const before = document.entries.get(name);
  if (!before) throw noCredential(name);
  requireVersion(before, to);
  if (before.current === to) return { result: before, changed: false };
  const fits =
    before.current === from || (before.current === null && currentVersion(before).version === from);
  if (!fits) {
    throw conflict(
      `the current version of "${name}" is not the one that was expected`,
      'another process changed it; see `keyturn credentials list`',
    );
  }
  const entry: Entry = { ...before, current: to };
  document.put(entry);
  return { result: entry, changed: true };
}

/** Forgets a version that is not current; an entry without versions goes. */
export function dropVersion(document: StoreDocument, name: string, version: string): Outcome<null> {
  const before = document.entries.get(name);
  const kept = before?.versions.filter((candidate) => candidate.version !== version) ?? [];
  if (!before || kept.length === before.versions.length) return { result: null, changed: false };
  if (before.current === version) {
    throw conflict(
      `version "${safeText(version, 80)}" of "${name}" is in use`,
      'make another version current first',
    );
  }
  if (kept.length === 0) document.remove(name);
  else document.put({ ...before, versions: kept });
  return { result: null, changed: true };
}

/** What became of the token behind a version; the secret stays as it is. */
export function markVersion(
  document: StoreDocument,
  { name, version }: { readonly name: string; readonly version: string },
  inactive: Inactive | null,
): Outcome<null> {
  const before = document.entries.get(name);
  const marked = before?.versions.find((candidate) => candidate.version === version);
  if (!before || !marked || marked.inactive?.state === inactive?.state)
    return { result: null, changed: false };
  const { inactive: _, ...facts } = marked;
  const after: StoredVersion = inactive === null ? facts : { ...facts, inactive };
  document.put({ ...before, versions: before.versions.map((each) => (each === marked ? after : each)) });
  return { result: null, changed: true };
}

export function removeEntry(document: StoreDocument, name: string): Outcome<boolean> {
  if (!document.entries.has(name)) return { result: false, changed: false };
  document.remove(name);
  return { result: true, changed: true };
}

/** Moves an entry to another name; its secrets are sealed again, since they are bound to the name. */
export function renameEntry(draft: Draft, tools: EditTools, name: string, newName: string): Outcome<Entry> {
  checkLocalName(newName, 'credential');
  const before = draft.document.entries.get(name);
  if (!before) throw noCredential(name);
  if (newName === name) return { result: before, changed: false };
  if (draft.document.entries.has(newName)) {
    throw conflict(`a credential "${newName}" exists already`, 'choose another name');
  }
  const secrets = before.versions.map((version) => ({
    version,
    secret: openSecret(draft.unlocked, { ...before, version: version.version }, version.stored),
  }));
  const entry: Entry = {
    ...before,
    name: newName,
    versions: secrets.map(({ version, secret }) => ({
      ...version,
      stored: keepSecret(
        draft.unlocked,
        tools.random,
        { ...before, name: newName, version: version.version },
        secret,
      ),
    })),
  };
  draft.document.move(name, newName);
  draft.document.put(entry);
  const expect = secrets.map(({ version, secret }) => ({ name: newName, version: version.version, secret }));
  return { result: entry, changed: true, expect };
}

function toEntry(fresh: NewVersion): Omit<Entry, 'current' | 'versions'> {
  const { name, kind, provider, origin, project } = fresh;
  return { name, kind, provider, origin, project };
}

function makeVersion(
  draft: Draft,
  tools: EditTools,
  fresh: NewVersion & { readonly version: string },
  secret: Secret,
): StoredVersion {
  const { version, id, scopes, createdAt, expiresAt } = fresh;
  const stored = keepSecret(draft.unlocked, tools.random, fresh, secret);
  return { version, id, scopes, createdAt, expiresAt, savedAt: tools.now, stored };
}

/** One more than the highest number that was ever a version here; rotations name theirs otherwise. */
function nextVersion(entry: Entry | undefined): string {
  const numbers = (entry?.versions ?? []).map(({ version }) =>
    /^\d{1,9}$/.test(version) ? Number(version) : 0,
  );
  return String(Math.max(0, ...numbers) + 1);
}

function conflict(message: string, hint: string): AppError {
  return new AppError({ code: 'conflict', message, hint });
}
