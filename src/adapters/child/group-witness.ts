import { spawn } from 'node:child_process';

/** What a terminal sends to every process of its foreground group: handed on as well, the child would have it twice. */
export const TO_THE_GROUP: readonly NodeJS.Signals[] = ['SIGINT', 'SIGQUIT', 'SIGTSTP', 'SIGWINCH'];

/** A signal counts as the same one for so long: two that come close together may be reported as one. */
const SAME_MS = 300;
/** A witness that is stopped or slow does not answer. */
const ANSWER_MS = 2_000;

/** Tells a signal that a terminal sent to our whole process group from one that was sent to us alone. */
export interface GroupWitness {
  /** Whether the whole group got the signal that we just got; true when that cannot be found out. */
  sawToo(name: NodeJS.Signals): Promise<boolean>;
  stop(): void;
}

// A shell runs the trap of a signal that it has before it answers the next line.
const SCRIPT = `${TO_THE_GROUP.map((name) => `trap 'echo ${name}; got=1' ${name.slice(3)}`).join('\n')}
echo ready
while got=; do if read -r word; then echo "$word"; elif [ -z "$got" ]; then exit; fi; done`;

/**
 * A small process in our group that tells which signals it gets: the system does not say who sent one. It knows no
 * secret, and ends with us.
 */
export async function startGroupWitness(shell: string): Promise<GroupWitness> {
  const child = spawn(shell, ['-c', SCRIPT], { env: {}, stdio: ['pipe', 'pipe', 'ignore'] });
  const seen = new Set<string>();
  const waiting: (() => void)[] = [];
  let running = true;
  const end = () => {
    running = false;
    for (const answered of waiting.splice(0)) answered();
  };
  const note = (name: string) => {
    seen.add(name);
    setTimeout(() => seen.delete(name), SAME_MS).unref();
  };
  child.on('error', end);
  child.on('exit', (_, signal) => {
    if (signal) note(signal);
    end();
  });
  child.stdin.on('error', () => {});
  const ready = new Promise<void>((resolve) => waiting.push(resolve));
  let rest = '';
  child.stdout.setEncoding('utf8').on('data', (part: string) => {
    const lines = (rest + part).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      if (line === 'ready' || line === 'asked') waiting.shift()?.();
      else note(line);
    }
  });
  await ready;
  return {
    async sawToo(name) {
      if (!running) return true;
      const answer = new Promise<'answered'>((resolve) => waiting.push(() => resolve('answered')));
      child.stdin.write('asked\n');
      const how = await Promise.race([answer, late()]);
      return how === 'late' || !running || seen.has(name);
    },
    stop: () => void child.kill('SIGKILL'),
  };
}

function late(): Promise<'late'> {
  return new Promise((resolve) => setTimeout(() => resolve('late'), ANSWER_MS).unref());
}
