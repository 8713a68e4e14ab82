import type { IPty } from '@lydell/node-pty';
import { describe } from 'vitest';

type Spawn = typeof import('@lydell/node-pty')['spawn'];

/** A program on a pseudo-terminal of its own: the test is the person in front of it. */
export interface Terminal {
  /** Everything that the screen was sent so far. */
  seen(): string;
  /** Resolves once the text was seen after the last one waited for; the error shows what was seen instead. */
  until(text: string | RegExp, ms?: number): Promise<void>;
  type(text: string): void;
  resize(columns: number, rows: number): void;
  readonly pid: number;
  /** The exit code; 128 and the number of the signal that ended it. */
  readonly end: Promise<number>;
  kill(signal: NodeJS.Signals): void;
}

export interface TerminalOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly columns?: number;
  readonly rows?: number;
}

const { spawn, reason } = await load();

/** `describe` for tests that need a pseudo-terminal; skipped under a name that says why where there is none. */
export function describeWithTerminal(name: string, suite: () => void): void {
  if (spawn !== null) return void describe(name, suite);
  if (process.env['CI'] === 'true') throw new Error(reason);
  describe.skip(`${name} (skipped: ${reason})`, suite);
}

export function startTerminal(program: string, args: readonly string[], options: TerminalOptions): Terminal {
  if (spawn === null) throw new Error(reason);
  const { cwd, columns = 200, rows = 40 } = options;
  const env = Object.fromEntries(Object.entries(options.env).filter(([, value]) => value !== undefined));
  // `name` becomes TERM, whatever the environment says.
  const name = options.env['TERM'] ?? 'xterm-256color';
  const pty = spawn(program, [...args], { cwd, env, cols: columns, rows, name });
  return watch(pty);
}

function watch(pty: IPty): Terminal {
  let seen = '';
  let read = 0;
  let wake: () => void = () => undefined;
  pty.onData((text) => {
    seen += text;
    wake();
  });
  const end = new Promise<number>((resolve) => {
    pty.onExit(({ exitCode, signal }) => resolve(signal ? 128 + signal : exitCode));
  });
  const find = (text: string | RegExp): number => {
    const rest = seen.slice(read);
    if (typeof text === 'string') return rest.includes(text) ? rest.indexOf(text) + text.length : -1;
    const match = text.exec(rest);
    return match ? match.index + match[0].length : -1;
  };
  return {
    seen: () => seen,
    async until(text, ms = 10_000) {
      const deadline = Date.now() + ms;
      for (;;) {
        const found = find(text);
        if (found >= 0) {
          read += found;
          return;
        }
        const left = deadline - Date.now();
        if (left <= 0) throw new Error(`"${text}" was not seen; the screen: ${JSON.stringify(seen)}`);
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, left);
          wake = () => {
            clearTimeout(timer);
            resolve();
          };
        });
      }
    },
    type: (text) => pty.write(text),
    resize: (columns, rows) => pty.resize(columns, rows),
    pid: pty.pid,
    end,
    kill: (signal) => pty.kill(signal),
  };
}

/** The binary is chosen by platform and may be missing: that is a reason to skip, not to fail. */
async function load(): Promise<{ readonly spawn: Spawn | null; readonly reason: string }> {
  try {
    return { spawn: (await import('@lydell/node-pty')).spawn, reason: '' };
  } catch {
    return { spawn: null, reason: '@lydell/node-pty has no binary for this system' };
  }
}
