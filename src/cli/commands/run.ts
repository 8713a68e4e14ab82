import { parseSecretVariable, runWithSecrets } from '../../core/run-with-secrets.ts';
import { usage } from '../../domain/errors.ts';
import type { Command } from '../arguments/command.ts';
import { ALLOW_MANAGING } from '../arguments/token-options.ts';

export const command: Command = {
  arguments: [{ name: '<command...>', about: 'the program and its arguments, after --' }],
  options: [
    {
      flags: '--env <variable=credential...>',
      about: 'set this variable to the secret of a saved credential',
    },
    ALLOW_MANAGING,
    {
      flags: '--mask',
      about: 'mask the secrets in the output of the program (default: when it is no terminal)',
    },
    { flags: '--no-mask', about: 'do not mask the output of the program' },
  ],
  details:
    'The program gets the secrets in its environment and nothing else of keyturn’s. Any process of the same user, and root, can read a process’s environment (/proc/PID/environ) for as long as it runs. Where the program can read a secret from its standard input, `keyturn credentials get NAME --print |` shows it to nobody else.\n\nkeyturn ends as the program ended: with its exit code, or by the signal that ended it. Signals that are sent to keyturn reach the program; to keep it after you log out, start it with `setsid` (`nohup` does not reach through keyturn). Output of programs that it leaves behind is masked until they end. On Windows a batch file (`npm`, `npx`) is run as `cmd /c npm …`.',
  examples: [
    'keyturn run --env API_TOKEN=ci -- ./deploy.sh',
    'keyturn run --env A=one --env B=two -- make release',
  ],
  async run(app, input) {
    const { env, stdout, stderr } = app.runtime;
    const [command, ...args] = input.arguments();
    if (command === undefined)
      throw usage('no program is given', 'write `keyturn run --env VAR=NAME -- COMMAND`');
    const always = input.flag('mask');
    const never = input.flag('no-mask');
    const maskOf = (stream: { readonly isTerminal: boolean }) => always || (!never && !stream.isTerminal);
    const variables = input.list('env').map(parseSecretVariable);
    const { remindOfEntries } = await import('../services/reminders.ts');
    await remindOfEntries(
      app,
      variables.map(({ credential }) => credential),
    );
    const { code, signal } = await runWithSecrets(
      { store: await app.usableStore(input), children: await app.children(), note: (line) => app.note(line) },
      {
        command,
        args,
        env,
        variables,
        mask: { stdout: maskOf(stdout), stderr: maskOf(stderr) },
      },
    );
    return { shape: 'written', status: code, signal };
  },
};
