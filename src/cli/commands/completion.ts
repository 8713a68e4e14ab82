import { usage } from '../../domain/errors.ts';
import type { Command } from '../command.ts';
import { SHELL_FILES } from '../completion/shell-files.ts';
import type { Shell } from '../completion-scripts.ts';

const SHELLS: readonly Shell[] = ['bash', 'zsh', 'fish', 'powershell'];

export const completion: Command = {
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
