import { commandLine } from '../domain/command-line.ts';
import type { FullOf, ProviderProblem } from '../ports/provider.ts';
import type { Connection } from './client.ts';

type Place = Pick<Connection, 'provider' | 'profile'>;

/** What to do about a refusal: make room where the account is full, else what the provider's file says of it. */
export function refusalHint(place: Place, { fullOf, hint }: ProviderProblem): string | undefined {
  return fullOf === undefined ? hint : makeRoom(place, fullOf);
}

function makeRoom({ provider, profile }: Place, of: FullOf): string {
  if (of === 'keys' && provider.keys !== undefined) {
    const list = commandLine(['keys', 'list', '--project', 'PROJECT'], profile);
    const expire = commandLine(['keys', 'expire', 'KEY', '--project', 'PROJECT', '--in', '1h'], profile);
    return `end a key that nothing uses any more: \`${list}\`, then \`${expire}\``;
  }
  const isUseTold = provider.facts.lastUse !== 'untold';
  const old = isUseTold ? ['--unused-for', '90d'] : ['--older-than', '90d'];
  const list = commandLine(['tokens', 'list', '--status', 'active', ...old], profile);
  if (provider.facts.ends !== 'disable-only') {
    const revoke = commandLine(['tokens', 'revoke', 'ID'], profile);
    return `revoke a token that nothing uses any more: \`${list}\`, then \`${revoke}\``;
  }
  const disable = commandLine(['tokens', 'disable', 'NAME'], profile);
  return `disable a token that nothing uses any more: \`${list}\`, then \`${disable}\`; ${provider.title} deletes none, and does not publish whether a disabled one counts`;
}
