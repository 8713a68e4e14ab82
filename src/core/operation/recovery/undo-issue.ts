import { AppError, isAppError } from '../../../domain/errors.ts';
import { NeedsAttention } from '../attention.ts';
import type { Made } from '../facts.ts';
import type { Operation } from '../operation.ts';
import { asManager, markerOf } from '../operation.ts';
import type { OperationResult } from '../result.ts';
import { aborted } from '../run.ts';
import { endCreated } from './end.ts';
import { withUsedUpName } from './lost-answer.ts';

/** The provider goes on refusing the new secret: the new one ends, and the old one stays what it was. */
export async function undoIssue(operation: Operation, made: Made): Promise<OperationResult> {
  const { deps, journal, plan } = operation;
  if (plan.way === 'in-place' || plan.thing === 'key') {
    throw new NeedsAttention({
      code: 'lost',
      message: `the provider does not accept the new secret of "${made.item.id}", and the old secret is replaced`,
      manual:
        'the new secret is sealed in the journal: try `keyturn rotations resume`, or create another token at the provider',
      orphanId: made.item.id,
    });
  }
  await journal.step('undo', async () => {
    await end(operation, made);
    if (plan.entry) await deps.store.dropVersion(plan.entry.name, markerOf(journal.header));
    return { id: made.item.id };
  });
  const error = new AppError({
    code: 'failure',
    message: `the provider did not accept the secret of the new token "${made.item.id}", which was ended again`,
    hint: 'try again later',
  });
  return aborted(operation, await withUsedUpName(operation, error));
}

/** Where the old one drove the operation and has ended meanwhile, nobody is left who could end the new one. */
async function end(operation: Operation, { item }: Made): Promise<void> {
  const { journal, plan } = operation;
  try {
    await asManager(operation, (client) => endCreated(operation, client, item));
  } catch (error) {
    if (!plan.self || !isAppError(error, 'auth')) throw error;
    throw new NeedsAttention({
      code: 'orphan',
      message: `the provider accepts neither the new token "${item.id}" nor, any more, the old token that created it`,
      manual: `log in with another credential, then \`keyturn rotations resume ${journal.header.id}\` ends "${item.id}"`,
      orphanId: item.id,
    });
  }
}
