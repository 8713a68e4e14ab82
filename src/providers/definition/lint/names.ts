import { OPERATIONS } from '../../../domain/capability.ts';
import type { Definition } from '../provider-table.ts';
import type { Problem } from './problem.ts';

/** A setting is kept in clear, and an option is seen in the list of processes. */
const SECRET_NAME = /pass|secret|token$|^token|credential|api-?key|private|session|cookie|otp|pin$/;
/** Would take the place of an option or a variable of keyturn's own. */
const RESERVED: ReadonlySet<string> = new Set([
  ...['token', 'url', 'session', 'profile', 'provider', 'output', 'store', 'passphrase', 'new-passphrase'],
  ...[
    'journal-key',
    'config-dir',
    'state-dir',
    'name',
    'scope',
    'expires-in',
    'expires-at',
    'expiring-within',
  ],
  ...['yes', 'quiet', 'verbose', 'json', 'format', 'help', 'version', 'timeout', 'no-color', 'no-input'],
  ...['dry-run', 'offline', 'credential', 'from-cli', 'cli-file', 'to'],
  ...[
    'with-token',
    'token-file',
    'token-id',
    'save',
    'save-as',
    'print',
    'allow-exec',
    'allow-self',
    'grace',
  ],
  ...[
    'keep-old',
    'revoke',
    'concurrency',
    'set',
    'kind',
    'if-expiring-within',
    'accept-differences',
    'exit-code',
  ],
]);

export function findNameProblems(definition: Definition): readonly Problem[] {
  const { settings = {}, options = {}, instead = {}, tokens, scopes } = definition;
  const problems: Problem[] = [];
  for (const [kind, names] of [
    ['settings', Object.keys(settings)],
    ['options', Object.keys(options)],
  ] as const) {
    for (const name of names) {
      const place = [kind, name];
      if (RESERVED.has(name)) problems.push({ place, says: `takes the name "${name}" of keyturn’s own` });
      else if (SECRET_NAME.test(name) && name !== 'token-scope')
        problems.push({
          place,
          says: `asks for a secret with "${name}", which would be kept or typed in clear`,
        });
    }
  }
  const has = new Set(Object.keys(tokens).map((verb) => `tokens ${verb}`));
  for (const name of Object.keys(instead)) {
    if (!OPERATIONS.some((operation) => operation === name))
      problems.push({
        place: ['instead', name],
        says: 'says what to do instead of something that keyturn does not do',
      });
    else if (has.has(name))
      problems.push({ place: ['instead', name], says: 'says what to do instead of a call that it has' });
  }
  if (scopes?.words === 'required' && scopes.hint === undefined)
    problems.push({ place: ['scopes'], says: 'needs a hint that names a scope, since scopes are required' });
  return problems;
}
