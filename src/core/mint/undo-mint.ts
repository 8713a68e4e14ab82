import { AppError } from '../../domain/errors.ts';
import type { Attempt } from './attempt.ts';
import { nonceOf } from './attempt.ts';
import { NeedsAttention } from './attention.ts';
import { audit } from './audit.ts';
import { endToken } from './end-token.ts';
import type { Made } from './identify.ts';
import type { MintResult } from './result.ts';
import { aborted } from './run.ts';

/** The provider goes on refusing the new secret: the new one ends, and the old one stays what it was. */
export async function undoMint(attempt: Attempt, made: Made): Promise<MintResult> {
  const { deps, journal, plan } = attempt;
  if (plan.way === 'in-place' || plan.thing === 'key') {
    throw new NeedsAttention({
      code: 'lost',
      message: `the provider does not accept the new secret of "${made.item.id}", and the old one is replaced`,
      manual:
        'the new secret is kept in the journal: try `keyturn rotations resume`, or make a new one at the provider',
      orphanId: made.item.id,
    });
  }
  await journal.step('undo', async () => {
    await endToken(deps.client, { id: made.item.id, name: made.item.name });
    await audit(attempt, 'revoke', { id: made.item.id });
    if (plan.entry) await deps.store.dropVersion(plan.entry.name, nonceOf(journal.header));
    return { id: made.item.id };
  });
  return aborted(
    attempt,
    new AppError({
      code: 'failure',
      message: `the provider did not accept the secret of the new token "${made.item.id}", which was ended again`,
      hint: 'try again later',
    }),
  );
}
