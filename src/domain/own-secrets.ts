import { SHORTEST_MASKED } from './masking.ts';
import { Secret } from './secret.ts';
import { SECRET_VARIABLES } from './secret-variables.ts';

/** What keyturn's own variables hold, to mask in the output of other programs; a value that is too short to be masked is left out. */
export function ownSecrets(env: Readonly<Record<string, string | undefined>>): readonly Secret[] {
  return SECRET_VARIABLES.flatMap((name) => {
    const value = env[name] ?? '';
    return value.length < SHORTEST_MASKED ? [] : [Secret.of(value)];
  });
}
