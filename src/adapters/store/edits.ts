import type { Inactive } from '../../domain/credential.ts';
import { AppError, usage } from '../../domain/errors.ts';
import { noCredential } from '../../domain/missing.ts';
import { checkLocalName } from '../../domain/name.ts';
import { compareAccounts } from '../../domain/same-settings.ts';
import type { Secret } from '../../domain/secret.ts';
import { safeText } from '../../domain/text.ts';
import type { Instant } from '../../domain/time.ts';
import type { Random } from '../../ports/clock.ts';
import type { NewVersion, Replacing } from '../../ports/store.ts';
import { currentVersion, requireVersion } from './credential-view.ts';
import { isVersionName } from './decode.ts';
import { type Identity, keepSecret, openOrNull, openSecret, sealAgain } from './entry-secret.ts';
import type { Entry, StoredVersion } from './format.ts';
import type { Draft, Outcome } from './store-change.ts';
import type { StoreEdit } from './store-edit.ts';

/** What an edit takes from outside. */
export interface EditTools {
  readonly random: Random;
  readonly now: Instant;
}

/** A new entry, or a new current version of the one that may be replaced; the versions before go. */
export function saveEntry(
  draft: Draft,
  tools: EditTools,
  { fresh, replacing }: { readonly fresh: NewVersion; readonly replacing: Replacing | undefined },
  secret: Secret,
): Outcome<Entry> {
  checkLocalName(fresh.name, 'credential');
  const before = draft.document.entries.get(fresh.name);
  if (before && replacing === undefined && holdsAlready(draft, before, fresh, secret))
    return { result: before, changed: false };
  if (before) refuseTaken(before, fresh, replacing);
  const version = nextVersion(before);
  const identity = { ...toIdentity(fresh), current: version };
  const entry: Entry = {
    ...identity,
    versions: [makeVersion(draft, tools, identity, { ...fresh, version }, secret)],
  };
  draft.document.put(entry);
  return { result: entry, changed: true, expect: [{ name: fresh.name, version, secret }] };
}

/** Whether the entry is this very credential, saved before: the same identity, id and secret. */
function holdsAlready(draft: Draft, before: Entry, fresh: NewVersion, secret: Secret): boolean {
  const version = currentVersion(before);
  if (!isSameIdentity(before, fresh) || version.id !== fresh.id) return false;
  return openOrNull(draft.unlocked, before, version)?.equals(secret) ?? false;
}

function refuseTaken(before: Entry, fresh: NewVersion, replacing: Replacing | undefined): void {
  const { name, kind, provider } = before;
  if (replacing === 'anything' && kind !== 'managing') return;
  const isSame = isSameIdentity(before, fresh);
  if (typeof replacing === 'object' && isSame) {
    if (currentVersion(before).version === replacing.version) return;
    throw conflict(`another process changed the credential "${name}" meanwhile`, 'run the command again');
  }
  const of = provider === null ? '' : ` of ${provider}`;
  throw conflict(
    `the name "${name}" is taken by another credential (${kind}${of})`,
    `choose another name; \`keyturn credentials get ${name}\` shows what has it`,
  );
}

/** An older keyturn did not record the account; its entry is completed by the one that replaces it. */
function isSameIdentity(before: Entry, fresh: NewVersion): boolean {
  if (before.kind !== fresh.kind || before.project !== fresh.project) return false;
  const match = compareAccounts(before, fresh);
  return match === 'same' || (match === 'unknown' && before.settings === null);
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
  if (before && !isSameIdentity(before, fresh)) {
    throw conflict(
      `credential "${name}" is of another kind, provider, origin, account or project`,
      'choose another name',
    );
  }
  const known = before?.versions.find((candidate) => candidate.version === version);
  if (before && known) {
    if (openSecret(draft.unlocked, before, known).equals(secret)) {
      return { result: before, changed: false };
    }
    throw conflict(`version "${version}" of "${name}" holds another secret`, 'versions are written once');
  }
  // What a person edited in the file must not get a seal of ours.
  if (before) openSecret(draft.unlocked, before, currentVersion(before));
  const identity = before ?? { ...toIdentity(fresh), current: null };
  const made = makeVersion(draft, tools, identity, fresh, secret);
  const entry: Entry = { ...identity, versions: [...(before?.versions ?? []), made] };
  draft.document.put(entry);
  return { result: entry, changed: true, expect: [{ name, version, secret }] };
}

/** Moves the current pointer from one version to another; the seals are bound to it, so they are made again. */
export function promoteVersion(
  { document, unlocked }: Draft,
  { random }: EditTools,
  name: string,
  { from, to }: { readonly from: string | null; readonly to: string },
): Outcome<Entry> {
  const before = document.entries.get(name);
  if (!before) throw noCredential(name);
  const secret = openSecret(unlocked, before, requireVersion(before, to));
  if (before.current === to) return { result: before, changed: false };
  const fits =
    before.current === from || (before.current === null && currentVersion(before).version === from);
  if (!fits) {
    throw conflict(
      `the current version of "${name}" is not the one that was expected`,
      'another process changed it; see `keyturn credentials list`',
    );
  }
  const entry = sealAgain(unlocked, random, before, { ...before, current: to });
  document.put(entry);
  return { result: entry, changed: true, expect: [{ name, version: to, secret }] };
}

/** Forgets a version that is not current; an entry without versions goes. */
export function dropVersion(document: StoreEdit, name: string, version: string): Outcome<null> {
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
  document: StoreEdit,
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

export function removeEntry(document: StoreEdit, name: string): Outcome<boolean> {
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
    name: newName,
    version: version.version,
    secret: openSecret(draft.unlocked, before, version),
  }));
  const entry = sealAgain(draft.unlocked, tools.random, before, { ...before, name: newName });
  draft.document.move(name, newName);
  draft.document.put(entry);
  return { result: entry, changed: true, expect: secrets };
}

function toIdentity(fresh: NewVersion): Omit<Entry, 'current' | 'versions'> {
  const { name, kind, provider, origin, settings, project } = fresh;
  return { name, kind, provider, origin, settings, project };
}

function makeVersion(
  draft: Draft,
  tools: EditTools,
  entry: Identity,
  fresh: NewVersion & { readonly version: string },
  secret: Secret,
): StoredVersion {
  const { version: name, id, scopes, createdAt, expiresAt } = fresh;
  const version = { version: name, id, scopes, createdAt, expiresAt, savedAt: tools.now };
  return { ...version, stored: keepSecret(draft.unlocked, tools.random, { entry, version }, secret) };
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
