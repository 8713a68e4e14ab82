import type { Credential } from '../../../domain/credential.ts';
import type { AppError } from '../../../domain/errors.ts';
import { isAppError, usage } from '../../../domain/errors.ts';
import { isShortExecLabel } from '../../../domain/exec-label.ts';
import type { Secret } from '../../../domain/secret.ts';
import type { Destination } from '../../../ports/destination.ts';
import type { DeliveryReport } from '../../delivery.ts';
import { audit } from '../audit.ts';
import type { Made } from '../facts.ts';
import type { Operation } from '../operation.ts';
import { secretOf } from '../operation.ts';
import { isToken, readObject, readObjectOrNull, readText, readTexts } from '../records.ts';
import { requireLive } from '../recovery/ownership.ts';
import { commandPattern, commandsWanted, resumeCommand } from '../resume-command.ts';
import { deliveryStep } from '../step-names.ts';
import { differencesOf } from './compare.ts';
import { versionFacts } from './store.ts';

/**
 * Takes the new secret to every destination that does not have it yet, then to stdout. All are tried; the first failure is
 * thrown afterwards, so that one broken destination does not hide the secret from the others.
 */
export async function deliver(operation: Operation, made: Made): Promise<void> {
  if (operation.resumed && isUndelivered(operation)) await requireLiveIfReachable(operation, made);
  const failures: AppError[] = [];
  for (const label of destinationLabels(operation)) {
    try {
      await deliverTo(operation, made, label);
    } catch (error) {
      if (!isAppError(error)) throw error;
      operation.deps.note(`not delivered to ${label}: ${error.message}`);
      failures.push(error);
    }
  }
  const [failure] = failures;
  if (failure) throw failure;
  await saveInstead(operation, made);
  await print(operation, made);
  await recordRedirect(operation);
}

/** A provider that is down is no reason to hold back a secret that was proved before. */
async function requireLiveIfReachable(operation: Operation, made: Made): Promise<void> {
  try {
    await requireLive(operation, made);
  } catch (error) {
    if (isAppError(error, 'unavailable')) return;
    throw error;
  }
}

export async function reportDelivery(operation: Operation): Promise<DeliveryReport> {
  const { deps, journal } = operation;
  const secret = await journal.stashed();
  return {
    saved: await findSaved(operation),
    destinations: destinationLabels(operation).filter((label) => journal.has(deliveryStep(label))),
    printed: journal.has('print'),
    fingerprint: secret && deps.fingerprint(secret),
  };
}

async function findSaved({ deps, journal, plan }: Operation): Promise<Credential | null> {
  if (plan.entry) return journal.has('store') ? deps.store.find(plan.entry.name) : null;
  const instead = readObjectOrNull(journal.result('save instead') ?? undefined);
  return instead ? deps.store.find(readText(instead['name'])) : null;
}

/** A resumed operation may be given another way out for what is still undelivered, then or earlier. */
function destinationLabels({ delivery, plan, resumed, journal }: Operation): readonly string[] {
  const redirected = journal.result('redirect');
  if (!resumed || (!delivery && redirected === null)) return plan.destinations;
  if (redirected === null && givesCommandsAgain({ delivery, plan })) return plan.destinations;
  const done = plan.destinations.filter((label) => journal.has(deliveryStep(label)));
  const earlier = redirected === null ? [] : readTexts(readObject(redirected)['destinations']);
  return [
    ...new Set([
      ...done,
      ...earlier,
      ...(delivery?.destinations ?? []).map((destination) => destination.label),
    ]),
  ];
}

/** Whether the options of a resume only repeat commands of the plan, which does not hold them: that changes no destination. */
function givesCommandsAgain({ delivery, plan }: Pick<Operation, 'delivery' | 'plan'>): boolean {
  if (delivery === null || delivery.destinations.length === 0 || delivery.saveAs !== null || delivery.print)
    return false;
  return delivery.destinations.every(
    ({ label }) => isShortExecLabel(label) && plan.destinations.includes(label),
  );
}

/** Whether a destination that was planned has not been reached, and no other has been chosen in its place. */
function isUndelivered({ journal, plan }: Operation): boolean {
  if (journal.has('redirect')) return false;
  if (plan.print && !journal.has('print')) return true;
  if (plan.entry && !journal.has('store')) return true;
  return plan.destinations.some((label) => !journal.has(deliveryStep(label)));
}

/** From here on the secret is delivered, whatever was planned: a later resume without options goes on. */
async function recordRedirect(operation: Operation): Promise<void> {
  const { delivery, resumed, journal } = operation;
  if (!delivery || !resumed || !isUndelivered(operation)) return;
  await journal.step('redirect', async () => ({
    destinations: delivery.destinations.map((destination) => destination.label),
  }));
}

async function deliverTo(operation: Operation, made: Made, label: string): Promise<void> {
  const { deps, delivery, journal } = operation;
  let canTell = true;
  await journal.step(deliveryStep(label), async () => {
    const secret = await secretOf(operation);
    const destination =
      delivery?.destinations.find((one) => one.label === label) ?? (await openAgain(operation, label));
    canTell = await put(destination, secret);
    await audit(operation, 'deliver', {
      id: made.item.id,
      fingerprint: deps.fingerprint(secret),
      target: label,
    });
    return { destination: label };
  });
  // A destination that cannot be asked would get the secret twice.
  if (!canTell) await journal.settle();
}

/** A command is never written down; who resumes gives it again, and its digest tells that it is the same. */
async function openAgain({ deps, journal }: Operation, label: string): Promise<Destination> {
  if (!isShortExecLabel(label)) return deps.openDestination(label);
  const again = resumeCommand(journal.header.id, commandsWanted(journal));
  throw usage(
    `the command of "${label}" is not kept, because its arguments may be secret: give the whole command again with --to '${commandPattern(label)}'`,
    `give it with \`${again}\``,
  ).with({ next: again });
}

/** Whether a later run could ask the destination. */
async function put(destination: Destination, secret: Secret): Promise<boolean> {
  const holds = await askHolds(destination, secret);
  // After a crash between the delivery and its record the destination has it already; a second write could be refused.
  if (holds !== true) await destination.deliver(secret);
  return holds !== null;
}

/** What cannot be read can be replaced anyway, or the delivery says why not. */
async function askHolds(destination: Destination, secret: Secret): Promise<boolean | null> {
  try {
    return await destination.holds(secret);
  } catch (error) {
    if (isAppError(error)) return false;
    throw error;
  }
}

async function print(operation: Operation, made: Made): Promise<void> {
  const { delivery, journal, plan } = operation;
  const show = delivery?.print ?? null;
  if (show && operation.resumed && !isUndelivered(operation)) return;
  if (!show && (!plan.print || isRedirected(operation))) return;
  await journal.step('print', async () => {
    if (!show) {
      throw usage(
        'the new secret is waiting to be printed',
        `run \`keyturn rotations resume ${journal.header.id} --print\`, or give \`--to\``,
      );
    }
    const { item } = made;
    await show(await secretOf(operation), {
      kind: isToken(item) ? 'token' : 'key',
      id: item.id,
      name: item.name,
      facts: item,
      operation: journal.header.id,
      differences: differencesOf(operation),
      delivered: await reportDelivery(operation),
    });
    await audit(operation, 'deliver', { id: item.id, target: 'stdout' });
    return { printed: true };
  });
  await journal.settle();
}

/** `resume --to` or `--save` instead of the print that never happened. */
function isRedirected({ delivery, journal, plan }: Operation): boolean {
  if (journal.has('redirect')) return true;
  if (givesCommandsAgain({ delivery, plan })) return false;
  return delivery !== null && (delivery.destinations.length > 0 || delivery.saveAs !== null);
}

/** `resume --save` for a secret that was to go elsewhere: kept under that name, once. */
async function saveInstead(operation: Operation, made: Made): Promise<void> {
  const { delivery, deps, journal, plan, resumed } = operation;
  const name = delivery?.saveAs ?? null;
  if (!resumed || name === null || plan.entry) return;
  await journal.step('save instead', async () => {
    const secret = await secretOf(operation);
    const entry = { name, kind: plan.thing, from: null } as const;
    await deps.store.save(versionFacts(operation, entry, made.item), secret);
    const fingerprint = deps.fingerprint(secret);
    await audit(operation, 'store', { id: made.item.id, fingerprint, target: name });
    return { name };
  });
}
