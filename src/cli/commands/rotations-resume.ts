import { resumeAttempt } from '../../core/rotation/resume.ts';
import { usage } from '../../domain/errors.ts';
import { isUnfinished } from '../../ports/journal.ts';
import type { Command } from '../command.ts';
import { DELIVERY_OPTIONS } from '../delivery-options.ts';
import { resumeAll, resumeDelivery, resumeDeps, resumedReport } from '../resume-attempts.ts';

export const rotationsResume: Command = {
  arguments: [{ name: '[id]', about: 'the attempt; may be left out when there is one' }],
  options: [{ flags: '--all', about: 'every unfinished one' }, ...DELIVERY_OPTIONS],
  details:
    'Goes on where it stopped; may itself be stopped and run again. An undelivered secret goes where it was to go, or to what the options here say.',
  async run(app, input) {
    const host = await app.journalHost();
    const open = (await host.list()).attempts.filter(isUnfinished);
    // `rotations list -o name` writes `id:…`.
    const id = input.optionalArgument(0)?.replace(/^id:/, '');
    if (input.flag('all')) {
      if (id !== undefined) throw usage('"--all" and an id exclude each other', 'give one of them');
      return resumeAll(
        app,
        open.filter((attempt) => attempt.state === 'open'),
      );
    }
    const [only, another] = open;
    if (id === undefined && another)
      throw usage(
        `${open.length} attempts are unfinished`,
        'name one, or add `--all`; see `keyturn rotations list`',
      );
    const chosen = id ?? only?.header.id;
    if (chosen === undefined)
      return {
        shape: 'one',
        schema: 'keyturn.rotation/1',
        data: { state: 'none' },
        lines: ['nothing is unfinished'],
      };
    const delivery = await resumeDelivery(
      app,
      input,
      open.find((attempt) => attempt.header.id === chosen),
    );
    const result = await resumeAttempt(await resumeDeps(app), chosen, delivery ?? undefined);
    return resumedReport(app, result, delivery);
  },
};
