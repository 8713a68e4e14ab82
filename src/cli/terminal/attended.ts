import type { OutputStream, Runtime } from '../runtime.ts';

type Env = Readonly<Record<string, string | undefined>>;

/** CI systems that do not set CI themselves; each sets its variable in every job. */
const RUNNERS = ['TF_BUILD', 'TEAMCITY_VERSION', 'JENKINS_URL', 'CODEBUILD_BUILD_ID'];

/** Whether a CI system runs keyturn. A person says `CI=false` to be asked anyway. */
export function isCi(env: Env): boolean {
  const ci = (env['CI'] ?? '').trim().toLowerCase();
  if (ci === '') return RUNNERS.some((name) => (env[name] ?? '') !== '');
  return ci !== 'false' && ci !== '0';
}

/**
 * The process as a command sees it. CI runners, `docker run -t` and `script` give a pseudo-terminal with nobody in front of
 * it, and keep what is written there: in CI and with `--no-input` an output counts as a pipe, and nothing is asked.
 * Whether stdin is a terminal stays a fact: reading a secret from a terminal that nobody types at would never end.
 */
export function attended(runtime: Runtime, options: { readonly noInput: boolean }): Runtime {
  if (!options.noInput && !isCi(runtime.env)) return runtime;
  // A view: the folder, the home and the host name are still read only when a command asks for them.
  const view: Runtime = Object.create(runtime, {
    stdout: { value: asPipe(runtime.stdout) },
    stderr: { value: asPipe(runtime.stderr) },
    prompter: { value: () => runtime.prompter({ noInput: true }) },
  });
  return view;
}

function asPipe(stream: OutputStream): OutputStream {
  return { isTerminal: false, columns: stream.columns, write: (text) => stream.write(text) };
}
