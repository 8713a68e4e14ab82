import { usage } from '../domain/errors.ts';
import { Secret } from '../domain/secret.ts';
import type { Prompter } from '../ports/prompter.ts';
import type { Runtime } from './runtime.ts';

interface Asker {
  readonly runtime: Pick<Runtime, 'env'>;
  readonly prompter: Prompter;
}

/** The passphrase of the credentials file: from the environment, or a prompt without echo. */
export async function readPassphrase({ runtime, prompter }: Asker): Promise<Secret> {
  const given = runtime.env['KEYTURN_PASSPHRASE'];
  if (given) return Secret.of(given);
  return prompter.askSecret('the passphrase of the credentials file: ', 'set KEYTURN_PASSPHRASE');
}

/** A new one: from the environment (KEYTURN_NEW_PASSPHRASE where the old one is needed too), or asked for twice. */
export async function readNewPassphrase({ runtime, prompter }: Asker): Promise<Secret> {
  const given = runtime.env['KEYTURN_NEW_PASSPHRASE'] || runtime.env['KEYTURN_PASSPHRASE'];
  if (given) return Secret.of(given);
  const first = await prompter.askSecret('the new passphrase: ', 'set KEYTURN_NEW_PASSPHRASE');
  const second = await prompter.askSecret('the new passphrase again: ', 'set KEYTURN_NEW_PASSPHRASE');
  if (!first.equals(second)) throw usage('the two passphrases differ', 'try again; nothing was changed');
  return first;
}
