import { unsupported } from '../../core/capabilities.ts';
import { startOperation } from '../../core/operation/start.ts';
import { resolveKey } from '../../core/resolve-reference.ts';
import { whereOf } from '../../core/where.ts';
import { parseReference } from '../../domain/reference.ts';
import { named, quoteName } from '../../output/question.ts';
import { KEY_COLUMNS } from '../columns.ts';
import type { Command } from '../command.ts';
import { DELIVERY_OPTIONS } from '../delivery-options.ts';
import { issueReport } from '../issue-report.ts';
import { noteProfile } from '../note-profile.ts';
import { dryRunReport, nameOf, planOne } from '../plan-rotation.ts';
import { keyJson } from '../reports.ts';

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
    const deps = await app.operationDeps();
    const { client } = deps;
    if (!client.connection.provider.keys) throw unsupported(client.connection, 'keys rotate');
    const project = input.required('project');
    const key = await resolveKey(await app.tokenDeps(), project, parseReference(input.argument(0)));
    const target = { kind: 'key', project, key } as const;
    const { plan, delivery } = await planOne(app, input, deps, {
      target,
      document: (item) => ({ project, key: { ...keyJson(key), id: item.id } }),
    });
    if (input.flag('dry-run')) return dryRunReport(deps, [{ name: nameOf(target), plan }]);
    await noteProfile(app);
    await app.confirm(
      `The old secret stops working at once: rotate the key ${named({ name: nameOf(target), id: key.id })} of ${quoteName(project)} at ${whereOf(client.connection)}?`,
    );
    return issueReport(await startOperation(deps, plan), {
      client,
      schema: 'keyturn.rotation/1',
      key: 'key',
      item: keyJson(key),
      columns: KEY_COLUMNS,
      printed: delivery.wasPrinted(),
    });
  },
};
