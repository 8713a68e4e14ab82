import { parseJsonBytes } from '../domain/parse-json.ts';
import type { Secret } from '../domain/secret.ts';
import { type Instant, toInstant } from '../domain/time.ts';
import { findId, isFields, pick } from './decode.ts';

export interface JwtClaims {
  readonly expiresAt: Instant | null;
  /** `jti`: for vendors that issue JWTs as API tokens, the id of the token. */
  readonly id: string | null;
  readonly subject: string | null;
}

/**
 * What a JWT tells of itself. Null for what is no JWT. The signature is not checked: this saves requests that could
 * not succeed and finds the own token in a list, and grants nothing.
 */
export function readJwt(secret: Secret): JwtClaims | null {
  const [header, payload, signature, more] = secret.reveal().split('.');
  if (!header || !payload || signature === undefined || more !== undefined) return null;
  const claims = readPart(payload);
  if (!isFields(readPart(header)) || !isFields(claims)) return null;
  const exp = pick(claims, ['exp']);
  return {
    expiresAt: typeof exp === 'number' ? fromSeconds(exp) : null,
    id: findId(claims, 'jti'),
    subject: findId(claims, 'sub'),
  };
}

/** RFC 7519: seconds since 1970, however many. Null for what is no time before the year 10000: it never comes. */
function fromSeconds(seconds: number): Instant | null {
  return seconds > 0 && seconds < 253_402_300_800 ? toInstant(Math.floor(seconds * 1_000)) : null;
}

function readPart(part: string): unknown {
  try {
    const binary = atob(part.replaceAll('-', '+').replaceAll('_', '/').replace(/=+$/, ''));
    return parseJsonBytes(Uint8Array.from(binary, (character) => character.charCodeAt(0)));
  } catch {
    return null;
  }
}
