import type { Credential } from './credential.ts';
import { type AccountMatch, type AccountSettings, compareAccounts } from './same-settings.ts';
import { type Born, isSameToken } from './same-token.ts';

/** An account at a provider, and the saved credential that the connection to it uses. */
export interface AccountPlace {
  readonly provider: { readonly id: string };
  readonly origin: string;
  readonly settings: AccountSettings;
  readonly credentialName: string | null;
}

/**
 * Whether a saved credential belongs to the account of a connection; `unknown` where an older keyturn saved it and did not record
 * its account.
 */
export function matchAccount(
  saved: Pick<Credential, 'name' | 'provider' | 'origin' | 'settings'>,
  place: AccountPlace,
): AccountMatch {
  const match = compareAccounts(saved, { ...place, provider: place.provider.id });
  if (match !== 'unknown') return match;
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
