import { usage } from '../../domain/errors.ts';
import type { Secret } from '../../domain/secret.ts';
import type { AuthScheme } from '../../ports/request.ts';
import type { SchemeDefinition } from './account-table.ts';

const SECRET = '<secret>';

/** How a secret is put on a request, as the definition says it. */
export function schemeOf(id: string, { headers = {}, basic, body, cookie }: SchemeDefinition): AuthScheme {
  const filled = (templates: Readonly<Record<string, string>>, value: string) =>
    Object.fromEntries(
      Object.entries(templates).map(([name, template]) => [name, template.replaceAll(SECRET, () => value)]),
    );
  return {
    id,
    headers: (secret) => {
      const value = secret.reveal();
      return {
        ...filled(headers, value),
        ...(basic !== undefined && {
          authorization: `Basic ${base64(basic.replaceAll(SECRET, () => value))}`,
        }),
        ...(cookie !== undefined && { cookie: `${cookie}=${cookieValue(secret, cookie)}` }),
      };
    },
    ...(body !== undefined && { body: (secret: Secret) => filled(body, secret.reveal()) }),
  };
}

/** People copy a cookie with its name or without. */
function cookieValue(secret: Secret, name: string): string {
  const copied = secret.reveal();
  const value = copied.startsWith(`${name}=`) ? copied.slice(name.length + 1) : copied;
  if (!/^[\x21\x23-\x2b\x2d-\x3a\x3c-\x5b\x5d-\x7e]+$/.test(value)) {
    throw usage('that is not the value of one cookie', `copy the value of \`${name}\` and nothing else`);
  }
  return value;
}

function base64(text: string): string {
  return btoa(String.fromCharCode(...new TextEncoder().encode(text)));
}
