import type { Shell } from '../completion-scripts.ts';

export const SHELL_FILES: Readonly<Record<Shell, string>> = {
  bash: 'keyturn.bash',
  zsh: '_keyturn',
  fish: 'keyturn.fish',
  powershell: 'keyturn.ps1',
};
