import type { AuditCode } from '../../adapters/audit/audit-codes.ts';
import type { Carry } from '../../adapters/audit/file-audit.ts';
import type { Unlocked } from '../../adapters/store/entry-secret.ts';
import type { Secret } from '../../domain/secret.ts';
import type { Guard } from '../../ports/store-migration.ts';
import type { Migration, Services } from './services.ts';

/** A migration of the store. The audit log is checked and signed with the new key before the old key is deleted. */
export async function openMigration(
  local: Pick<
    Services,
    'audit' | 'auditUnder' | 'installationKeys' | 'keysOf' | 'note' | 'prompter' | 'runtime' | 'storeOptions'
  >,
): Promise<Migration> {
  const { createStoreMigration } = await import('../../adapters/store/store-migration.ts');
  let chosenPassphrase: Secret | null = null;
  let carry: Carry | null = null;
  const migration = createStoreMigration({
    ...(await local.storeOptions()),
    newPassphrase: async () => {
      chosenPassphrase = await (await import('../terminal/passphrase.ts')).readNewPassphrase(local);
      return chosenPassphrase;
    },
    insteadOfKeychain: () => 'name another store: `--to passphrase` or `--to file`',
    beforeSwitch: async (key) => {
      const found = await carry?.(await codeUnder(local, key));
      const line = found?.brokenAt ?? found?.unprovedAt ?? null;
      if (line !== null)
        local.note(
          `line ${line} of the audit log is not proved, and the migration does not change that; see \`keyturn audit verify\``,
        );
    },
  });
  return {
    inventory: () => migration.inventory(),
    async reseal(from, to, guard = (work) => work()) {
      const audit = await local.audit();
      const carried: Guard = (work) =>
        guard(() =>
          audit.carryOver((given) => {
            carry = given;
            return work();
          }),
        );
      return migration.reseal(from, to, carried);
    },
    async audit() {
      const { createCredentialStore } = await import('../../adapters/store/credential-store.ts');
      const chosen = chosenPassphrase;
      // KEYTURN_PASSPHRASE still holds the old passphrase.
      const passphrase = chosen === null ? {} : { passphrase: async () => chosen };
      const store = createCredentialStore({ ...(await local.storeOptions()), ...passphrase });
      return local.auditUnder(await local.keysOf(store));
    },
  };
}

async function codeUnder(
  local: Pick<Services, 'installationKeys'>,
  key: Unlocked['key'],
): Promise<AuditCode> {
  const { codeOfStoreKey, createAuditCodes } = await import('../../adapters/audit/audit-codes.ts');
  // A store in clear has no key: the installation's own key signs the log.
  return key ? codeOfStoreKey(key) : createAuditCodes(await local.installationKeys(), false).current();
}
