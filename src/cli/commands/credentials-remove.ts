import { replaces, usersOf } from '../../core/forget-credential.ts';
import { requireSaved } from '../../core/saved-credentials.ts';
import type { Command } from '../command.ts';
import { credentialJson } from '../credential-json.ts';
import { refuseOpenAttempt } from '../open-attempts.ts';
import { doneReport } from '../reports.ts';

export const credentialsRemove: Command = {
  arguments: [{ name: '<name>', about: 'the credential', values: 'credentials' }],
  details: 'Forgets the secret here; the token lives on at its provider.',
  async run(app, input) {
    const store = await app.store();
    const credential = await requireSaved(store, input.argument(0));
    await refuseOpenAttempt(app, (attempt) => replaces(attempt, credential));
    const users = usersOf(credential, await (await app.profiles()).list());
    const { current, provider } = credential;
    const of = provider === null ? '' : ` of ${provider}${current.id === null ? '' : `, id ${current.id}`}`;
    const used =
      users.length === 0 ? '' : ` (the profile ${users.map((name) => `"${name}"`).join(', ')} uses it)`;
    await app.confirm(`forget the credential "${credential.name}"${of}${used}?`);
    await store.remove(credential.name);
    return doneReport(
      'keyturn.credential/1',
      { credential: credentialJson(credential) },
      `"${credential.name}"${of} is forgotten here; it was not revoked`,
    );
  },
};
