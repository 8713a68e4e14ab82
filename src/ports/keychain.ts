import type { Secret } from '../domain/secret.ts';

/** keytar's functions, of those that keyturn needs. Each throws `AppError` (unavailable) within 5 s when there is no answer. */
export interface Keychain {
  getPassword(service: string, account: string): Promise<Secret | null>;
  setPassword(service: string, account: string, password: Secret): Promise<void>;
  deletePassword(service: string, account: string): Promise<boolean>;
}
