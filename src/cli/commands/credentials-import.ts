import { refuseNeeded } from '../../core/operation/conflicts.ts';
import { readPlan } from '../../core/operation/plan.ts';
import { STORE_KINDS } from '../../domain/credential.ts';
import { AppError } from '../../domain/errors.ts';
import { checkLocalName } from '../../domain/name.ts';
import { parseOrigin } from '../../domain/origin.ts';
import type { Command } from '../arguments/command.ts';
import { credentialDocument } from '../documents/credential.ts';
import { readSecret } from '../terminal/secret-reader.ts';

export const command: Command = {
  arguments: [{ name: '<name>', about: 'the name to save it under' }],
  options: [
    { flags: '--token-file <path>', about: 'read the secret from a file or a pipe; - is standard input' },
    { flags: '--origin <origin>', about: 'the only origin that `keyturn helper` hands the secret out for' },
    { flags: '--token-id <id>', about: 'the id of the token at the provider' },
    {
      flags: '--store <store>',
      about: 'keychain, passphrase or file, for a new credentials file',
      values: STORE_KINDS,
    },
    { flags: '--force', about: 'replace a credential of that name' },
  ],
  examples: ['pbpaste | keyturn credentials import stripe'],
  async run(app, input) {
    const name = checkLocalName(input.argument(0), 'credential');
    const store = await app.store({ wanted: input.text('store'), forWriting: true });
    if ((await store.find(name)) && !input.flag('force')) {
      throw new AppError({
        code: 'conflict',
        message: `there is a credential "${name}" already`,
        hint: 'add "--force" to replace it',
      });
    }
    await refuseNeeded(
      await app.journalHost(),
      app.runtime.clock.now(),
      (operation) => readPlan(operation.plan).entry?.name === name,
    );
    const origin = input.text('origin');
    const secret = await readSecret(app, input, { what: 'the secret', fromStdin: true });
    const credential = await store.save(
      {
        name,
        kind: 'imported',
        provider: app.globals.provider ?? null,
        origin: origin === undefined ? null : parseOrigin(origin),
        settings: null,
        project: null,
        id: input.text('token-id') ?? null,
        scopes: null,
        createdAt: null,
        expiresAt: null,
      },
      secret,
      input.flag('force') ? 'anything' : undefined,
    );
    return {
      ...credentialDocument(credential),
      notes: [`saved as "${name}"${credential.provider === null ? '' : ` for ${credential.provider}`}`],
    };
  },
};
