import { commandLine } from '../domain/command-line.ts';
import { AppError } from '../domain/errors.ts';
import { supportOf, unsupported } from './capabilities.ts';
import { type ChangeDeps, type ChangeResult, changeToken } from './change-tokens.ts';
import type { Connection } from './client.ts';
import { findOwnId } from './own-id.ts';
import { findToken } from './tokens.ts';

/** Makes the managing credential unusable at the provider, with its own last request. Throws as {@link changeToken} does. */
export async function revokeOwn(deps: ChangeDeps): Promise<ChangeResult> {
  const { provider, tokenId } = deps.client.connection;
  if (supportOf(provider, 'tokens revoke') === 'no') throw logOutInstead(deps.client.connection);
  const id = tokenId ?? (await findOwnId(deps.client, deps.client.connection.claims ?? []));
  if (id === null) {
    throw new AppError({
      code: 'conflict',
      message: 'the provider’s id of this credential is not known, so it cannot be revoked from here',
      hint: `revoke it on ${provider.credential.page}, or log in again with "--token-id ID"`,
      provider: provider.id,
    });
  }
  const token = await findToken(deps, { by: 'id', value: id });
  return changeToken(deps, 'revoke', token);
}

/** What the vendor has instead is for other tokens than the one that is in use. */
function logOutInstead(connection: Connection): AppError {
  const { profile, provider } = connection;
  const logout = commandLine(['logout', ...(profile === null ? [] : [profile])]);
  const session = provider.facts.managerIsSession ? 'the session ends by itself: ' : '';
  const hint = `${session}\`${logout}\` forgets it here`;
  return unsupported(connection, 'tokens revoke').with({ hint });
}
