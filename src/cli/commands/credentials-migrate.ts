import { loginCommand } from '../../core/create-command.ts';
import { type MigrateResult, migrateStore } from '../../core/migrate-store.ts';
import { STORE_KINDS, type StoreKind } from '../../domain/credential.ts';
import { usage } from '../../domain/errors.ts';
import type { Command } from '../arguments/command.ts';
import { migrationDocument } from '../documents/credential.ts';
import { NOWHERE, said } from '../documents/document.ts';
import { planDocument } from '../documents/plan.ts';
import type { Services } from '../services/services.ts';

export const command: Command = {
  options: [
    { flags: '--from <store>', about: STORE_KINDS.join(', '), values: STORE_KINDS },
    {
      flags: '--to <store>',
      about: `${STORE_KINDS.join(', ')}; the same as --from makes a new key`,
      values: STORE_KINDS,
    },
    { flags: '--dry-run', about: 'open every secret, change nothing' },
  ],
  details:
    'Every secret is read back and compared before the old file is replaced. If the command is killed, either the old or the new file is complete.',
  async run(app, input) {
    const from = input.choice('from', STORE_KINDS);
    const to = input.choice('to', STORE_KINDS);
    if (!from || !to)
      throw usage('"--from" and "--to" are needed', 'for example `--from file --to keychain`');
    const migration = await app.migration();
    const dryRun = input.flag('dry-run');
    const agreeToClear = async (): Promise<void> => {
      app.note(
        'a "file" store holds every secret in clear: any program that can read that file can use them',
      );
      await app.confirm('write every secret in clear into the credentials file?');
    };
    const journal = await app.journalHost();
    const result = await migrateStore({ migration, journal, agreeToClear }, { from, to, dryRun });
    const names = result.credentials.join(', ') || 'nothing';
    if (dryRun)
      return planDocument(NOWHERE, [
        {
          step: 'migrate',
          what: `seal ${result.secrets} secrets again, from "${from}" to "${to}": ${names}`,
        },
      ]);
    await (await migration.audit()).append({
      action: 'migrate',
      outcome: 'ok',
      profile: null,
      provider: 'keyturn',
      origin: 'this machine',
      id: null,
      attempt: null,
      fingerprint: null,
      requestId: null,
      target: to,
    });
    const line = `${result.secrets} secrets moved from "${from}" to "${to}": ${names}`;
    const notes = [...oldKeyNotes(result), ...(await sessionsToAgree(app, from))];
    return { ...said(migrationDocument(result), line), notes };
  },
};

function oldKeyNotes({ oldKeyRemains, sharedItem }: MigrateResult): readonly string[] {
  if (sharedItem !== null)
    return [
      `the old key stays in the keychain: this store was not made at this path, or by an older keyturn, and another copy of it may need the key; delete the item ${sharedItem} when no other credentials file does`,
    ];
  return oldKeyRemains
    ? ['the old key is still in the keychain; the next write tries to delete it again']
    : [];
}

/** The profiles of a vendor CLI's session whose seal was made under the key that is gone. */
async function sessionsToAgree(
  app: Pick<Services, 'profiles' | 'loadProvider'>,
  from: StoreKind,
): Promise<readonly string[]> {
  const source = from === 'file' ? 'file-' : 'store-';
  const notes: string[] = [];
  for (const { credential, name, origin, provider, settings } of await (await app.profiles()).list()) {
    if (credential.kind !== 'vendor-cli' || !credential.pin?.seal.startsWith(source)) continue;
    const place = { provider: await app.loadProvider(provider), profile: name, settings, origin };
    const login = loginCommand({ ...place, fromCli: true });
    notes.push(
      `the profile "${name}" was sealed under the old key; agree to its session again: \`${login}\``,
    );
  }
  return notes;
}
