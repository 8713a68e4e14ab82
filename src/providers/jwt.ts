import { parseJsonBytes } from '../domain/parse-json.ts';
import type { Secret } from '../domain/secret.ts';
import { type Instant, toInstant } from '../domain/time.ts';
import { type Fields, findId, isFields, pick } from './decode.ts';

export interface JwtClaims {
  readonly expiresAt: Instant | null;
  /** Every claim that looks like an id, `jti` and `sub` first. Which one names the token, if any, only the vendor knows. */
  readonly ids: readonly string[];
}

/**
 * What a JWT tells of itself. Null for what is no JWT. The signature is not checked: this saves requests that could
 * not succeed and finds the own token in a list, and grants nothing.
 */
export function readJwt(secret: Secret): JwtClaims | null {
  const claims = readJwtClaims(secret);
  if (claims === null) return null;
  const exp = pick(claims, ['exp']);
  return {
    expiresAt: typeof exp === 'number' ? fromSeconds(exp) : null,
    ids: idsIn(claims),
  };
}

/** The payload of a JWT, unchecked; null for what is no JWT. */
export function readJwtClaims(secret: Secret): Fields | null {
  const [header, payload, signature, more] = secret.reveal().split('.');
  if (!header || !payload || signature === undefined || more !== undefined) return null;
  const claims = readPart(payload);
  return isFields(readPart(header)) && isFields(claims) ? claims : null;
}

/** RFC 7519: seconds since 1970, however many. Null for what is no time before the year 10000: it never comes. */
function fromSeconds(seconds: number): Instant | null {
  return seconds > 0 && seconds < 253_402_300_800 ? toInstant(Math.floor(seconds * 1_000)) : null;
}

/** Claims that never name a token. */
const OTHERS: ReadonlySet<string> = new Set(['iss', 'aud', 'typ', 'scope', 'iat', 'exp', 'nbf']);

/** Prefactor keeps ids one level down, in an object `_`. */
function idsIn(claims: Fields): readonly string[] {
  const nested = Object.values(claims).filter(isFields);
  const first = ['jti', 'sub'].map((name) => findId(claims, name));
  const rest = [claims, ...nested].flatMap((fields) =>
    Object.keys(fields)
      .filter((name) => !OTHERS.has(name))
      .map((name) => findId(fields, name)),
  );
  return [...new Set([...first, ...rest])].filter((id) => id !== null);
}

function readPart(part: string): unknown {
  try {
    const binary = atob(part.replaceAll('-', '+').replaceAll('_', '/').replace(/=+$/, ''));
    return parseJsonBytes(Uint8Array.from(binary, (character) => character.charCodeAt(0)));
  } catch {
    return null;
  }
}
