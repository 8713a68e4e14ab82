import { answerDocker } from '../../core/helpers/docker.ts';
import { answerExecCredential } from '../../core/helpers/exec-credential.ts';
import { answerGit } from '../../core/helpers/git.ts';
import type { Command } from '../arguments/command.ts';
import type { Input } from '../arguments/input.ts';
import type { OptionSpec } from '../arguments/specs.ts';
import { ALLOW_MANAGING } from '../arguments/token-options.ts';
import type { Services } from '../services/services.ts';

const MAX_REQUEST = 64 * 1024;

const CHOICE: readonly OptionSpec[] = [
  {
    flags: '--credential <name>',
    about: 'the credential to hand out; without it, the one stored for the server',
    values: 'credentials',
  },
  { flags: '--host <host>', about: 'the only server that a credential without an origin is handed out for' },
  ALLOW_MANAGING,
  { flags: '--username <name>', about: 'the user name to answer with where none is asked for' },
];

const git: Command = {
  arguments: [
    { name: '<action>', about: 'get, store or erase; git says which', values: ['get', 'store', 'erase'] },
  ],
  options: CHOICE,
  details:
    'store and erase change nothing: keyturn’s own commands save and end credentials. The credential must be for that server: import it with `keyturn credentials import forge --origin https://git.example.com`.',
  examples: ["git config credential.https://git.example.com.helper '!keyturn helper git --credential forge'"],
  async run(app, input) {
    const request = { action: input.argument(0), input: await readRequest(app) };
    const answer = await answerGit(
      await app.usableStore(input),
      readChoice(input, 'x-access-token'),
      request,
    );
    return { shape: 'text', text: answer ?? '' };
  },
};

const docker: Command = {
  arguments: [
    {
      name: '<action>',
      about: 'get, store, erase or list; docker says which',
      values: ['get', 'store', 'erase', 'list'],
    },
  ],
  options: CHOICE,
  details:
    'Docker calls a program named docker-credential-keyturn: a script of one line, `exec keyturn helper docker --credential NAME --host HOST "$@"`.',
  async run(app, input) {
    const action = input.argument(0);
    const request = { action, input: action === 'list' ? '' : await readRequest(app) };
    const { output, exit } = await answerDocker(
      await app.usableStore(input),
      readChoice(input, 'token'),
      request,
    );
    return {
      shape: 'text',
      text: output ?? '',
      ...(output === null ? {} : { newline: true as const }),
      ...(exit === 0 ? {} : { exit: 'failure' as const }),
    };
  },
};

const exec: Command = {
  options: [
    { flags: '--credential <name>', about: 'the credential to hand out' },
    {
      flags: '--host <host>',
      about: 'the only server that a credential without an origin is handed out for',
    },
    ALLOW_MANAGING,
  ],
  details:
    'For the `exec` section of a kubeconfig: command keyturn, args [helper, exec, --credential, NAME], and `provideClusterInfo: true`, so that keyturn learns which server the client sends the token to: for any other server it refuses the token. Import the credential with `--origin https://SERVER`.',
  async run(app, input) {
    const { env } = app.runtime;
    const request = {
      credential: input.required('credential'),
      host: input.text('host') ?? null,
      execInfo: env['KUBERNETES_EXEC_INFO'],
    };
    return {
      shape: 'text',
      text: await answerExecCredential(await app.usableStore(input), request),
    };
  },
};

function readChoice(input: Input, username: string) {
  return {
    credential: input.text('credential') ?? null,
    host: input.text('host') ?? null,
    username: input.text('username') ?? username,
    allowManaging: input.flag('allow-managing'),
  };
}

async function readRequest(app: Pick<Services, 'runtime'>): Promise<string> {
  return new TextDecoder().decode(await app.runtime.stdin.read(MAX_REQUEST));
}

export const commands: Readonly<Record<string, Command>> = { git, docker, exec };
