import { randomBytes } from 'node:crypto';
import { isAppError } from '../../domain/errors.ts';
import { Secret } from '../../domain/secret.ts';
import { startBindingProcess } from './binding-process.ts';
import { probeSecretService } from './find-secret-service.ts';
import { createKeychain } from './keychain.ts';
import type { KeychainOptions } from './keychain-options.ts';
import { describeState, type KeychainState } from './keychain-state.ts';

/** What `doctor` tells of the keychain. */
export interface KeychainReport {
  readonly state: KeychainState;
  /** The version of the native binding; null where it is not installed, and on Linux, which needs none. */
  readonly binding: string | null;
  /** Whether an item was written, read back and deleted. */
  readonly roundTrip: 'done' | 'failed' | 'not-tried';
  readonly text: string;
  /** How to fix it; null when all is well. */
  readonly hint: string | null;
}

/** For starting the program and loading the binding. */
const VERSION_MS = 5_000;

/** Looks at the keychain and tries it with an item of its own. Never throws, never prompts. */
export async function describeKeychain(options: KeychainOptions): Promise<KeychainReport> {
  const isLinux = options.platform === 'linux';
  const binding = isLinux ? null : await readBindingVersion(options);
  const hasBinding = binding === null ? 'not-installed' : 'unlocked';
  const state = isLinux ? await probeSecretService(options.env) : hasBinding;
  if (state !== 'unlocked') return { state, binding, roundTrip: 'not-tried', ...describeState(state) };
  const keychain = createKeychain({ ...options, interactive: false });
  const account = `doctor-${randomBytes(8).toString('hex')}`;
  const value = Secret.of(randomBytes(24).toString('base64'));
  try {
    await keychain.setPassword('keyturn', account, value);
    const kept = await keychain.getPassword('keyturn', account);
    const deleted = await keychain.deletePassword('keyturn', account);
    if (kept?.equals(value) && deleted) return { state, binding, roundTrip: 'done', ...describeState(state) };
    return { state: 'not-kept', binding, roundTrip: 'failed', ...describeState('not-kept') };
  } catch (error) {
    if (!isAppError(error)) throw error;
    const { message, hint = null } = error.facts;
    return { state: 'failed', binding, roundTrip: 'failed', text: message, hint };
  }
}

/** Asked of the program that loads it; null when it is not there, or not for this system. */
async function readBindingVersion({ node, program, env }: KeychainOptions): Promise<string | null> {
  const request = { operation: 'version', service: '', account: '', password: null } as const;
  const answer = await startBindingProcess({ node, program, env }).ask(request, VERSION_MS);
  return answer.kind === 'version' ? answer.version : null;
}
