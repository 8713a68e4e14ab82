import type { App } from './app.ts';
import { parseDelivery } from './delivery-options.ts';
import type { Input } from './input.ts';

/** Where a new secret would go, for `--dry-run`; what would be refused in earnest is refused here. */
export async function deliverySteps(
  app: App,
  input: Input,
  defaultName: string | null,
): Promise<readonly { readonly what: string }[]> {
  const isChosen =
    input.textOrFlag('save') !== undefined || input.list('to').length > 0 || input.flag('print');
  if (!isChosen && !app.runtime.stdout.isTerminal)
    return [{ what: 'then `--print`, `--save` or `--to` must say where the secret goes' }];
  const { saveAs, sinks, print } = await parseDelivery(app, input, {
    defaultName,
    isNew: true,
    document: () => ({}),
  });
  return [
    ...(saveAs === null ? [] : [{ what: `keep the secret in the store as "${saveAs}"` }]),
    ...sinks.map(({ label }) => ({ what: `write the secret to ${label}` })),
    ...(print ? [{ what: 'print the secret' }] : []),
  ];
}
