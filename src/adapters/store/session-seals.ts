import { createHmac, timingSafeEqual } from 'node:crypto';
import type { SessionSeals } from '../../ports/session-seals.ts';
import type { InstallationKey, InstallationKeys } from './installation-keys.ts';

/** HMAC-SHA-256 under KEYTURN_JOURNAL_KEY, else under a sealed store's key, else under the key file of the state folder. */
export function createSessionSeals(keys: InstallationKeys): SessionSeals {
  return {
    async make(content) {
      const key = await keys.current('session');
      await key.settle();
      return `${key.keyId}.${codeOf(key, content)}`;
    },
    async verify(content, seal) {
      const [keyId = '', code = ''] = seal.split('.');
      const key = await keys.find('session', keyId);
      return key !== null && isSame(codeOf(key, content), code);
    },
  };
}

function codeOf({ key, keyId }: InstallationKey, content: string): string {
  return createHmac('sha256', key).update(`keyturn session ${keyId} ${content}`).digest('base64url');
}

function isSame(expected: string, given: string): boolean {
  const [a, b] = [Buffer.from(expected), Buffer.from(given)];
  return a.length === b.length && timingSafeEqual(a, b);
}
