import type { Profile } from '../ports/profiles.ts';
import type { Provider } from '../ports/provider.ts';

/** Only a credential whose id is known is marked in lists and kept from being ended by mistake. */
export function unguarded(provider: Provider, profile: Profile): readonly string[] {
  if (profile.tokenId !== null || profile.credential.kind !== 'store' || provider.facts.handle !== 'id')
    return [];
  return [
    'its id is not known: log in with "--token-id ID" (see `keyturn tokens list`), and it is guarded against slips',
  ];
}

/** The managing credential is powerful; the job at hand wants a narrower one. */
export function nextStep(provider: Provider, profile: string): string {
  return `next: \`keyturn tokens create --profile ${profile} ${provider.credential.narrower} --save\` makes a narrower token for one job`;
}
