import { commandLine } from '../domain/command-line.ts';
import type { FullOf, ProviderProblem } from '../ports/provider.ts';
import { type CommandPlace, withCommands } from './create-command.ts';

/** What to do about a refusal: make room where the account is full, else what the provider's file says of it. */
export function refusalHint(place: CommandPlace, { fullOf, hint }: ProviderProblem): string | undefined {
  if (fullOf !== undefined) return makeRoom(place, fullOf);
  return hint === undefined ? undefined : withCommands(hint, place);
}

function makeRoom({ provider, profile }: CommandPlace, of: FullOf): string {
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
