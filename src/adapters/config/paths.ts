import { isAbsolute, join, win32 } from 'node:path';
import { usage } from '../../domain/errors.ts';

export interface Paths {
  readonly configDir: string;
  readonly configFile: string;
  readonly credentialsFile: string;
  /** Journal, audit log, locks. */
  readonly state: string;
  /** What may be deleted at any time. */
  readonly cache: string;
}

type Env = Readonly<Record<string, string | undefined>>;

/**
 * Where keyturn's files are. An empty variable counts as unset, a relative XDG value is ignored
 * (XDG Base Directory Specification). Throws usage when a folder cannot be told.
 */
export function resolvePaths(env: Env, platform: string, home: string | undefined): Paths {
  const absolute = platform === 'win32' ? win32.isAbsolute : isAbsolute;
  const glue = platform === 'win32' ? win32.join : join;

  const own = (variable: string): string | null => {
    const value = env[variable];
    if (value === undefined || value === '') return null;
    if (!absolute(value))
      throw usage(`"${variable}" is not an absolute path`, `set ${variable} to a path that is`);
    return value;
  };
  const outside = (variable: string): string | null => {
    const value = env[variable];
    return value !== undefined && value !== '' && absolute(value) ? glue(value, 'keyturn') : null;
  };
  const underHome = (instead: string, ...parts: readonly string[]): string => {
    if (home === undefined || home === '' || !absolute(home)) {
      throw usage(
        'the home folder is not known: "HOME" is not an absolute path, or unset for a user without one',
        `set HOME, or ${instead}`,
      );
    }
    return glue(home, ...parts, 'keyturn');
  };

  const configDir =
    own('KEYTURN_CONFIG_DIR') ??
    outside('XDG_CONFIG_HOME') ??
    (platform === 'win32' ? (outside('AppData') ?? outside('APPDATA')) : null) ??
    underHome('KEYTURN_CONFIG_DIR', '.config');
  const state =
    own('KEYTURN_STATE_DIR') ??
    outside('XDG_STATE_HOME') ??
    underHome('KEYTURN_STATE_DIR', '.local', 'state');
  const cache = outside('XDG_CACHE_HOME') ?? underHome('XDG_CACHE_HOME', '.cache');
  return {
    configDir,
    configFile: glue(configDir, 'config.yaml'),
    credentialsFile: glue(configDir, 'credentials.yaml'),
    state,
    cache,
  };
}
