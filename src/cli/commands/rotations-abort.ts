import { aboutAttempt } from '../../core/mint/about.ts';
import { abortAttempt } from '../../core/rotation/abort.ts';
import { chooseAttempts } from '../../core/rotation/choose-attempts.ts';
import { whereOfAttempt } from '../attempt-place.ts';
import type { Command } from '../command.ts';
import { stopped } from '../mint-report.ts';
import { resumeDeps } from '../resume-deps.ts';

export const rotationsAbort: Command = {
  arguments: [{ name: '<id>', about: 'the attempt', values: 'attempts' }],
  details:
    'The old one works and is current again, the new one is ended. What cannot be undone is said. One that has done all it should and only waits for a look at what appeared beside it is closed, and the new one stays.',
  async run(app, input) {
    const id = input.argument(0).replace(/^id:/, '');
    const { profile, provider } = app.globals;
    const { attempts } = await (await app.journalHost()).list({ only: 'unfinished' });
    const [attempt] = chooseAttempts(attempts, { id, profile, provider });
    const where = attempt ? await whereOfAttempt(app, attempt.header) : null;
    const shown = attempt ? aboutAttempt(attempt.header) : 'it';
    await app.confirm(`undo the operation ${id}${where ? ` (${shown}) at ${where}` : ''}?`);
    const result = await abortAttempt(await resumeDeps(app), id);
    if (result.kind === 'attention') throw stopped(result, { profile: attempt?.header.profile ?? null });
    const lines = [...result.undone, ...result.left.map((line) => `left as it is: ${line}`)];
    const notes = where ? [`closed: ${shown} at ${where}`] : [];
    const data = { attempt: id, state: result.kind, undone: [...result.undone], left: [...result.left] };
    return {
      shape: 'one',
      schema: 'keyturn.rotation/1',
      data,
      notes,
      lines: lines.length > 0 ? lines : ['the operation is closed'],
    };
  },
};
