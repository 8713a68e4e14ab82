import type { FileAudit } from '../../adapters/audit/file-audit.ts';
import type { LocalCredentialStore } from '../../adapters/store/credential-store.ts';
import type { InstallationKeys } from '../../adapters/store/installation-keys.ts';
import { isAppError } from '../../domain/errors.ts';
import type { Services } from './services.ts';

type Here = Pick<Services, 'disk' | 'locks' | 'note' | 'paths' | 'runtime'>;

/** The keys of this installation beside a store. `makeStore`: the person chose one that seals. */
export async function openInstallationKeys(
  here: Here,
  store: LocalCredentialStore,
  makeStore: boolean,
): Promise<InstallationKeys> {
  const { createInstallationKeys, KEY_VARIABLE } = await import('../../adapters/store/installation-keys.ts');
  return createInstallationKeys({
    disk: await here.disk(),
    random: here.runtime.random,
    locks: here.locks,
    stateDir: (await here.paths()).state,
    store,
    makeStore,
    variable: here.runtime.env[KEY_VARIABLE],
    onKeyFile: (path) =>
      here.note(
        `the key that seals unfinished operations is "${path}", in the same folder; set ${KEY_VARIABLE} to use a key from elsewhere`,
      ),
  });
}

/** Prints a note if the audit log cannot be flushed. */
export async function flushAuditLog(local: Pick<Services, 'audit' | 'note'>): Promise<void> {
  try {
    await (await local.audit()).flush();
  } catch (error) {
    if (!isAppError(error)) throw error;
    local.note(`the audit log could not be written: ${error.message}`);
  }
}

export async function openAuditLog(here: Here, keys: InstallationKeys): Promise<FileAudit> {
  const [{ createFileAudit }, { createAuditCodes }] = await Promise.all([
    import('../../adapters/audit/file-audit.ts'),
    import('../../adapters/audit/audit-codes.ts'),
  ]);
  // A credential from the environment must not need the store's passphrase, or a keychain, for the log alone.
  const mayUnlock = !here.runtime.env['KEYTURN_TOKEN'];
  return createFileAudit({
    codes: createAuditCodes(keys, mayUnlock),
    disk: await here.disk(),
    locks: here.locks,
    clock: here.runtime.clock,
    path: `${(await here.paths()).state}/audit.jsonl`,
  });
}
