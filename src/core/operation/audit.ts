import { isAppError } from '../../domain/errors.ts';
import { toInstant } from '../../domain/time.ts';
import type { AuditAction, AuditEvent } from '../../ports/audit.ts';
import type { Made } from './facts.ts';
import type { Operation } from './operation.ts';

/**
 * Logs one line for what was just done. If the audit log cannot be written, keyturn prints a note and continues: stopping
 * halfway could strand the new token.
 */
export async function audit(
  { deps, journal }: Pick<Operation, 'deps' | 'journal'>,
  action: AuditAction,
  facts: Partial<Pick<AuditEvent, 'outcome' | 'id' | 'fingerprint' | 'target' | 'requestId' | 'attempt'>>,
): Promise<void> {
  const { id, profile, provider, origin } = journal.header;
  try {
    const event: AuditEvent = {
      action,
      outcome: 'ok',
      profile,
      provider,
      origin,
      attempt: id,
      fingerprint: null,
      requestId: null,
      target: null,
      ...facts,
      id: facts.id || null,
    };
    await deps.audit.append(event, 'later');
  } catch (error) {
    if (!isAppError(error)) throw error;
    deps.note(`the audit log could not be written: ${error.message}`);
  }
}

/** The audit log's line of the birth. */
export async function logCreated(operation: Operation, made: Made): Promise<void> {
  await operation.journal.step('log created', async () => {
    const secret = await operation.journal.stashed();
    await audit(operation, 'create', {
      id: made.item.id,
      fingerprint: secret && operation.deps.fingerprint(secret),
    });
    return { id: made.item.id, at: toInstant(operation.deps.clock.now()) };
  });
}
