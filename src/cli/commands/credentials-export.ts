import { type ExportFormat, exportSecrets } from '../../core/export-secrets.ts';
import { Secret } from '../../domain/secret.ts';
import type { Command } from '../arguments/command.ts';
import { ALLOW_MANAGING } from '../arguments/token-options.ts';
import { maskInCi } from '../services/show-secret.ts';

const FORMATS: readonly ExportFormat[] = ['env', 'dotenv', 'json'];

export const command: Command = {
  arguments: [
    { name: '<name...>', about: 'credentials, each as NAME or VARIABLE=NAME', values: 'credentials' },
  ],
  options: [
    { flags: '--format <format>', about: `${FORMATS.join(', ')} (default: env)`, values: FORMATS },
    ALLOW_MANAGING,
  ],
  details:
    'Prints the secrets to stdout in clear. Other users can read a file that the shell writes; `keyturn tokens rotate NAME --to env:.env#NAME` writes a private one. Without VARIABLE= the variable is made from the name: ci-deploy becomes CI_DEPLOY.',
  examples: [
    'eval "$(keyturn credentials export TOKEN=ci)"',
    'keyturn credentials export ci --format json | jq -r .CI',
  ],
  async run(app, input) {
    const store = await app.usableStore(input);
    const format = input.choice('format', FORMATS) ?? 'env';
    const chosen = [];
    for (const argument of input.arguments()) {
      const match = /^([A-Za-z_][A-Za-z0-9_]*)=(.+)$/.exec(argument);
      const name = match?.[2] ?? argument;
      chosen.push({
        variable: match?.[1] ?? name.toUpperCase().replace(/[^A-Z0-9]+/g, '_'),
        secret: await store.open(name),
      });
    }
    const text = Secret.of(exportSecrets(chosen, format));
    for (const { secret } of chosen) await maskInCi(app, secret);
    return { shape: 'text', text };
  },
};
