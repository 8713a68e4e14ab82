import { createHmac, type KeyObject } from 'node:crypto';
import type { KeySource } from '../../ports/sealer.ts';
import { type InstallationKey, type InstallationKeys, keyOfStore } from '../store/installation-keys.ts';

/** Signs the audit log's chain, so that somebody who may write the file cannot write another log in its place. */
export interface AuditCode {
  readonly keyId: string;
  readonly source: KeySource;
  /** Over the chain's checksum at a line, and so over every line before. 43 characters, base64url. */
  codeOf(chain: string): string;
  /** Makes the key outlive a power cut: before the first line that is signed with it. */
  settle(): Promise<void>;
}

export interface AuditCodes {
  /** For a new line. */
  current(): Promise<AuditCode>;
  /** By the `keyId` of an existing line; null when that key is gone. */
  find(keyId: string): Promise<AuditCode | null>;
}

/** `mayUnlock: false` where the managing credential came from elsewhere: the store is not unlocked for the log alone. */
export function createAuditCodes(keys: InstallationKeys, mayUnlock: boolean): AuditCodes {
  return {
    current: async () => toCode(await keys.current('audit', { mayUnlock })),
    async find(keyId) {
      const key = await keys.find('audit', keyId);
      return key && toCode(key);
    },
  };
}

/** Under a store's key that is not in use yet. */
export function codeOfStoreKey(storeKey: KeyObject): AuditCode {
  return toCode(keyOfStore(storeKey, 'audit'));
}

function toCode({ keyId, source, key, settle }: InstallationKey): AuditCode {
  return {
    keyId,
    source,
    settle,
    codeOf: (chain) =>
      createHmac('sha256', key).update(`keyturn audit ${keyId} ${chain}`).digest('base64url'),
  };
}
