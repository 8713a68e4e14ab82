import type { Credential } from './credential.ts';
import { type AccountSettings, sameSettings } from './same-settings.ts';
import { type Born, isSameToken } from './same-token.ts';

/** An account at a provider, and the saved credential that the connection to it uses. */
export interface AccountPlace {
  readonly provider: { readonly id: string };
  readonly origin: string;
  readonly settings: AccountSettings;
  readonly credentialName: string | null;
}

/** `unknown`: an older keyturn saved the credential and did not record its account. */
export type AccountMatch = 'same' | 'other' | 'unknown';

/**
 * Whether a saved credential belongs to the account of a connection: provider, origin and the settings that name the
 * account. Two Devo domains share one origin.
 */
export function matchAccount(
  saved: Pick<Credential, 'name' | 'provider' | 'origin' | 'settings'>,
  place: AccountPlace,
): AccountMatch {
  if (saved.provider !== place.provider.id || saved.origin !== place.origin) return 'other';
  if (saved.settings !== null) return sameSettings(saved.settings, place.settings) ? 'same' : 'other';
  const isOnly = Object.keys(place.settings).length === 0;
  return isOnly || saved.name === place.credentialName ? 'same' : 'unknown';
}

/**
 * Whether a saved credential holds the secret of this very token. Ids repeat between accounts, so where the account of
 * the saved credential is unknown, the creation dates must be known and agree.
 */
export function isSavedToken(saved: Credential, place: AccountPlace, token: Born): boolean {
  if (!isSameToken(saved.current, token)) return false;
  const match = matchAccount(saved, place);
  if (match !== 'unknown') return match === 'same';
  return saved.current.createdAt !== null && token.createdAt !== null;
}
