import { isAppError } from '../../domain/errors.ts';
import type { Destination } from '../../ports/destination.ts';
import type { OperationDeps } from '../operation/deps.ts';
import type { Decision } from './decision.ts';
import type { PolicyTarget } from './target.ts';

/** The same decision, or another delivery where all is well but for destinations that do not hold the current secret. */
export async function checkDelivery(target: PolicyTarget, decision: Decision): Promise<Decision> {
  if (decision.action !== 'nothing' && decision.action !== 'wait') return decision;
  const entry = target.token.save;
  if (entry === null || target.destinations.length === 0) return decision;
  const deps = await target.connect();
  const destinations = await driftedDestinations(deps, entry, target.destinations);
  if (destinations.length === 0) return decision;
  return {
    action: 'deliver',
    why: `${destinations.map(({ label }) => label).join(', ')} does not hold it`,
    entry,
    id: (await deps.store.find(entry))?.current.id ?? null,
    live: decision.action === 'nothing' ? decision.live : null,
    destinations,
    dueAt: decision.action === 'wait' ? decision.dueAt : null,
  };
}

/** Takes the current secret to the destinations again. All are tried; the first failure is thrown afterwards. */
export async function deliverAgain(
  deps: OperationDeps,
  { entry, id, destinations }: Extract<Decision, { action: 'deliver' }>,
): Promise<void> {
  const secret = await deps.store.open(entry);
  const failures: unknown[] = [];
  for (const destination of destinations) {
    try {
      await destination.prove();
      await destination.deliver(secret);
      await noteDelivered(deps, { id, label: destination.label, fingerprint: deps.fingerprint(secret) });
    } catch (error) {
      if (!isAppError(error)) throw error;
      deps.note(`not delivered to ${destination.label}: ${error.message}`);
      failures.push(error);
    }
  }
  if (failures.length > 0) throw failures[0];
}

/** Throws where a file cannot be read: nothing proves that it is right. */
async function driftedDestinations(
  deps: OperationDeps,
  entry: string,
  destinations: readonly Destination[],
): Promise<readonly Destination[]> {
  const secret = await deps.store.open(entry);
  const drifted: Destination[] = [];
  for (const destination of destinations) {
    const holds = await destination.holds(secret);
    if (holds === false) drifted.push(destination);
    if (holds === null)
      deps.note(
        `whether ${destination.label} has the secret of "${entry}" cannot be asked; it gets it when the token is replaced`,
      );
  }
  return drifted;
}

interface Delivered {
  readonly id: string | null;
  readonly label: string;
  readonly fingerprint: string | null;
}

async function noteDelivered(deps: OperationDeps, { id, label, fingerprint }: Delivered): Promise<void> {
  const { profile, provider, origin } = deps.client.connection;
  try {
    await deps.audit.append({
      action: 'deliver',
      outcome: 'ok',
      profile,
      provider: provider.id,
      origin,
      id,
      attempt: null,
      fingerprint,
      requestId: null,
      target: label,
    });
  } catch (error) {
    if (!isAppError(error)) throw error;
    deps.note(`the audit log could not be written: ${error.message}`);
  }
}
