import { delimiter, isAbsolute } from 'node:path';
import type { ChildCommand } from '../../ports/child.ts';

/** What git needs to run and to find the person's own list of ignored files. Nothing else is handed to it. */
const PASSED: ReadonlySet<string> = new Set([
  'PATH',
  'HOME',
  'XDG_CONFIG_HOME',
  // Windows: where programs and the person's settings are.
  'PATHEXT',
  'SYSTEMROOT',
  'WINDIR',
  'USERPROFILE',
  'HOMEDRIVE',
  'HOMEPATH',
  'APPDATA',
  'PROGRAMDATA',
  'TEMP',
  'TMP',
]);

/**
 * The repository belongs to whoever made it: its configuration names programs and places to fetch from. A partial clone with a
 * missing object fetches it by any command, through any program (`ext::`). `GIT_NO_LAZY_FETCH` stops that; a git that
 * does not know it yet is stopped by the protocols, of which none is allowed.
 */
const SAFE_ENVIRONMENT = {
  GIT_NO_LAZY_FETCH: '1',
  GIT_ALLOW_PROTOCOL: 'none',
  GIT_PROTOCOL_FROM_USER: '0',
  GIT_OPTIONAL_LOCKS: '0',
  GIT_TERMINAL_PROMPT: '0',
  GIT_NO_REPLACE_OBJECTS: '1',
  GIT_ATTR_NOSYSTEM: '1',
  GIT_PAGER: 'cat',
  LC_ALL: 'C',
};

/** Each of these names a program in a repository's own configuration, or makes git look further than asked. */
const SAFE_SETTINGS: readonly string[] = [
  'core.fsmonitor=false',
  'core.hooksPath=/dev/null',
  'core.sshCommand=false',
  'core.gitProxy=false',
  'core.askPass=',
  'core.alternateRefsCommand=false',
  'core.untrackedCache=false',
  'credential.helper=',
  'submodule.recurse=false',
  'gc.auto=0',
  'maintenance.auto=false',
  'safe.bareRepository=explicit',
];

/** git, asked in a folder whose repository may be a stranger's: it runs no other program, fetches nothing, writes nothing. */
export function gitCommand(
  env: Readonly<Record<string, string | undefined>>,
  folder: string,
  args: readonly string[],
): ChildCommand {
  const settings = SAFE_SETTINGS.flatMap((setting) => ['-c', setting]);
  return {
    command: 'git',
    args: ['--no-pager', '-C', folder, ...settings, ...args],
    env: { ...passedOn(env), ...SAFE_ENVIRONMENT },
  };
}

function passedOn(env: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const passed: Record<string, string> = {};
  for (const [name, value] of Object.entries(env)) {
    const known = name.toUpperCase();
    if (value === undefined || !PASSED.has(known)) continue;
    passed[name] = known === 'PATH' ? absoluteOnly(value) : value;
  }
  return passed;
}

/** An empty or relative entry is the repository's own folder to git and to what it starts. */
function absoluteOnly(path: string): string {
  return path
    .split(delimiter)
    .filter((folder) => isAbsolute(folder))
    .join(delimiter);
}
