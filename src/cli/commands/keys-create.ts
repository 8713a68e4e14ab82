import { unsupported } from '../../core/capabilities.ts';
import { createKey } from '../../core/create/key.ts';
import { KEY_TYPES } from '../../domain/token.ts';
import type { Command } from '../arguments/command.ts';
import {
  DELIVERY_OPTIONS,
  deliverySteps,
  NO_DELIVERY,
  parseDelivery,
  refuseDelivery,
} from '../arguments/delivery.ts';
import { placeOf } from '../documents/document.ts';
import { issueReport } from '../documents/issue-report.ts';
import { issuedOf, issuedWhilePrinting } from '../documents/issued.ts';
import { planDocument } from '../documents/plan.ts';
import { deliveredKeyJson, keyDocument, keyJson } from '../documents/project.ts';
import { noteProfile } from '../services/place-words.ts';

export const command: Command = {
  options: [
    { flags: '--project <slug>', about: 'the project' },
    { flags: '--name <name>', about: 'what to call it' },
    {
      flags: '--type <type>',
      about: `${KEY_TYPES.join(', ')} (default: server_signed); a browser key has no secret`,
      values: KEY_TYPES,
    },
    ...DELIVERY_OPTIONS,
    { flags: '--dry-run', about: 'show what would be sent' },
  ],
  examples: [
    'keyturn keys create --project web-app --name backend --to env:.env#ERROVA_DSN_SECRET',
    'keyturn keys create --project web-app --name frontend --type browser_public',
  ],
  async run(app, input) {
    const client = await app.client();
    const { provider } = client.connection;
    if (!provider.keys) throw unsupported(client.connection, 'keys create');
    input.requireAll(['project', 'name']);
    const wanted = {
      project: input.required('project'),
      name: input.required('name'),
      type: input.choice('type', KEY_TYPES) ?? 'server_signed',
    };
    const hasSecret = wanted.type === 'server_signed';
    if (!hasSecret)
      refuseDelivery(input, 'a browser_public key has no secret', 'its public key is in the answer');
    if (input.flag('dry-run')) {
      return planDocument(placeOf(client), [
        {
          step: 'issue',
          what: `create the key "${wanted.name}" (${wanted.type})`,
          call: client.describe(provider.keys.create, wanted),
        },
        ...(hasSecret ? await deliverySteps(app, input, wanted.name) : []),
      ]);
    }
    const delivery = hasSecret
      ? await parseDelivery(app, input, {
          defaultName: wanted.name,
          isNew: true,
          document: (item, secret) =>
            keyDocument(
              client,
              { project: wanted.project, key: deliveredKeyJson(item, wanted) },
              issuedWhilePrinting(item, secret, { state: 'done' }),
            ),
        })
      : NO_DELIVERY;
    await noteProfile(app);
    const result = await createKey(await app.operationDeps(client), { ...wanted, delivery });
    const item = result.item === null ? null : keyJson(result.item);
    return issueReport(result, {
      client,
      verb: 'created',
      kind: 'key',
      item,
      document: keyDocument(client, { project: wanted.project, key: item }, issuedOf(result)),
      printed: delivery.wasPrinted(),
    });
  },
};
