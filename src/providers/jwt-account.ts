import type { Secret } from '../domain/secret.ts';
import { isFields, text } from './decode.ts';
import { readJwtClaims } from './jwt.ts';

/** Claims that name an organization, also with a prefix: `https://vendor.example/org_id`. */
const ORGANIZATION = /(?:^|[/_:.])(?:org|organi[sz]ation|tenant|account|workspace)(?:_?(?:id|name|slug))?$/i;

/** The person of a session, with the organization where the JWT names one: the same again in a renewed session. */
export function personIn(secret: Secret): string | null {
  const claims = readJwtClaims(secret);
  const person = claims && text(claims, 'sub');
  if (claims === null || person === null) return null;
  const organizations = Object.keys(claims)
    .filter((name) => ORGANIZATION.test(name))
    .sort()
    .flatMap((name) => text(claims, name) ?? []);
  const issuer = text(claims, 'iss');
  return [person, ...organizations, ...(issuer === null ? [] : [issuer])].join(', ');
}

/** The account of a Prefactor token. `_.a` is in the vendor's own (github.com/prefactordev/typescript-sdk). */
export function accountIn(secret: Secret): string | null {
  const claims = readJwtClaims(secret);
  const nested = claims?.['_'];
  return isFields(nested) ? text(nested, 'a') : null;
}
