import { usage } from '../../domain/errors.ts';
import type { Secret } from '../../domain/secret.ts';
import { checkVariableName } from '../../domain/variable-name.ts';
import type { Destination } from '../../ports/destination.ts';
import { refuseClosedPlace } from '../disk/closed-places.ts';
import { type DestinationDeps, MAX_TARGET_BYTES } from './destination-deps.ts';
import { notKept, utf8 } from './target-file.ts';

/** Which of the runner's files: https://docs.github.com/actions/reference/workflow-commands-for-github-actions. */
export type GithubTarget = 'github-output' | 'github-env';

const VARIABLES: Readonly<Record<GithubTarget, string>> = {
  'github-output': 'GITHUB_OUTPUT',
  'github-env': 'GITHUB_ENV',
};

/** `github-output:NAME`, `github-env:NAME`: appended to the runner's file between random marks. */
export function createGithubDestination(
  deps: DestinationDeps,
  target: GithubTarget,
  name: string,
): Destination {
  checkName(target, name);
  const label = `${target}:${name}`;
  return {
    label,
    async prove() {
      const file = await deps.disk.append(await findFile(deps, target));
      await file.close();
    },
    async deliver(secret) {
      const value = secret.reveal();
      // A line break would let the value end its own block and start a command of its choice (CWE-77).
      if (/[\r\n]/.test(value)) {
        throw usage(`the secret has a line break and cannot go to "${label}"`, 'choose another destination');
      }
      const path = await findFile(deps, target);
      const now = await readFileText(deps, path);
      const mark = `keyturn_${Buffer.from(deps.random.bytes(18)).toString('hex')}`;
      const start = now === '' || now.endsWith('\n') ? '' : '\n';
      const file = await deps.disk.append(path);
      try {
        await file.write(utf8(`${start}${name}<<${mark}\n${value}\n${mark}\n`));
        await file.sync();
      } finally {
        await file.close();
      }
      if (lastValue(await readFileText(deps, path), name) !== value) throw notKept(label);
    },
    holds: (secret) => readHolds(deps, target, name, secret),
  };
}

/** Null outside of a job: each has a file of its own. */
async function readHolds(deps: DestinationDeps, target: GithubTarget, name: string, secret: Secret) {
  if (!deps.env[VARIABLES[target]]) return null;
  return lastValue(await readFileText(deps, await findFile(deps, target)), name) === secret.reveal();
}

function checkName(target: GithubTarget, name: string): void {
  if (target === 'github-env') {
    checkVariableName(name);
    if (/^(GITHUB|RUNNER)_|^CI$/i.test(name)) {
      throw usage(`"${name}" belongs to the runner`, 'choose another variable');
    }
  } else if (!/^[A-Za-z_][A-Za-z0-9_-]{0,254}$/.test(name)) {
    throw usage('that is not a name for an output', 'use letters, digits, "_" and "-"');
  }
}

async function findFile(deps: DestinationDeps, target: GithubTarget): Promise<string> {
  const variable = VARIABLES[target];
  const path = deps.env[variable];
  if (!path) throw usage(`"${variable}" is not set`, `"${target}:" works in a step of GitHub Actions only`);
  await refuseClosedPlace(path, deps.ownFolders);
  const facts = await deps.disk.facts(path);
  if (facts?.kind !== 'file')
    throw usage(`"${variable}" names no regular file`, 'the runner makes this file');
  return path;
}

async function readFileText(deps: DestinationDeps, path: string): Promise<string> {
  const bytes = await deps.disk.read(path, MAX_TARGET_BYTES);
  return bytes ? new TextDecoder().decode(bytes) : '';
}

/** The value that the runner would take for this name: the last block or `NAME=value` line. */
function lastValue(text: string, name: string): string | null {
  const lines = text.split('\n');
  let found: string | null = null;
  for (let i = 0; i < lines.length; i += 1) {
    const line = lines[i] ?? '';
    const block = /^([^=<]+)<<(.+)$/.exec(line);
    if (block) {
      const end = lines.indexOf(block[2] ?? '', i + 1);
      if (end < 0) break;
      if (block[1] === name) found = lines.slice(i + 1, end).join('\n');
      i = end;
    } else if (line.startsWith(`${name}=`)) found = line.slice(name.length + 1);
  }
  return found;
}
