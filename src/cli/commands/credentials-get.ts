import { requireSaved } from '../../core/saved-credentials.ts';
import type { Command } from '../arguments/command.ts';
import { ALLOW_MANAGING } from '../arguments/token-options.ts';
import { credentialDocument, credentialJson } from '../documents/credential.ts';

export const command: Command = {
  arguments: [{ name: '<name>', about: 'the credential', values: 'credentials' }],
  options: [{ flags: '--print', about: 'print the secret and nothing else' }, ALLOW_MANAGING],
  details:
    'Do not put the secret into the arguments of a command: every user of the machine can read them. Pipe it, or use `keyturn run`.',
  examples: [
    'keyturn credentials get ci --print | docker login --username me --password-stdin registry.example.com',
    'keyturn run --env TOKEN=ci -- sh -c \'printf "Authorization: Bearer %s" "$TOKEN" | curl --header @- URL\'',
  ],
  async run(app, input) {
    const store = await app.store();
    const credential = await requireSaved(store, input.argument(0));
    const { remindOfEntries } = await import('../services/reminders.ts');
    await remindOfEntries(app, [credential.name]);
    const now = app.runtime.clock.now();
    if (!input.flag('print')) return credentialDocument(credential, now);
    const secret = await (await app.usableStore(input)).open(credential.name);
    return app.secretReport({ credential: credentialJson(credential, now) }, secret);
  },
};
