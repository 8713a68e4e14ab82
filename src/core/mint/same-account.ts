import { AppError } from '../../domain/errors.ts';
import { readToken } from '../one-token.ts';
import type { Attempt } from './attempt.ts';
import { asManager } from './attempt.ts';
import { isListless } from './baseline.ts';
import type { Made } from './identify.ts';

/**
 * A profile may have been logged in to another account of the same origin since the attempt began. There, a name may
 * stand for somebody else's token, and "not found" says nothing. What this attempt made must be visible before
 * anything is ended or brought back.
 */
export async function requireSameAccount(attempt: Attempt, made: Made): Promise<void> {
  const { deps, plan, resumed, journal } = attempt;
  if (!resumed || plan.thing !== 'token' || plan.login) return;
  if (isListless(attempt)) return;
  if ((await asManager(attempt, (client) => readToken(client, made.item))) !== null) return;
  throw new AppError({
    code: 'conflict',
    message: `the credential in use does not see "${made.item.id}", which this operation made: it may be of another account`,
    hint: `log in to the account of ${deps.client.connection.provider.title} that it began with, then \`keyturn rotations resume ${journal.header.id}\``,
  });
}
