import type { Origin } from '../domain/origin.ts';
import type { CredentialSource, Profile } from '../ports/profiles.ts';
import type { Provider } from '../ports/provider.ts';
import type { Settings } from '../ports/request.ts';

export interface ResolvedConnection {
  readonly provider: Provider;
  readonly profile: Profile | null;
  readonly settings: Settings;
  readonly origin: Origin;
  readonly credential: CredentialSource | { readonly kind: 'environment' };
  /** Where each part came from, for `whoami`: `provider` → `KEYTURN_PROVIDER`. */
  readonly sources: Readonly<Record<string, string>>;
}
