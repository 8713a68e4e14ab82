import type { Command } from '../command.ts';
import { credentialJson, requireCredential } from '../credential-json.ts';
import { refuseOpenAttempt } from '../open-attempts.ts';
import { doneReport } from '../reports.ts';

export const credentialsRemove: Command = {
  arguments: [{ name: '<name>', about: 'the credential' }],
  details: 'Forgets the secret here; the token lives on at its provider.',
  async run(app, input) {
    const store = await app.store();
    const credential = await requireCredential(store, input.argument(0));
    const users = (await (await app.profiles()).list()).filter(
      (profile) => profile.credential.kind === 'store' && profile.credential.name === credential.name,
    );
    await refuseOpenAttempt(
      app,
      (attempt) =>
        attempt.provider === credential.provider &&
        credential.versions.some(
          ({ id }) => id !== null && attempt.origin === credential.origin && isAbout(attempt.subject, id),
        ),
    );
    const used =
      users.length === 0
        ? ''
        : ` (the profile ${users.map((profile) => `"${profile.name}"`).join(', ')} uses it)`;
    await app.confirm(`forget the credential "${credential.name}"${used}?`);
    await store.remove(credential.name);
    return doneReport(
      'keyturn.credential/1',
      { credential: credentialJson(credential) },
      `"${credential.name}" is forgotten here; it was not revoked`,
    );
  },
};

/** `token 3 at devo …`, `key web-app/key_1 at errova …` */
function isAbout(subject: string, id: string): boolean {
  const [, thing] = subject.split(' ');
  return thing === id || thing?.endsWith(`/${id}`) === true;
}
