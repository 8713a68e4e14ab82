import { usage } from '../../domain/errors.ts';
import type { Command } from '../arguments/command.ts';

const SHELLS = ['bash', 'zsh', 'fish', 'powershell'] as const;
export type Shell = (typeof SHELLS)[number];

/** The files in `completions/`, which `npm run generate` makes from the command tree. */
export const SHELL_FILES: Readonly<Record<Shell, string>> = {
  bash: 'keyturn.bash',
  zsh: '_keyturn',
  fish: 'keyturn.fish',
  powershell: 'keyturn.ps1',
};

export const command: Command = {
  needsNoSecret: true,
  arguments: [{ name: '<shell>', about: SHELLS.join(', '), values: SHELLS }],
  examples: [
    'source <(keyturn completion bash)',
    'keyturn completion zsh > ~/.zfunc/_keyturn',
    'keyturn completion fish > ~/.config/fish/completions/keyturn.fish',
  ],
  async run(app, input) {
    const shell = SHELLS.find((candidate) => candidate === input.argument(0));
    if (!shell) throw usage('there is no completion for that shell', `one of ${SHELLS.join(', ')}`);
    return { shape: 'text', text: await app.packageFile(`completions/${SHELL_FILES[shell]}`) };
  },
};
