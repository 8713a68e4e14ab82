import { unsupported } from '../../core/capabilities.ts';
import { findKey } from '../../core/keys.ts';
import { describePlan } from '../../core/rotation/describe.ts';
import { findEntry } from '../../core/rotation/entry.ts';
import { planRotation } from '../../core/rotation/plan.ts';
import { rotate } from '../../core/rotation/rotate.ts';
import { parseReference } from '../../domain/reference.ts';
import { KEY_COLUMNS, ROTATION_PLAN_COLUMNS } from '../columns.ts';
import type { Command } from '../command.ts';
import { DELIVERY_OPTIONS, parseDelivery } from '../delivery-options.ts';
import { mintReport } from '../mint-report.ts';
import { head, keyJson, listReport } from '../reports.ts';
import { rotationStepLine } from '../rotation-step-line.ts';

export const keysRotate: Command = {
  arguments: [{ name: '<ref>', about: 'name or id of the key' }],
  options: [
    { flags: '--project <slug>', about: 'the project' },
    ...DELIVERY_OPTIONS,
    { flags: '--dry-run', about: 'show the plan' },
  ],
  details:
    'The key gets a new secret in place: the old one stops working, probably at once. For an overlap make a second key, deploy it, then `keyturn keys expire` the first.',
  async run(app, input) {
    const deps = await app.mintDeps();
    const { client } = deps;
    if (!client.connection.provider.keys) throw unsupported(client.connection.provider, 'keys rotate');
    const project = input.required('project');
    const key = await findKey(
      { client, profiles: deps.profiles, clock: deps.clock },
      project,
      parseReference(input.argument(0)),
    );
    const target = { kind: 'key', project, key } as const;
    const kept = await findEntry(deps, { target, delivery: { saveAs: null, sinks: [], print: null } });
    const delivery = await parseDelivery(app, input, {
      defaultName: key.name ?? key.id,
      keptAs: kept?.name ?? null,
      document: (item) => ({ ...head(client), project, key: { ...keyJson(key), id: item.id } }),
    });
    const plan = await planRotation(deps, { target, delivery });
    if (input.flag('dry-run')) {
      const items = describePlan(plan).map((line) => ({ token: key.name ?? key.id, ...line }));
      return listReport({
        schema: 'keyturn.plan/1',
        head: { ...head(client), dryRun: true },
        key: 'steps',
        columns: ROTATION_PLAN_COLUMNS,
        lines: rotationStepLine,
        items,
        empty: 'nothing to do',
      });
    }
    await app.confirm(`rotate the key "${key.name ?? key.id}" (id ${key.id}) of ${project}?`);
    const result = await rotate(deps, plan);
    return mintReport(result, {
      client,
      schema: 'keyturn.rotation/1',
      key: 'key',
      item: keyJson(key),
      columns: KEY_COLUMNS,
      printed: delivery.wasPrinted(),
    });
  },
};
