import { AppError } from '../../domain/errors.ts';
import type { Secret } from '../../domain/secret.ts';
import { refuseMask } from '../../domain/secret-input.ts';
import type { CredentialNote } from '../../ports/credential-note.ts';
import { text } from '../decode.ts';
import { readJwt, readJwtClaims } from '../jwt.ts';
import { personIn } from '../jwt-account.ts';
import { checkForm } from '../known-forms.ts';
import { formsOf, hasForm } from './form.ts';
import type { Definition } from './provider-table.ts';

/** What a managing credential is found to be before it is sent: throws where it cannot work. */
export function checkCredential(definition: Definition, secret: Secret, now: number): CredentialNote {
  const { credential, title } = definition;
  checkForm(secret, {
    id: definition.id,
    title,
    takesJwt: credential.jwt !== undefined,
    isOwn: ownForms(definition),
  });
  const value = secret.reveal();
  const refused = credential.refuse?.find(({ starts }) => value.startsWith(starts));
  if (refused) throw new AppError({ code: 'auth', message: refused.say, hint: refused.hint });
  const called = credential.called ?? credential.kind;
  const other = credential.forms?.find(({ starts }) => value.startsWith(starts));
  if (other) return { kind: other.called, expiresAt: null, claims: [] };
  const { jwt } = credential;
  if (jwt === undefined) return { kind: called, expiresAt: null, claims: [] };
  const claims = readJwt(secret);
  const expiresAt = claims?.expiresAt ?? null;
  if (expiresAt !== null && Date.parse(expiresAt) <= now) {
    throw new AppError({
      code: 'auth',
      message: `${jwt.expired ?? 'the credential'} expired at ${expiresAt}`,
      hint: jwt.hint ?? 'make a new one, then {login}',
    });
  }
  const account = jwt.person ? personIn(secret) : claimIn(secret, jwt.account);
  return {
    kind: claims === null ? (jwt.otherwise ?? called) : called,
    expiresAt,
    claims: jwt.ids ? (claims?.ids ?? []) : [],
    ...(account !== null && { account }),
  };
}

function claimIn(secret: Secret, pointer: string | undefined): string | null {
  const claims = pointer === undefined ? null : readJwtClaims(secret);
  return claims && text(claims, pointer ?? '');
}

/** Whether the definition claims a form as its own, by its prefix or as hexadecimal digits: then it is not another vendor’s. */
function ownForms({ credential, token }: Definition): (value: string) => boolean {
  const forms = formsOf(token.secretForm).filter(
    ({ starts, chars }) => starts !== undefined || chars === 'hex',
  );
  const prefixes = [...(credential.forms ?? []), ...(credential.refuse ?? [])].map(({ starts }) => starts);
  return (value) =>
    forms.some((form) => hasForm(value, form)) || prefixes.some((prefix) => value.startsWith(prefix));
}

/** Refuses an issued value that is no secret. */
export function checkIssued({ token }: Definition, secret: Secret): Secret {
  refuseMask(secret);
  if (!formsOf(token.masked).some((form) => hasForm(secret.reveal(), form))) return secret;
  throw new AppError({
    code: 'auth',
    message: 'the value is a mask, not a secret',
    hint: 'the provider does not show this secret again',
  });
}
