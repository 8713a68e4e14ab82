import type { Credential } from '../domain/credential.ts';
import type { Secret } from '../domain/secret.ts';
import type { ProjectKey, Token } from '../domain/token.ts';
import type { Destination } from '../ports/destination.ts';

/** What may be told of a thing whose secret is being delivered. */
export interface DeliveredItem {
  readonly kind: 'token' | 'key';
  readonly id: string | null;
  readonly name: string | null;
  /** All that the provider told of it. */
  readonly facts?: Token | ProjectKey;
  readonly operation?: string;
  /** Where the provider gave something else than was asked for. */
  readonly differences?: readonly string[];
  /** Where else the secret is by now. */
  readonly delivered?: DeliveryReport;
}

/** Where a new secret goes, chosen before the request. At least one of the three is set. */
export interface Delivery {
  /** The store's entry to keep it in. */
  readonly saveAs: string | null;
  readonly destinations: readonly Destination[];
  /** Puts the secret on stdout, and resolves when it is written. */
  readonly print: ((secret: Secret, item: DeliveredItem) => Promise<void>) | null;
}

/** Where a new secret went, told without it. */
export interface DeliveryReport {
  readonly saved: Credential | null;
  readonly destinations: readonly string[];
  readonly printed: boolean;
  readonly fingerprint: string | null;
}
