import { Secret } from '../../domain/secret.ts';
import { type BindingAnswer, type BindingRequest, startBindingProcess } from './binding-process.ts';
import {
  type ItemName,
  type ItemStore,
  type KeychainOptions,
  MARGIN_MS,
  PROMPT_TIMEOUT_MS,
  TIMEOUT_MS,
} from './keychain-options.ts';
import { keychainError } from './keychain-state.ts';

/** macOS and Windows: the native binding, in a process of its own for each call. */
export function createBindingKeychain(options: KeychainOptions): ItemStore {
  return {
    read: async (name) => toSecret(await ask(options, 'get', name)),
    write: async (name, value) => toSecret(await ask(options, 'set', name, value)),
    async remove(name) {
      const answer = await ask(options, 'delete', name);
      if (answer.kind !== 'deleted') throw keychainError('failed');
      return answer.deleted;
    },
  };
}

async function ask(
  {
    node,
    program,
    env,
    interactive,
    timeoutMs = TIMEOUT_MS,
    promptTimeoutMs = PROMPT_TIMEOUT_MS,
  }: KeychainOptions,
  operation: BindingRequest['operation'],
  name: ItemName,
  value: Secret | null = null,
): Promise<BindingAnswer> {
  const worker = startBindingProcess({ node, program, env });
  // macOS and Windows tell no state beforehand; a person may have to allow the access in a dialog.
  const limit = interactive ? promptTimeoutMs : timeoutMs - MARGIN_MS;
  const answer = await worker.ask({ operation, ...name, password: value?.reveal() ?? null }, limit);
  if (answer.kind === 'not-installed' || answer.kind === 'failed') throw keychainError(answer.kind);
  if (answer.kind === 'timeout') throw keychainError('unresponsive');
  return answer;
}

function toSecret(answer: BindingAnswer): Secret | null {
  if (answer.kind !== 'password') throw keychainError('failed');
  return answer.password === null ? null : Secret.of(answer.password);
}
