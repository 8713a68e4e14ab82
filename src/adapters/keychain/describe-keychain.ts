import { randomBytes } from 'node:crypto';
import { isAppError } from '../../domain/errors.ts';
import { startBindingProcess } from './binding-process.ts';
import { createKeychain, type KeychainOptions } from './keychain.ts';
import { describeState, type KeychainState } from './keychain-state.ts';
import { probeSecretService } from './secret-service-probe.ts';

/** What `doctor` tells of the keychain. */
export interface KeychainReport {
  readonly state: KeychainState;
  /** The version of the native binding; null when it is not installed. */
  readonly binding: string | null;
  /** Whether an item was written, read back and deleted. */
  readonly roundTrip: 'done' | 'failed' | 'not-tried';
  readonly text: string;
  /** How to mend it; null when all is well. */
  readonly hint: string | null;
}

/** For starting the program and loading the binding. */
const VERSION_MS = 5_000;

/** Looks at the keychain and tries it with an item of its own. Never throws, never prompts. */
export async function describeKeychain(options: KeychainOptions): Promise<KeychainReport> {
  const binding = await readBindingVersion(options);
  const state = await readState(options, binding);
  if (state !== 'unlocked') return { state, binding, roundTrip: 'not-tried', ...describeState(state) };
  const keychain = createKeychain({ ...options, interactive: false });
  const account = `doctor-${randomBytes(8).toString('hex')}`;
  const value = randomBytes(24).toString('base64');
  try {
    await keychain.setPassword('keyturn', account, value);
    const kept = await keychain.getPassword('keyturn', account);
    const deleted = await keychain.deletePassword('keyturn', account);
    if (kept === value && deleted) return { state, binding, roundTrip: 'done', ...describeState(state) };
    return { state: 'not-kept', binding, roundTrip: 'failed', ...describeState('not-kept') };
  } catch (error) {
    if (!isAppError(error)) throw error;
    const { message, hint = null } = error.facts;
    return { state: 'failed', binding, roundTrip: 'failed', text: message, hint };
  }
}

async function readState(options: KeychainOptions, binding: string | null): Promise<KeychainState> {
  if (options.platform === 'linux') {
    const { state } = await probeSecretService(options.env);
    if (state !== 'unlocked') return state;
  }
  return binding === null ? 'not-installed' : 'unlocked';
}

/** Asked of the program that loads it; null when it is not there, or not for this system. */
async function readBindingVersion({ node, program, env }: KeychainOptions): Promise<string | null> {
  const request = { operation: 'version', service: '', account: '', password: null } as const;
  const answer = await startBindingProcess({ node, program, env }).ask(request, VERSION_MS);
  return answer.kind === 'version' ? answer.version : null;
}
