import { usage } from '../../domain/errors.ts';
import type { Keychain } from '../../ports/keychain.ts';
import { type BindingAnswer, type BindingRequest, startBindingProcess } from './binding-process.ts';
import { findBusSockets, toBusAddress } from './bus-address.ts';
import { type KeychainState, keychainError } from './keychain-state.ts';
import { probeSecretService } from './secret-service-probe.ts';

export interface KeychainOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly platform: NodeJS.Platform;
  /** The `node` that runs the binding (`process.execPath`). */
  readonly node: string;
  /** Whether a person is there to answer the system's own prompt. */
  readonly interactive: boolean;
  /** One line for that person, on stderr. */
  readonly note: (line: string) => void;
  /** For one call, the probe included. In milliseconds. */
  readonly timeoutMs?: number | undefined;
  /** For one call that a person must answer a prompt for. In milliseconds. */
  readonly promptTimeoutMs?: number | undefined;
  /** The built `keychain-child.ts`. */
  readonly program: string;
}

const TIMEOUT_MS = 5_000;
const PROMPT_TIMEOUT_MS = 30_000;
/** The rest of the time is for starting the process and for saying what happened. */
const MARGIN_MS = 300;
const PROBE_MS = 1_000;
/** Windows keeps 2,560 bytes, and the binding writes UTF-16. */
const MAX_CHARACTERS = 1_280;

/** keytar's functions over the operating system's keychain. Never hangs and never prompts where nobody can answer. */
export function createKeychain(options: KeychainOptions): Keychain {
  return {
    async getPassword(service, account) {
      const answer = await operate(options, { operation: 'get', service, account, password: null });
      if (answer.kind !== 'password') throw keychainError('failed');
      return answer.password;
    },
    async setPassword(service, account, password) {
      if (password === '' || password.includes('\0') || password.length > MAX_CHARACTERS) {
        throw usage(`a keychain item holds 1 to ${MAX_CHARACTERS} characters without NUL`);
      }
      const answer = await operate(options, { operation: 'set', service, account, password });
      if (answer.kind !== 'password') throw keychainError('failed');
      if (answer.password !== password) throw keychainError('not-kept');
    },
    async deletePassword(service, account) {
      const answer = await operate(options, { operation: 'delete', service, account, password: null });
      if (answer.kind !== 'deleted') throw keychainError('failed');
      return answer.deleted;
    },
  };
}

async function operate(options: KeychainOptions, request: BindingRequest): Promise<BindingAnswer> {
  const { node, program } = options;
  const timeoutMs = options.timeoutMs ?? TIMEOUT_MS;
  const promptMs = options.promptTimeoutMs ?? PROMPT_TIMEOUT_MS;
  if (options.platform !== 'linux') {
    // macOS and Windows tell no state beforehand; a person may have to allow the access in a dialog.
    const worker = startBindingProcess({ node, program, env: options.env });
    const answer = await worker.ask(request, options.interactive ? promptMs : timeoutMs - MARGIN_MS);
    return accept(answer, answer.kind === 'timeout' ? 'unresponsive' : 'failed');
  }
  // The process takes longer to start than the keychain to tell its state: both at once.
  const worker = startBindingProcess({ node, program, env: withBus(options.env) });
  try {
    const { state } = await probeSecretService(options.env, PROBE_MS);
    const prompts = state === 'locked' && canPrompt(options);
    if (state !== 'unlocked' && !prompts) throw keychainError(state);
    if (prompts) options.note('waiting for the keyring to be unlocked…');
    const answer = await worker.ask(request, prompts ? promptMs : timeoutMs - 2 * PROBE_MS - MARGIN_MS);
    if (answer.kind === 'password' || answer.kind === 'deleted') return answer;
    // The binding's error texts change with its version: what went wrong is asked of the service itself.
    const after = await probeSecretService(options.env, PROBE_MS);
    const unexplained = answer.kind === 'timeout' ? 'unresponsive' : 'failed';
    return accept(answer, after.state === 'unlocked' ? unexplained : after.state);
  } finally {
    worker.kill();
  }
}

function accept(answer: BindingAnswer, state: Exclude<KeychainState, 'unlocked'>): BindingAnswer {
  if (answer.kind === 'password' || answer.kind === 'deleted') return answer;
  throw keychainError(answer.kind === 'not-installed' ? 'not-installed' : state);
}

function canPrompt({ interactive, env }: KeychainOptions): boolean {
  return interactive && Boolean(env['DISPLAY'] || env['WAYLAND_DISPLAY']);
}

/** The binding shall use the very bus that was probed, and never start one by X11. */
function withBus(env: KeychainOptions['env']): KeychainOptions['env'] {
  const addresses = findBusSockets(env).map(toBusAddress).join(';');
  return { ...env, DBUS_SESSION_BUS_ADDRESS: addresses || 'unix:path=/nonexistent' };
}
