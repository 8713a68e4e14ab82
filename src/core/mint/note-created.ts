import { toInstant } from '../../domain/time.ts';
import type { Attempt } from './attempt.ts';
import { audit } from './audit.ts';
import type { Made } from './identify.ts';

/** The audit log's line of the birth. */
export async function noteCreated(attempt: Attempt, made: Made): Promise<void> {
  await attempt.journal.step('note', async () => {
    const secret = await attempt.journal.kept();
    await audit(attempt, 'create', {
      id: made.item.id,
      fingerprint: secret && attempt.deps.fingerprint(secret),
    });
    return { id: made.item.id, at: toInstant(attempt.deps.clock.now()) };
  });
}
