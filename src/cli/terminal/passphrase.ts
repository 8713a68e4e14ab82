import { usage } from '../../domain/errors.ts';
import { Secret } from '../../domain/secret.ts';
import type { Prompter } from '../../ports/prompter.ts';
import type { Runtime } from '../runtime.ts';

interface Asker {
  readonly runtime: Pick<Runtime, 'env'>;
  readonly prompter: Prompter;
}

/** The passphrase of the credentials file: from the environment, or a prompt without echo. */
export async function readPassphrase({ runtime, prompter }: Asker): Promise<Secret> {
  const given = runtime.env['KEYTURN_PASSPHRASE'];
  if (given) return Secret.of(given);
  return prompter.askSecret('the passphrase of the credentials file: ', 'set KEYTURN_PASSPHRASE', {
    besideInput: true,
  });
}

/** Of a credentials file that is about to be made: the same variable opens it later. */
export async function readFirstPassphrase(asker: Asker): Promise<Secret> {
  return chooseOne(asker, ['KEYTURN_PASSPHRASE']);
}

/** A new passphrase for a file that has one: KEYTURN_NEW_PASSPHRASE, where the old passphrase is needed too. */
export async function readNewPassphrase(asker: Asker): Promise<Secret> {
  return chooseOne(asker, ['KEYTURN_NEW_PASSPHRASE', 'KEYTURN_PASSPHRASE']);
}

/** From the environment, or asked for twice: nobody sees what was typed. */
async function chooseOne({ runtime, prompter }: Asker, variables: readonly string[]): Promise<Secret> {
  const given = variables
    .map((name) => runtime.env[name])
    .find((value) => value !== undefined && value !== '');
  if (given !== undefined) return Secret.of(given);
  const instead = `set ${variables[0]}`;
  const first = await prompter.askSecret('the new passphrase (8 characters or more): ', instead, {
    besideInput: true,
  });
  const second = await prompter.askSecret('the new passphrase again: ', instead, { besideInput: true });
  if (!first.equals(second)) throw usage('the two passphrases differ', 'try again; nothing was changed');
  return first;
}
