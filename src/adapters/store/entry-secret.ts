import type { KeyObject } from 'node:crypto';
import { AppError } from '../../domain/errors.ts';
import { Secret } from '../../domain/secret.ts';
import type { Random } from '../../ports/clock.ts';
import type { Entry, Stored } from './format.ts';
import { seal, unseal } from './seal.ts';

/** Changes when what a seal is bound to changes; not with every layout of the file. */
const SEAL_FORMAT = 1;

/** The unlocked key of a sealed store; `key` is null for the `file` store, which keeps secrets in clear. */
export interface Unlocked {
  readonly vaultId: string | null;
  readonly key: KeyObject | null;
}

/** Which place a secret belongs to: it opens nowhere else. */
export type Place = Pick<Entry, 'name' | 'provider' | 'origin'>;

export function keepSecret(
  unlocked: Unlocked,
  random: Random,
  place: Place & { readonly version: string },
  secret: Secret,
): Stored {
  if (unlocked.key === null) return { form: 'clear', secret };
  const bytes = new TextEncoder().encode(secret.reveal());
  return { form: 'sealed', bytes: seal(unlocked.key, random, bytes, contextOf(unlocked, place)) };
}

/** Throws `AppError` (auth) when the value was moved here from elsewhere or damaged. */
export function openSecret(
  unlocked: Unlocked,
  place: Place & { readonly version: string },
  stored: Stored,
): Secret {
  if (stored.form === 'clear') return stored.secret;
  const bytes = unlocked.key && unseal(unlocked.key, stored.bytes, contextOf(unlocked, place));
  if (!bytes) {
    throw new AppError({
      code: 'auth',
      message: `the secret of "${place.name}" does not open`,
      hint: 'it was moved or damaged in the file; store the credential again',
    });
  }
  return Secret.of(new TextDecoder().decode(bytes));
}

function contextOf(unlocked: Unlocked, place: Place & { readonly version: string }): string {
  const { name, provider, origin, version } = place;
  return JSON.stringify([
    'keyturn',
    SEAL_FORMAT,
    unlocked.vaultId,
    name,
    provider,
    origin,
    'secret',
    version,
  ]);
}
