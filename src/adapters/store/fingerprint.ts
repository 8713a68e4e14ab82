import { createHmac } from 'node:crypto';
import type { Secret } from '../../domain/secret.ts';

/** Below this a secret could be found again by trying all of them. In characters. */
const SHORTEST = 16;
const LABEL = 'keyturn fingerprint 1';

/** See `ports/fingerprint.ts`. Keyed with a public label: it separates our hashes from anybody else's, it hides nothing. */
export function fingerprint(secret: Secret): string | null {
  if (secret.length < SHORTEST) return null;
  return createHmac('sha256', LABEL).update(secret.reveal()).digest('hex').slice(0, 16);
}
