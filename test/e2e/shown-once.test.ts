import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createInProcessRig, DEVO } from './rig.ts';

interface Setup {
  /** What the rotation is given. */
  readonly options: readonly string[];
  /** The reader of stdout went away: the secret could not be printed. */
  readonly closed?: true;
  /** Whether a terminal shows the secret without being asked to: undelivered, with no other destination. */
  readonly terminalShows?: true;
  /** Whether `--print` shows the secret: undelivered. */
  readonly printShows?: true;
}

const SETUPS: Readonly<Record<string, Setup>> = {
  saved: { options: ['--save', 'etl'] },
  'in a file': { options: ['--to', 'file:token'] },
  'saved and printed': { options: ['--save', 'etl', '--print'] },
  'not printed': { options: ['--print'], closed: true, terminalShows: true, printShows: true },
  'saved, not printed': { options: ['--save', 'etl', '--print'], closed: true, printShows: true },
  'refused by a program': { options: ['--to', "exec:sh -c 'cat >/dev/null; exit 3'"], printShows: true },
};

const CASES: readonly { readonly flags: readonly string[]; readonly terminal: boolean }[] = [
  { flags: [], terminal: true },
  { flags: [], terminal: false },
  { flags: ['--json'], terminal: true },
  { flags: ['--now', '--yes'], terminal: true },
  { flags: ['--all', '--yes'], terminal: true },
  { flags: ['--print'], terminal: true },
  { flags: ['--print'], terminal: false },
  { flags: ['--print', '--json'], terminal: false },
];

describe.each(Object.entries(SETUPS))('a secret that is %s', (_, setup) => {
  it.each(CASES)('and `rotations resume $flags`, terminal: $terminal', async ({ flags, terminal }) => {
    const { run, must, loginDevo, sandbox, home } = await createInProcessRig();
    await loginDevo();
    mkdirSync(join(home.path, 'work'));
    const cwd = join(home.path, 'work');
    await must(['tokens', 'create', '--name', 'first', ...DEVO, '--to', 'file:first'], { cwd });
    const rotate = ['tokens', 'rotate', 'first', '--grace', '2h', '--yes', ...setup.options];
    const began = await run(rotate, { cwd, ...(setup.closed ? { stdout: 'closed' } : {}) });
    expect(began.code).toBe(10);
    const secret = sandbox.secrets.at(-1) ?? '';
    expect(secret).not.toBe('');

    const resumed = await run(['rotations', 'resume', ...flags], {
      cwd,
      ...(terminal ? { answers: [] } : {}),
    });

    const asked = flags.some((flag) => flag === '--print');
    const all = flags.some((flag) => flag === '--all');
    const shows = asked ? setup.printShows === true : terminal && !all && setup.terminalShows === true;
    expect(resumed.stdout.includes(secret), `${resumed.stdout}\n${resumed.stderr}`).toBe(shows);
    expect(resumed.stderr).not.toContain(secret);
    if (flags.some((flag) => flag === '--json') && resumed.stdout.startsWith('{')) {
      const { tokenSecret, delivery } = JSON.parse(resumed.stdout);
      expect(tokenSecret).toBe(shows ? secret : null);
      expect(delivery.printed).toBe(shows || (setup.options.includes('--print') && !setup.closed));
    }
    if (asked && !shows && resumed.code !== 2) expect(resumed.stderr).toContain('not printed');
  });
});
