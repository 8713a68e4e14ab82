import { AppError } from '../../domain/errors.ts';
import type { ServiceState } from './find-secret-service.ts';

/** Whether the operating system's keychain can be used, and what is in the way. */
export type KeychainState =
  | ServiceState
  | 'not-installed'
  /** It is there and refused, for a reason that it does not tell in a form to rely on. */
  | 'failed'
  /** It said that it kept something, and did not. */
  | 'not-kept';

/** Which other store a command could take is known to the command, and added where a key is to be made. */
const EXPLANATIONS: Readonly<Record<Exclude<KeychainState, 'unlocked'>, readonly [string, string]>> = {
  'no-bus': [
    'the keychain cannot be reached: there is no D-Bus session here',
    'run inside a desktop session or `dbus-run-session`',
  ],
  'no-service': [
    'the keychain cannot be reached: no program here offers the Secret Service',
    'install and start gnome-keyring, KWallet or KeePassXC',
  ],
  'no-default-collection': [
    'the keychain has no default keyring yet',
    'make one: open "Passwords and Keys" (seahorse), choose New, Password Keyring, and set it as default; or log in to the desktop once',
  ],
  locked: [
    'the keychain is locked',
    'unlock it: log in to the desktop, or run `gnome-keyring-daemon --unlock` and type its password',
  ],
  unresponsive: [
    'the keychain does not answer',
    'restart the keychain service (`systemctl --user restart gnome-keyring-daemon`) and try again',
  ],
  'not-installed': [
    'the keychain binding "@napi-rs/keyring" is not installed for this system',
    'install keyturn again without `--omit=optional`',
  ],
  failed: ['the keychain refused', 'see `keyturn doctor`'],
  'not-kept': ['the keychain did not keep what was written to it', 'see `keyturn doctor`'],
};

export function keychainError(state: Exclude<KeychainState, 'unlocked'>): AppError {
  const [message, hint] = EXPLANATIONS[state];
  return new AppError({ code: 'unavailable', message, hint });
}

/** The state in words, for `doctor`. */
export function describeState(state: KeychainState): { readonly text: string; readonly hint: string | null } {
  if (state === 'unlocked') return { text: 'the keychain is unlocked', hint: null };
  const [text, hint] = EXPLANATIONS[state];
  return { text, hint };
}
