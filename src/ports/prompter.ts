import type { Secret } from '../domain/secret.ts';

/** Questions to a person. Off a terminal, or with `--no-input`, each throws `AppError` (usage) naming `instead`. */
export interface Prompter {
  readonly interactive: boolean;
  ask(question: string, instead: string): Promise<string>;
  /** Without echo. */
  askSecret(question: string, instead: string): Promise<Secret>;
  /** Throws `AppError` (cancelled) on no. `instead` is the option that answers yes beforehand. */
  confirm(question: string, instead: string): Promise<void>;
}
