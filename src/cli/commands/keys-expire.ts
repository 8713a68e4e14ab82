import { requireSupport } from '../../core/capabilities.ts';
import { expireKey, planKeyExpiry } from '../../core/expire-key.ts';
import { whereOf } from '../../core/where.ts';
import { usage } from '../../domain/errors.ts';
import { parseReference } from '../../domain/reference.ts';
import { chooseExpiry } from '../../domain/time.ts';
import type { Command } from '../arguments/command.ts';
import { placeOf } from '../documents/document.ts';
import { planDocument } from '../documents/plan.ts';
import { keyDocument, keyJson } from '../documents/project.ts';

export const command: Command = {
  arguments: [{ name: '<ref>', about: 'name or id of the key' }],
  options: [
    { flags: '--project <slug>', about: 'the project' },
    { flags: '--in <duration>', about: 'end it after this time: 90m, 12h, 30d, 2w' },
    { flags: '--at <time>', about: 'end it then: 2026-12-31 or 2026-12-31T18:00:00Z' },
    { flags: '--dry-run', about: 'show what would be sent' },
  ],
  async run(app, input) {
    const deps = await app.changeDeps();
    requireSupport(deps.client.connection, 'keys expire');
    const project = input.required('project');
    const expiresAt = chooseExpiry(
      { in: input.text('in'), at: input.text('at') },
      app.runtime.clock.now(),
      '"--in" and "--at"',
    );
    if (expiresAt === null) throw usage('there is no time of expiry', 'add "--in 30d" or "--at 2026-12-31"');
    const reference = parseReference(input.argument(0));
    const planned = await planKeyExpiry(deps, { project, reference, expiresAt });
    const shown = planned.key.name ?? planned.key.id;
    if (input.flag('dry-run')) {
      const what = `end the key "${shown}" at ${expiresAt}`;
      return planDocument(placeOf(deps.client), [{ step: 'expire', what, call: planned.call }]);
    }
    app.note(`asking for "${shown}" to end at ${expiresAt}`);
    const { key: expired, note, result } = await expireKey(deps, planned);
    const key = { ...keyJson(expired), ...(result === 'unknown' && { status: null }) };
    const end = expired.expiresAt === null ? 'has ended' : `ends at ${expired.expiresAt}`;
    const done = `the key "${shown}" (id ${planned.key.id}) ${end} at ${whereOf(deps.client.connection)}`;
    return {
      ...keyDocument(deps.client, { project, key, result }),
      notes: [note === null ? done : `unknown: ${note}`],
    };
  },
};
