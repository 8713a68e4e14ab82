import { audited } from '../../core/audited.ts';
import { unsupported } from '../../core/capabilities.ts';
import { findKey } from '../../core/keys.ts';
import { usage } from '../../domain/errors.ts';
import { parseReference } from '../../domain/reference.ts';
import { chooseExpiry } from '../../domain/time.ts';
import { KEY_COLUMNS } from '../columns.ts';
import type { Command } from '../command.ts';
import { head, keyJson, planReport } from '../reports.ts';

export const keysExpire: Command = {
  arguments: [{ name: '<ref>', about: 'name or id of the key' }],
  options: [
    { flags: '--project <slug>', about: 'the project' },
    { flags: '--in <duration>', about: 'end it after this time: 90m, 12h, 30d, 2w' },
    { flags: '--at <time>', about: 'end it then: 2026-12-31 or 2026-12-31T18:00:00Z' },
    { flags: '--dry-run', about: 'show what would be sent' },
  ],
  async run(app, input) {
    const deps = await app.changeDeps();
    const { provider } = deps.client.connection;
    if (!provider.keys) throw unsupported(provider, 'keys expire');
    const { expire } = provider.keys;
    const project = input.required('project');
    const expiresAt = chooseExpiry(
      { in: input.text('in'), at: input.text('at') },
      app.runtime.clock.now(),
      '"--in" and "--at"',
    );
    if (expiresAt === null) throw usage('there is no time of expiry', 'add "--in 30d" or "--at 2026-12-31"');
    const key = await findKey(deps, project, parseReference(input.argument(0)));
    const target = { project, id: key.id, expiresAt };
    if (input.flag('dry-run')) {
      return planReport(
        [
          {
            what: `end the key "${key.name ?? key.id}" at ${expiresAt}`,
            call: deps.client.describe(expire, target),
          },
        ],
        head(deps.client),
      );
    }
    app.note(`"${key.name ?? key.id}" will end at ${expiresAt}`);
    const answer = await audited(deps, {
      action: 'expire',
      id: key.id,
      target: expiresAt,
      work: () => deps.client.call(expire, target),
    });
    const changed = { ...key, ...answer, expiresAt };
    return {
      shape: 'one',
      schema: 'keyturn.key/1',
      data: { ...head(deps.client), project, key: keyJson(changed) },
      key: 'key',
      columns: KEY_COLUMNS,
    };
  },
};
