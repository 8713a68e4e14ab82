import { interruption, isAppError } from '../../domain/errors.ts';
import type { BusConnection } from './dbus-connection.ts';
import { findSecretService, PROBE_MS, probeSecretService } from './find-secret-service.ts';
import {
  type ItemStore,
  type KeychainOptions,
  MARGIN_MS,
  PROMPT_TIMEOUT_MS,
  TIMEOUT_MS,
} from './keychain-options.ts';
import { keychainError } from './keychain-state.ts';
import { SecretItems } from './secret-items.ts';

/** Linux: the Secret Service over D-Bus, in this process. One connection for each call. */
export function createSecretServiceKeychain(options: KeychainOptions): ItemStore {
  const operate = <T>(act: (items: SecretItems) => Promise<T>) => withItems(options, act);
  return {
    read: (name) => operate((items) => items.read(name)),
    write: (name, value) =>
      operate(async (items) => {
        await items.write(name, value);
        return items.read(name);
      }),
    remove: (name) => operate((items) => items.remove(name)),
  };
}

async function withItems<T>(options: KeychainOptions, act: (items: SecretItems) => Promise<T>): Promise<T> {
  const { env, timeoutMs = TIMEOUT_MS, promptTimeoutMs = PROMPT_TIMEOUT_MS, stop } = options;
  const limit = startLimit(PROBE_MS, stop);
  const callMs = timeoutMs - 2 * PROBE_MS - MARGIN_MS;
  const beforePrompt = () => {
    if (!canPrompt(options)) throw keychainError('locked');
    options.note('waiting for the keyring to be unlocked…');
    limit.restart(promptTimeoutMs);
    return (wasDismissed: boolean) => {
      if (wasDismissed) throw keychainError('locked');
      limit.restart(callMs);
    };
  };
  let bus: BusConnection | null = null;
  try {
    const found = await findSecretService(env, limit.signal);
    if (typeof found === 'string') throw limit.interruption() ?? keychainError(found);
    bus = found.bus;
    if (found.isLocked && !canPrompt(options)) throw keychainError('locked');
    limit.restart(callMs);
    const items = new SecretItems(found, beforePrompt);
    if (found.isLocked) await items.unlockCollection();
    return await act(items);
  } catch (error) {
    if (isAppError(error)) throw error;
    const interrupted = limit.interruption();
    if (interrupted) throw interrupted;
    // Error names and texts differ among services: what went wrong is asked of the service itself.
    const after = await probeSecretService(env);
    const unexplained = limit.signal.aborted ? 'unresponsive' : 'failed';
    throw keychainError(after === 'unlocked' ? unexplained : after);
  } finally {
    limit.end();
    bus?.close();
  }
}

/** Ends its signal when the time is over, and when the command is interrupted. */
function startLimit(ms: number, stop: AbortSignal | undefined) {
  const controller = new AbortController();
  const abort = () => controller.abort();
  let timer = setTimeout(abort, ms);
  // A call that begins after the interruption finishes what the command may not leave undone: it runs as always.
  const wasStopped = stop?.aborted ?? false;
  stop?.addEventListener('abort', abort);
  return {
    signal: controller.signal,
    restart(next: number) {
      clearTimeout(timer);
      timer = setTimeout(abort, next);
    },
    interruption: () => (stop?.aborted && !wasStopped ? interruption(stop) : null),
    end() {
      clearTimeout(timer);
      stop?.removeEventListener('abort', abort);
    },
  };
}

function canPrompt({ interactive, env, stop }: KeychainOptions): boolean {
  return interactive && Boolean(env['DISPLAY'] || env['WAYLAND_DISPLAY']) && !stop?.aborted;
}
