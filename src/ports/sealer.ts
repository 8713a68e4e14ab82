/** Seals bytes so that only this installation opens them, and only in the place named by `context`. */
export interface Sealer {
  /** Names the key, so that bytes sealed under another one are told apart from damaged ones. */
  readonly keyId: string;
  seal(bytes: Uint8Array, context: string): Uint8Array;
  /** Throws `AppError` (lost) when the bytes were changed, moved to another context or sealed under another key. */
  open(sealed: Uint8Array, context: string): Uint8Array;
  /** Makes the key outlive a power cut: before the first record that is sealed under it. */
  settle(): Promise<void>;
}

/**
 * Where a key of this installation is kept: `store`, under the credential store's own key; `variable`, in the
 * environment; `file`, in the state folder beside what it seals, where it stops nobody who can read that folder.
 */
export type KeySource = 'store' | 'variable' | 'file';
