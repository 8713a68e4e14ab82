import { SECRET_VARIABLES } from '../../domain/secret-variables.ts';

type Env = Readonly<Record<string, string | undefined>>;
type OwnProcess = Pick<NodeJS.Process, 'env' | 'platform' | 'getBuiltinModule'>;

/**
 * The environment that keyturn was started with. Its own secrets are taken out of the process: a program that keyturn starts,
 * and any other of the same user, can read `/proc/PID/environ` for as long as keyturn runs. On Windows the variables stay:
 * their names have no case there, and no program reads another's environment without reading its memory.
 */
export function takeEnvironment(own: OwnProcess): Env {
  if (own.platform === 'win32') return own.env;
  const env: Env = { ...own.env };
  const given = SECRET_VARIABLES.filter((name) => env[name] !== undefined);
  if (given.length === 0) return env;
  for (const name of given) delete own.env[name];
  if (own.platform === 'linux') wipeInitialBlock(own, given);
  return env;
}

/**
 * Deleting a variable leaves the bytes that the system put into the memory of the process, and those are what
 * `/proc/PID/environ` shows. Where they cannot be written the process goes on as it is: SECURITY.md says what is promised.
 */
function wipeInitialBlock(own: OwnProcess, names: readonly string[]): void {
  const fs = own.getBuiltinModule('node:fs');
  try {
    const [start, end] = initialBlock(fs.readFileSync('/proc/self/stat', 'latin1'));
    const fd = fs.openSync('/proc/self/mem', 'r+');
    try {
      const block = Buffer.alloc(end - start);
      if (fs.readSync(fd, block, 0, block.length, start) !== block.length) return;
      for (const { at, length } of entries(block, names))
        fs.writeSync(fd, Buffer.alloc(length), 0, length, start + at);
    } finally {
      fs.closeSync(fd);
    }
  } catch {
    // A sandbox without /proc, or one that forbids it.
  }
}

/** Fields 50 and 51 of proc(5): env_start and env_end. The name of the program, in parentheses, may hold anything. */
function initialBlock(stat: string): readonly [number, number] {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [start, end] = [Number(fields[47]), Number(fields[48])];
  if (!Number.isSafeInteger(start) || !Number.isSafeInteger(end) || start <= 0 || end <= start)
    throw new Error('no place is told');
  return [start, end];
}

/** Where `NAME=value` stands in the block, as often as it does. */
function* entries(block: Buffer, names: readonly string[]): Generator<{ at: number; length: number }> {
  for (let at = 0; at < block.length; ) {
    const zero = block.indexOf(0, at);
    const end = zero < 0 ? block.length : zero;
    const name = block.subarray(at, end).toString('latin1').split('=', 1)[0] ?? '';
    if (names.includes(name)) yield { at, length: end - at };
    at = end + 1;
  }
}
