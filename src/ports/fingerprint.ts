import type { Secret } from '../domain/secret.ts';

/**
 * Names a secret without telling it: 16 hex digits of an HMAC. The same secret has the same fingerprint on every machine,
 * so a receipt can be compared with what a job holds. Null for a secret too short to be safe to hash (below 16 characters).
 */
export type Fingerprint = (secret: Secret) => string | null;
