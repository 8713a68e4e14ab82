/**
 * Codes under a key of this installation, for what stands in a file that a person may edit or copy from elsewhere
 * (`config.yaml`): whoever writes that file alone cannot make one.
 */
export interface SessionSeals {
  make(content: string): Promise<string>;
  /** False too when the key is gone, and for a key that does not count here. */
  verify(content: string, seal: string): Promise<boolean>;
}
