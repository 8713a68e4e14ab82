import type { Secret } from '../domain/secret.ts';

/** A place that a secret is delivered to. */
export interface Destination {
  /** As the person wrote it (`file:./token`, `env:.env#TOKEN`); of a command, its program and a digest. */
  readonly label: string;
  /** Proves before the request that delivery will work; changes nothing that a person would notice. */
  prove(): Promise<void>;
  /** Writes and reads back. */
  deliver(secret: Secret): Promise<void>;
  /** Whether this secret is already there; null where that cannot be asked. Throws `AppError` where it cannot be read. */
  holds(secret: Secret): Promise<boolean | null>;
}
