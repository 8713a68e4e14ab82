import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { keyturn, ROOT } from './cli-process.ts';
import type { Engine } from './transcript.ts';

export const TRANSCRIPTS = join(ROOT, 'test', 'transcripts');

/** File names of the transcripts; `built` and `packed` are those that say `> also through the built command`. */
export function transcriptNames(which: 'all' | 'built' | 'packed'): readonly string[] {
  const names = readdirSync(TRANSCRIPTS)
    .filter((name) => name.endsWith('.txt'))
    .sort();
  return which === 'all'
    ? names
    : names.filter((name) => readTranscript(name).includes(`\n> also through the ${which} command\n`));
}

export function readTranscript(name: string): string {
  return readFileSync(join(TRANSCRIPTS, name), 'utf8');
}

/** Plays through a program of its own: one process a command, its command lines watched. */
export function processEngine(program: string): Engine {
  return (args, { home, env, stdin, remark }) => {
    if (remark !== '') throw new Error(`this part of a transcript needs the world of a test: ${remark}`);
    return keyturn(args, { program, env, cwd: home.path, ...(stdin === undefined ? {} : { stdin }) });
  };
}
