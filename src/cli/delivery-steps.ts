import type { App } from './app.ts';
import { parseDelivery } from './delivery-options.ts';
import type { PlannedStep } from './documents/plan.ts';
import { secretDocument } from './documents/token.ts';
import type { Input } from './input.ts';

/** Where a new secret would go, for `--dry-run`; what would be refused in earnest is refused here. */
export async function deliverySteps(
  app: App,
  input: Input,
  defaultName: string | null,
): Promise<readonly PlannedStep[]> {
  const isChosen =
    input.textOrFlag('save') !== undefined || input.list('to').length > 0 || input.flag('print');
  if (!isChosen && !app.runtime.stdout.isTerminal)
    return [{ step: 'deliver', what: 'then `--print`, `--save` or `--to` must say where the secret goes' }];
  const { saveAs, sinks, print } = await parseDelivery(app, input, {
    defaultName,
    isNew: true,
    // A dry run prints no secret.
    document: (_, secret) => secretDocument({}, secret),
  });
  return [
    ...(saveAs === null ? [] : [{ step: 'store', what: `keep the secret in the store as "${saveAs}"` }]),
    ...sinks.map(({ label }) => ({ step: 'deliver', what: `write the secret to ${label}` })),
    ...(print ? [{ step: 'print', what: 'print the secret' }] : []),
  ];
}
