import type { Shell } from '../../src/cli/commands/completion.ts';
import { bash } from './bash.ts';
import { fish } from './fish.ts';
import { collectPlaces } from './places.ts';
import { powershell } from './powershell.ts';
import { zsh } from './zsh.ts';

/** The four completion scripts, made from the command tree. */
export async function completionScripts(): Promise<Readonly<Record<Shell, string>>> {
  const places = await collectPlaces();
  return { bash: bash(places), zsh: zsh(places), fish: fish(places), powershell: powershell(places) };
}
