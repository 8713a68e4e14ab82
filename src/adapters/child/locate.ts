import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { delimiter, extname, isAbsolute, join } from 'node:path';
import type { LocatedCommand } from '../../ports/child.ts';

const WINDOWS_ENDINGS = ['.com', '.exe', '.bat', '.cmd'];

/**
 * The file that a command names, as `execvp` finds it, but for empty and relative entries of `PATH`: they mean the
 * current folder, where anybody may have put a program (CWE-426). On Windows a `.cmd` or `.bat` is told, not run: `cmd.exe`
 * reads its arguments in a way of its own, and what is safe for a program may be a command there.
 */
export async function locateCommand(
  command: string,
  env: Readonly<Record<string, string | undefined>>,
  platform: NodeJS.Platform,
): Promise<LocatedCommand> {
  if (command === '' || command.includes('\0')) return { kind: 'not-found' };
  const windows = platform === 'win32';
  const withPath = windows ? /[\\/]/.test(command) : command.includes('/');
  const folders = withPath ? [''] : searchPath(env, windows).filter((folder) => isAbsolute(folder));
  const endings = windows && !/^\.(exe|com|cmd|bat)$/i.test(extname(command)) ? WINDOWS_ENDINGS : [''];
  let refused = false;
  for (const folder of folders) {
    for (const ending of endings) {
      const path = folder === '' ? `${command}${ending}` : join(folder, `${command}${ending}`);
      const found = await examine(path);
      if (found === 'program')
        return windows && /\.(cmd|bat)$/i.test(path) ? { kind: 'batch-file' } : { kind: 'found', path };
      if (found === 'refused') refused = true;
    }
  }
  return refused ? { kind: 'not-executable' } : { kind: 'not-found' };
}

function searchPath(env: Readonly<Record<string, string | undefined>>, windows: boolean): string[] {
  const name = windows ? Object.keys(env).find((key) => key.toUpperCase() === 'PATH') : 'PATH';
  const path = name === undefined ? undefined : env[name];
  return (path ?? (windows ? '' : '/usr/bin:/bin')).split(delimiter);
}

async function examine(path: string): Promise<'program' | 'refused' | 'nothing'> {
  const facts = await stat(path).catch(() => null);
  if (!facts) return 'nothing';
  if (!facts.isFile()) return 'refused';
  return access(path, constants.X_OK).then(
    () => 'program' as const,
    () => 'refused' as const,
  );
}
