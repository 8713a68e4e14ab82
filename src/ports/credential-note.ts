import type { Instant } from '../domain/time.ts';

/** What a managing credential tells of itself without being sent. */
export interface CredentialNote {
  readonly kind: string;
  readonly expiresAt: Instant | null;
  /**
   * Every id that the secret itself names (the claims of a JWT), the likeliest first. One of them is the credential's own only
   * if the vendor confirms it: a `jti` may be random, a `sub` a person.
   */
  readonly claims: readonly string[];
  /**
   * Whose the secret is, as it tells itself (a JWT's claims): the same again after the vendor's own command renewed it. Null
   * or absent where it tells nothing.
   */
  readonly account?: string | null;
}
