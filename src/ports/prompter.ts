import type { Secret } from '../domain/secret.ts';

/**
 * Questions to a person. Off a terminal, or with `--no-input`, each throws `AppError` (usage) naming `instead`. A
 * confirmation, and a secret that is asked for beside the input, need only the terminal that controls the process.
 */
export interface Prompter {
  /** Whether standard input and standard error are a person's: then what a command lacks is asked for. */
  readonly interactive: boolean;
  ask(question: string, instead: string): Promise<string>;
  /** Without echo. `besideInput`: standard input may be data, which is not the answer. */
  askSecret(question: string, instead: string, how?: { readonly besideInput?: boolean }): Promise<Secret>;
  /** Throws `AppError` (cancelled) on no. `instead` is the option that answers yes beforehand. */
  confirm(question: string, instead: string): Promise<void>;
}
