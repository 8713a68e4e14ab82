import { unsupported } from '../../../core/capabilities.ts';
import { isKey } from '../../../core/operation/records.ts';
import { startOperation } from '../../../core/operation/start.ts';
import { resolveKey } from '../../../core/resolve-reference.ts';
import { whereOf } from '../../../core/where.ts';
import { parseReference } from '../../../domain/reference.ts';
import { named, quoteName } from '../../../output/question.ts';
import type { Command } from '../../arguments/command.ts';
import { DELIVERY_OPTIONS } from '../../arguments/delivery.ts';
import { placeOf } from '../../documents/document.ts';
import { issueReport } from '../../documents/issue-report.ts';
import { issuedOf } from '../../documents/issued.ts';
import { deliveredKeyJson, keyJson } from '../../documents/project.ts';
import { rotationDocument } from '../../documents/rotation.ts';
import { noteProfile } from '../../services/place-words.ts';
import { dryRunReport, nameOf, planOne } from './plan-rotation.ts';

export const command: Command = {
  arguments: [{ name: '<ref>', about: 'name or id of the key' }],
  options: [
    { flags: '--project <slug>', about: 'the project' },
    ...DELIVERY_OPTIONS,
    { flags: '--dry-run', about: 'show the plan' },
  ],
  details:
    'The key gets a new secret in place: the old secret stops working, probably at once. For an overlap create a second key, deploy it, then end the first with `keyturn keys expire`.',
  async run(app, input) {
    const deps = await app.operationDeps();
    const { client } = deps;
    if (!client.connection.provider.keys) throw unsupported(client.connection, 'keys rotate');
    const project = input.required('project');
    const key = await resolveKey(await app.tokenDeps(), project, parseReference(input.argument(0)));
    const target = { kind: 'key', project, key } as const;
    const { plan, delivery } = await planOne(app, input, deps, {
      target,
      document: (item, issued) =>
        rotationDocument({ place: placeOf(client), project, key: deliveredKeyJson(item, key), issued }),
    });
    if (input.flag('dry-run')) return dryRunReport(deps, [{ name: nameOf(target), plan }]);
    await noteProfile(app);
    await app.confirm(
      `The old secret stops working at once: rotate the key ${named({ name: nameOf(target), id: key.id })} of ${quoteName(project)} at ${whereOf(client.connection)}?`,
    );
    const result = await startOperation(deps, plan);
    const item = keyJson(result.item && isKey(result.item) ? result.item : key);
    return issueReport(result, {
      client,
      verb: 'rotated',
      kind: 'key',
      item,
      document: rotationDocument({ place: placeOf(client), project, key: item, issued: issuedOf(result) }),
      printed: delivery.wasPrinted(),
    });
  },
};
