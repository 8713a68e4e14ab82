import type { KeyObject } from 'node:crypto';
import { AppError, isAppError } from '../../domain/errors.ts';
import { Secret } from '../../domain/secret.ts';
import type { Random } from '../../ports/clock.ts';
import { type Entry, SEAL_FORMAT, type SealFormat, type Stored, type StoredVersion } from './format.ts';
import { seal, unseal } from './seal.ts';

/** The unlocked key of a sealed store; `key` is null for the `file` store, which keeps secrets in clear. */
export interface Unlocked {
  readonly dataKeyId: string | null;
  readonly key: KeyObject | null;
}

/** The credential that a secret belongs to: with any other identity the secret does not open. */
export type Identity = Omit<Entry, 'versions'>;
export type VersionFacts = Omit<StoredVersion, 'stored' | 'inactive'>;

export function keepSecret(
  unlocked: Unlocked,
  random: Random,
  { entry, version }: { readonly entry: Identity; readonly version: VersionFacts },
  secret: Secret,
): Stored {
  if (unlocked.key === null) return { form: 'clear', secret };
  const bytes = new TextEncoder().encode(secret.reveal());
  const context = contextOf(SEAL_FORMAT, unlocked, entry, version);
  return { form: 'sealed', format: SEAL_FORMAT, bytes: seal(unlocked.key, random, bytes, context) };
}

/** Throws `AppError` (conflict) when the sealed value or anything that it is bound to was changed in the file. */
export function openSecret(unlocked: Unlocked, entry: Identity, version: StoredVersion): Secret {
  const { stored } = version;
  if (stored.form === 'clear') return stored.secret;
  const context = contextOf(stored.format, unlocked, entry, version);
  const bytes = unlocked.key && unseal(unlocked.key, stored.bytes, context);
  if (bytes) return Secret.of(new TextDecoder().decode(bytes));
  const { name } = entry;
  throw new AppError({
    code: 'conflict',
    message: `the secret of "${name}" does not open`,
    hint: `the secret, or its name, kind, account, id or dates in the file, was changed by hand: bring the file back from a backup, or run \`keyturn credentials remove ${name}\` and save the credential again`,
  });
}

/**
 * The entry as `after` says, with every secret sealed for that identity. A version that does not open in `before` stays
 * as it is: what cannot be read is not thrown away, and must not stand in the way of the others.
 */
export function sealAgain(unlocked: Unlocked, random: Random, before: Entry, after: Identity): Entry {
  const versions = before.versions.map((version) => {
    const secret = openOrNull(unlocked, before, version);
    if (!secret) return version;
    return { ...version, stored: keepSecret(unlocked, random, { entry: after, version }, secret) };
  });
  return { ...after, versions };
}

export function openOrNull(unlocked: Unlocked, entry: Identity, version: StoredVersion): Secret | null {
  try {
    return openSecret(unlocked, entry, version);
  } catch (error) {
    if (isAppError(error, 'conflict')) return null;
    throw error;
  }
}

/**
 * The authenticated data of the seal. `inactive` is left out on purpose: that a token ended is recorded without the key,
 * and can only make a secret less usable.
 */
function contextOf(format: SealFormat, unlocked: Unlocked, entry: Identity, version: VersionFacts): string {
  const { name, provider, origin } = entry;
  const place = ['keyturn', format, unlocked.dataKeyId, name, provider, origin, 'secret', version.version];
  if (format === 1) return JSON.stringify(place);
  const settings = entry.settings && Object.entries(entry.settings).sort(([a], [b]) => (a < b ? -1 : 1));
  const { id, scopes, createdAt, expiresAt, savedAt } = version;
  const { kind, project, current } = entry;
  return JSON.stringify([
    ...place,
    ...[kind, settings, project, current],
    ...[id, scopes, createdAt, expiresAt, savedAt],
  ]);
}
