import type { AccountSettings } from '../domain/same-settings.ts';

interface Place {
  readonly provider: string;
  readonly origin: string;
  readonly settings: AccountSettings;
}

/** The account that a connection, a profile or a login leads to, and nothing else of it. */
export function connectedAccount(
  of: Omit<Place, 'provider'> & { readonly provider: { readonly id: string } },
): Place {
  const { provider, origin, settings } = of;
  return { provider: provider.id, origin, settings };
}
