import { CREDENTIAL_COLUMNS } from '../columns.ts';
import type { Command } from '../command.ts';
import { credentialJson, requireCredential } from '../credential-json.ts';

export const credentialsGet: Command = {
  arguments: [{ name: '<name>', about: 'the credential', values: 'credentials' }],
  options: [{ flags: '--print', about: 'print the secret and nothing else' }],
  examples: ['curl -H "Authorization: Bearer $(keyturn credentials get ci --print)" URL'],
  async run(app, input) {
    const store = await app.store();
    const credential = await requireCredential(store, input.argument(0));
    const { remindOfEntries } = await import('../reminders.ts');
    await remindOfEntries(app, [credential.name]);
    const data = { credential: credentialJson(credential) };
    if (input.flag('print')) return app.secretReport(await store.open(credential.name), data);
    return {
      shape: 'one',
      schema: 'keyturn.credential/1',
      data,
      key: 'credential',
      referBy: 'name',
      columns: CREDENTIAL_COLUMNS,
    };
  },
};
