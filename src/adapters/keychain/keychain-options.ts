import type { Secret } from '../../domain/secret.ts';

export interface KeychainOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly platform: NodeJS.Platform;
  /** The `node` that runs the binding (`process.execPath`). */
  readonly node: string;
  /** The built `keychain-child.ts`. */
  readonly program: string;
  /** Whether a person is there to answer the system's own prompt. */
  readonly interactive: boolean;
  /** One line for that person, on stderr. */
  readonly note: (line: string) => void;
  /** Interrupts a call that is under way. */
  readonly stop?: AbortSignal | undefined;
  /** For one call, with everything that it takes. In milliseconds. */
  readonly timeoutMs?: number | undefined;
  /** For a prompt that a person must answer. In milliseconds. */
  readonly promptTimeoutMs?: number | undefined;
}

export const TIMEOUT_MS = 5_000;
export const PROMPT_TIMEOUT_MS = 30_000;
/** Left of the whole time for saying what happened. */
export const MARGIN_MS = 300;

/** Names one item of the keychain. */
export interface ItemName {
  readonly service: string;
  readonly account: string;
}

/** One platform's way to the items of its keychain. */
export interface ItemStore {
  /** Null where there is no such item. */
  read(name: ItemName): Promise<Secret | null>;
  /** What is read back. */
  write(name: ItemName, value: Secret): Promise<Secret | null>;
  /** False where there is no such item. */
  remove(name: ItemName): Promise<boolean>;
}
