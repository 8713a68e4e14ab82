import { STORE_KINDS, type StoreKind } from '../../domain/credential.ts';
import { usage } from '../../domain/errors.ts';

/** The kind that an option or a variable names. */
export function readStoreKind(text: string | undefined, where: string): StoreKind | null {
  if (text === undefined) return null;
  const kind = STORE_KINDS.find((candidate) => candidate === text);
  const example = where === 'KEYTURN_STORE' ? '`KEYTURN_STORE=file`' : '`--store file`';
  if (!kind) throw usage(`${where} takes one of ${STORE_KINDS.join(', ')}`, `for example ${example}`);
  return kind;
}

/** The warning of a store in clear, shown once when the store is created. */
export function clearStore(path: string): string {
  return `secrets are saved in clear in "${path}": any program that can read that file can use them; seal them with \`keyturn credentials migrate --from file --to keychain\`, or \`--to passphrase\``;
}

/** The warning of a store in clear where a passphrase is set, shown by every command that opens the store. */
export function clearThoughPassphrase(path: string): string {
  return `the credentials in "${path}" are in clear, though a passphrase is set: if they were sealed before, somebody replaced the file; set KEYTURN_STORE to "passphrase" to refuse it, or to "file" where this is meant`;
}
