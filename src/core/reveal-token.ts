import { AppError } from '../domain/errors.ts';
import type { Secret } from '../domain/secret.ts';
import type { Token } from '../domain/token.ts';
import type { TokenDeps } from './tokens.ts';

/** The secret of an existing token, where the vendor shows it again. A mask is refused. */
export async function revealToken(deps: TokenDeps, token: Token): Promise<Secret> {
  const { provider } = deps.client.connection;
  const answer = provider.tokens.get
    ? await deps.client.call(provider.tokens.get, { id: token.id, name: token.name })
    : null;
  if (!answer?.secret) {
    throw new AppError({
      code: 'auth',
      message: 'the provider did not show the secret',
      hint: 'only its owner and its user can see it',
      provider: provider.id,
    });
  }
  return provider.checkIssued(answer.secret);
}
