import { replaces, usersOf } from '../../core/forget-credential.ts';
import { refuseNeeded } from '../../core/operation/conflicts.ts';
import { profilesOf, requireSaved } from '../../core/saved-credentials.ts';
import type { Credential } from '../../domain/credential.ts';
import { safeText } from '../../domain/text.ts';
import type { Command } from '../arguments/command.ts';
import { credentialDocument, inactiveWords } from '../documents/credential.ts';
import { said } from '../documents/document.ts';
import { placeWords, titleOf } from '../services/place-words.ts';
import type { Services } from '../services/services.ts';

export const command: Command = {
  arguments: [{ name: '<name>', about: 'the credential', values: 'credentials' }],
  details:
    'Removes the secret from the store. Nothing is sent to the provider: `tokens revoke` ends the token there.',
  async run(app, input) {
    const store = await app.store();
    const credential = await requireSaved(store, input.argument(0));
    await refuseNeeded(await app.journalHost(), app.runtime.clock.now(), (operation) =>
      replaces(operation, credential),
    );
    const profiles = await (await app.profiles()).list();
    const users = usersOf(credential, profiles);
    const of = await describePlace(app, credential, profilesOf(credential, profiles)[0]);
    const used =
      users.length === 0 ? '' : ` (the profile ${users.map((name) => `"${name}"`).join(', ')} uses it)`;
    await app.confirm(`remove the credential "${credential.name}"${of}${used}?`);
    await store.remove(credential.name);
    const inactive = inactiveWords(credential.current, app.runtime.clock.now());
    const fate = inactive === '' ? '; this command revokes nothing' : inactive;
    return said(credentialDocument(credential), `"${credential.name}"${of} is removed from the store${fate}`);
  },
};

/** ` (id 42, Devo, profile work)`; nothing for a secret of no provider. */
async function describePlace(
  app: Pick<Services, 'loadProvider'>,
  { current, provider }: Credential,
  profile: string | undefined,
): Promise<string> {
  if (provider === null) return '';
  const id = current.id === null ? '' : `id ${safeText(current.id, 200)}, `;
  const place =
    profile === undefined ? await titleOf(app, provider) : await placeWords(app, { provider, profile });
  return ` (${id}${place})`;
}
