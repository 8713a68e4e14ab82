/** One thing that a transcript does or expects. */
export type Entry =
  /** Text for people. */
  | { readonly kind: 'prose'; readonly lines: readonly string[] }
  /** `> fault POST * reset-after`: changes the world around the commands. */
  | { readonly kind: 'stage'; readonly line: string }
  | Step;

/** `$ command`, and what is expected of it. */
export interface Step {
  readonly kind: 'step';
  /** Where it stands in the file, from 1. */
  readonly line: number;
  readonly text: string;
  readonly stdout: readonly string[];
  /** `! line` */
  readonly stderr: readonly string[];
  /** `~ GET /path 200`, all of them in order; null where the transcript does not say. `~ nothing` is an empty list. */
  readonly sent: readonly string[] | null;
  /** `= 2`; 0 where it is left out. */
  readonly code: number;
}

/**
 * Reads a transcript. `#` begins prose, `>` a stage direction, `$` a command. What follows a command is expected of it:
 * `!` stderr, `=` the exit code, `~` a request, anything else stdout; `\` in front takes a line literally.
 */
export function parseTranscript(text: string): readonly Entry[] {
  const entries: Entry[] = [];
  const lines = text.split('\n');
  for (let at = 0; at < lines.length; ) {
    const line = lines[at] ?? '';
    if (line.startsWith('$ ')) {
      const end = endOfStep(lines, at + 1);
      entries.push(readStep(line.slice(2), lines.slice(at + 1, end), at + 1));
      at = end;
    } else if (line.startsWith('> ')) {
      entries.push({ kind: 'stage', line: line.slice(2) });
      at += 1;
    } else {
      const start = at;
      while (at < lines.length && !/^[$>] /.test(lines[at] ?? '')) at += 1;
      entries.push({ kind: 'prose', lines: lines.slice(start, at) });
    }
  }
  return entries;
}

/** The transcript as a file, from what really happened. */
export function formatTranscript(entries: readonly Entry[]): string {
  const lines: string[] = [];
  for (const entry of entries) {
    if (entry.kind === 'prose') lines.push(...entry.lines);
    else if (entry.kind === 'stage') lines.push(`> ${entry.line}`);
    else lines.push(...formatStep(entry));
  }
  return lines.join('\n');
}

function formatStep(step: Step): string[] {
  const sent = step.sent?.length === 0 ? ['nothing'] : (step.sent ?? []);
  return [
    `$ ${step.text}`,
    ...step.stdout.map((line) => (/^[$>!=~#\\]/.test(line) ? `\\${line}` : line)),
    ...step.stderr.map((line) => `! ${line}`.trimEnd()),
    ...(step.code === 0 ? [] : [`= ${step.code}`]),
    ...sent.map((line) => `~ ${line}`),
    '',
  ];
}

function endOfStep(lines: readonly string[], from: number): number {
  let at = from;
  while (at < lines.length && !/^[$>#] /.test(lines[at] ?? '')) at += 1;
  return at;
}

function readStep(text: string, lines: readonly string[], line: number): Step {
  const stdout: string[] = [];
  const stderr: string[] = [];
  const sent: string[] = [];
  let asksSent = false;
  let code = 0;
  for (const each of lines) {
    if (each === '!' || each.startsWith('! ')) stderr.push(each.slice(2));
    else if (/^= \d+$/.test(each)) code = Number(each.slice(2));
    else if (each.startsWith('~ ')) {
      asksSent = true;
      if (each !== '~ nothing') sent.push(each.slice(2));
    } else stdout.push(each.replace(/^\\/, ''));
  }
  while (stdout.at(-1) === '') stdout.pop();
  return { kind: 'step', line, text, stdout, stderr, sent: asksSent ? sent : null, code };
}
