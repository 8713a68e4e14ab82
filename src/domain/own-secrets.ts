import { SHORTEST_MASKED } from './masking.ts';
import { Secret } from './secret.ts';

/** The variables of keyturn's own that hold a secret. */
export const SECRET_VARIABLES = [
  'KEYTURN_PASSPHRASE',
  'KEYTURN_NEW_PASSPHRASE',
  'KEYTURN_TOKEN',
  'KEYTURN_SESSION',
  'KEYTURN_JOURNAL_KEY',
] as const;

/** What these variables hold, to mask in the output of other programs; a value that is too short to be masked is left out. */
export function ownSecrets(env: Readonly<Record<string, string | undefined>>): readonly Secret[] {
  return SECRET_VARIABLES.flatMap((name) => {
    const value = env[name] ?? '';
    return value.length < SHORTEST_MASKED ? [] : [Secret.of(value)];
  });
}
