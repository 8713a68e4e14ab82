import { requireSupport } from '../../core/capabilities.ts';
import { connectedAccount } from '../../core/connected-account.ts';
import { createToken } from '../../core/create/token.ts';
import { placeOf } from '../../core/create-command.ts';
import { refuseTakenAlias } from '../../core/operation/conflicts.ts';
import { completer, createStep } from '../../core/tokens.ts';
import type { Command } from '../arguments/command.ts';
import { DELIVERY_OPTIONS, deliverySteps, parseDelivery } from '../arguments/delivery.ts';
import { TOKEN_OPTION_SPECS } from '../arguments/token-options.ts';
import { readTokenSpec } from '../arguments/token-spec.ts';
import { placeOf as placeIn } from '../documents/document.ts';
import { issueReport } from '../documents/issue-report.ts';
import { issuedOf, issuedWhilePrinting } from '../documents/issued.ts';
import { planDocument } from '../documents/plan.ts';
import { deliveredTokenJson, tokenDocument, tokenJson } from '../documents/token.ts';
import { noteProfile } from '../services/place-words.ts';

export const command: Command = {
  options: [
    { flags: '--name <name>', about: 'the name of the token; Prefactor has no names, so keyturn saves it' },
    {
      flags: '--scope <scope...>',
      about: 'a scope; repeat the option, or separate scopes with commas or spaces',
    },
    { flags: '--expires-in <duration>', about: 'end it after this time: 90m, 12h, 30d, 2w' },
    { flags: '--expires-at <time>', about: 'end it then: 2026-12-31 or 2026-12-31T18:00:00Z' },
    ...TOKEN_OPTION_SPECS,
    {
      flags: '--session',
      about: 'Errova: act as a browser session (cookie from stdin, a prompt or KEYTURN_SESSION)',
    },
    ...DELIVERY_OPTIONS,
    { flags: '--dry-run', about: 'show what would be sent' },
  ],
  details: 'A provider shows a new secret once, so choose its destination first: --print, --save or --to.',
  examples: [
    'keyturn tokens create -p errova --session --name ci --scope org.read --save',
    'TOKEN=$(keyturn tokens create -p bluebricks --name deploy --print)',
    'keyturn tokens create -p devo --name etl --user me@example.com --audience apiv2 --scope "table://my.app level://admin" --to env:.env#DEVO_TOKEN',
  ],
  async run(app, input) {
    const resolved = await app.resolved();
    const { provider } = resolved;
    requireSupport(placeOf(resolved), 'tokens create');
    const { spec, alias } = await readTokenSpec(app, input, provider);
    const client = input.flag('session') ? await app.sessionClient(resolved) : await app.client();
    const name = alias ?? spec.name;
    if (input.flag('dry-run')) {
      const steps = [
        { step: 'issue', ...createStep(client, spec, name) },
        ...(await deliverySteps(app, input, name)),
      ];
      return planDocument(placeIn(client), steps);
    }
    const deps = await app.operationDeps(client);
    const { profiles, clock } = deps;
    if (alias !== null) await refuseTakenAlias(profiles, connectedAccount(resolved), alias);
    const delivery = await parseDelivery(app, input, {
      defaultName: name,
      isNew: true,
      document: (item, secret) =>
        tokenDocument(
          client,
          deliveredTokenJson(item, { name, inUse: false }),
          issuedWhilePrinting(item, secret, { state: 'done' }),
        ),
    });
    if (spec.expiresAt !== null) app.note(`asking for an end at ${spec.expiresAt}`);
    await noteProfile(app);
    const result = await createToken(deps, { spec, delivery, alias });
    const complete = await completer({ client, profiles, clock });
    const item = result.item === null ? null : tokenJson(complete(result.item));
    return issueReport(result, {
      client,
      verb: 'created',
      kind: 'token',
      item,
      document: tokenDocument(client, item, issuedOf(result)),
      printed: delivery.wasPrinted(),
    });
  },
};
