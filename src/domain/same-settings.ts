/** A provider's settings by name: region, domain, organisation. They name the account at an origin. */
export type AccountSettings = Readonly<Record<string, string>>;

/** An account at a provider. Settings are null for what keyturn never sends, and where an older keyturn did not record them. */
export interface Account {
  readonly provider: string | null;
  readonly origin: string | null;
  readonly settings: AccountSettings | null;
}

/** `unknown`: the same provider and origin, and the settings of one are not known. */
export type AccountMatch = 'same' | 'other' | 'unknown';

/**
 * Whether both are one account. Every comparison of saved credentials, operations, profiles and aliases is made here: two Devo
 * domains share one origin, and ids count from 1 in each.
 */
export function compareAccounts(one: Account, other: Account): AccountMatch {
  if (one.provider !== other.provider || one.origin !== other.origin) return 'other';
  if (one.settings === null || other.settings === null) return 'unknown';
  return sameSettings(one.settings, other.settings) ? 'same' : 'other';
}

/** The order of the settings does not matter. */
function sameSettings(one: AccountSettings, other: AccountSettings): boolean {
  const names = new Set([...Object.keys(one), ...Object.keys(other)]);
  return [...names].every((name) => one[name] === other[name]);
}
