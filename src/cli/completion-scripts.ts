import { bash } from './completion/bash.ts';
import { fish } from './completion/fish.ts';
import { collectPlaces } from './completion/places.ts';
import { powershell } from './completion/powershell.ts';
import { zsh } from './completion/zsh.ts';

export type Shell = 'bash' | 'zsh' | 'fish' | 'powershell';

/** The four completion scripts, made from the command tree. */
export async function completionScripts(): Promise<Readonly<Record<Shell, string>>> {
  const places = await collectPlaces();
  return { bash: bash(places), zsh: zsh(places), fish: fish(places), powershell: powershell(places) };
}
