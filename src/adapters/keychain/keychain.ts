import { usage } from '../../domain/errors.ts';
import type { Keychain } from '../../ports/keychain.ts';
import { createBindingKeychain } from './binding-keychain.ts';
import type { KeychainOptions } from './keychain-options.ts';
import { keychainError } from './keychain-state.ts';
import { createSecretServiceKeychain } from './secret-service-keychain.ts';

/** Windows keeps 2,560 bytes, and the binding writes UTF-16. */
const MAX_CHARACTERS = 1_280;

/** keytar's functions over the operating system's keychain. Never hangs and never prompts where nobody can answer. */
export function createKeychain(options: KeychainOptions): Keychain {
  const items =
    options.platform === 'linux' ? createSecretServiceKeychain(options) : createBindingKeychain(options);
  return {
    getPassword: (service, account) => items.read({ service, account }),
    async setPassword(service, account, password) {
      const text = password.reveal();
      if (text === '' || text.includes('\0') || text.length > MAX_CHARACTERS) {
        throw usage(`a keychain item holds 1 to ${MAX_CHARACTERS} characters without NUL`);
      }
      const kept = await items.write({ service, account }, password);
      if (!kept?.equals(password)) throw keychainError('not-kept');
    },
    deletePassword: (service, account) => items.remove({ service, account }),
  };
}
