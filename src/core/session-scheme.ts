import { AppError } from '../domain/errors.ts';
import type { Provider } from '../ports/provider.ts';
import type { AuthScheme } from '../ports/request.ts';

/** How a request is sent as a browser session. Throws `unsupported` where the provider has none. */
export function sessionScheme({ auth, id, title, credential }: Provider): AuthScheme {
  const scheme = auth.find((each) => each.id === 'session');
  if (scheme) return scheme;
  throw new AppError({
    code: 'unsupported',
    message: `${title} has no browser sessions`,
    hint: `leave "--session" out; it needs ${credential.kind}`,
    provider: id,
  });
}
