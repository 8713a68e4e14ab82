import { fingerprint } from './new-secrets.ts';

interface LedgerKeys<R, K> {
  readonly key: (record: R) => K;
  /** SHA-256 of every secret that leads to the record. */
  readonly fingerprints: (record: R) => readonly string[];
}

/**
 * Records in the order of their making, found by key or by secret. Records are values: a change is a new record
 * put under the same key, which is why handing the list out copies nothing and a snapshot is safe to keep.
 */
export class Ledger<R, K> {
  readonly #keys: LedgerKeys<R, K>;
  readonly #records = new Map<K, R>();
  readonly #owners = new Map<string, K>();
  // A listing of 100,000 tokens asks for the same array a thousand times.
  #list: readonly R[] | undefined;

  constructor(keys: LedgerKeys<R, K>) {
    this.#keys = keys;
  }

  get(key: K): R | undefined {
    return this.#records.get(key);
  }

  findBySecret(secret: string): R | undefined {
    const key = this.#owners.get(fingerprint(secret));
    return key === undefined ? undefined : this.#records.get(key);
  }

  all(): readonly R[] {
    this.#list ??= [...this.#records.values()];
    return this.#list;
  }

  put(record: R): R {
    const key = this.#keys.key(record);
    this.#forget(key);
    this.#records.set(key, record);
    for (const print of this.#keys.fingerprints(record)) this.#owners.set(print, key);
    this.#list = undefined;
    return record;
  }

  remove(key: K): void {
    this.#forget(key);
    this.#records.delete(key);
    this.#list = undefined;
  }

  replaceAll(records: readonly R[]): void {
    this.#records.clear();
    this.#owners.clear();
    this.#list = undefined;
    for (const record of records) this.put(record);
  }

  #forget(key: K): void {
    const old = this.#records.get(key);
    if (old === undefined) return;
    for (const print of this.#keys.fingerprints(old)) this.#owners.delete(print);
  }
}
