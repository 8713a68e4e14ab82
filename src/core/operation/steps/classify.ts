import type { AppError } from '../../../domain/errors.ts';
import type { Captured } from '../../../ports/journal.ts';
import type { Provider } from '../../../ports/provider.ts';
import type { Outcome, Reply } from '../../../ports/transport.ts';
import type { Sent } from '../facts.ts';

/** Statuses that come before a vendor's, or a gateway's, decision is known to be final. */
const UNDECIDED: ReadonlySet<number> = new Set([408, 425]);

/** What an answer to the request means. `refuse` reads the vendor's own words of a refusal. */
export function classify(outcome: Outcome, provider: Provider, refuse: (reply: Reply) => AppError): Sent {
  if (outcome.kind === 'not-sent') {
    const { error, reason } = outcome;
    return { kind: 'not-sent', reason: error?.message ?? reason, code: error?.code ?? 'unavailable' };
  }
  if (outcome.kind === 'ambiguous')
    return { kind: 'ambiguous', status: outcome.status, reason: outcome.reason };
  const { status } = outcome.reply;
  if (status >= 200 && status <= 299) return { kind: 'answered', status };
  if (mayHaveActed(status, provider)) {
    return { kind: 'ambiguous', status, reason: `the provider answered ${status}` };
  }
  const { code, message, facts } = refuse(outcome.reply);
  return { kind: 'refused', status, code, message, hint: facts.hint ?? null };
}

/** What is known of a request whose process died: only what reached the disk. */
export function classifyInterrupted(captured: Captured | null): Sent {
  const status = captured?.status ?? null;
  if (captured?.complete && status !== null && status >= 200 && status <= 299)
    return { kind: 'answered', status };
  return { kind: 'ambiguous', status, reason: 'keyturn was stopped while it waited for the answer' };
}

function mayHaveActed(status: number, provider: Provider): boolean {
  if (status < 400 || status >= 500 || UNDECIDED.has(status)) return true;
  // Where names are unique, or a repeat is recognised, a conflict may be with the very request that was just sent.
  return (
    status === 409 &&
    (provider.facts.names === 'unique' || provider.tokens.marking?.replay === 'returns-secret')
  );
}
