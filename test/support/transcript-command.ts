/** A command line of a transcript: a small part of what bash understands. */
export interface CommandLine {
  /** `NAME=$(…)`: what stdout is kept as. */
  readonly keepAs: string | null;
  /** `NAME=value` in front. */
  readonly env: Readonly<Record<string, string>>;
  readonly words: readonly string[];
  /** `<<< "$TOKEN"` */
  readonly stdin: string | null;
  /** What stands behind `  # `: `terminal`, `answers "y"`, `stdout closed`. */
  readonly remark: string;
}

/** Reads `NAME=$(A=1 keyturn … <<< "$B")  # remark`, with variables put in. Throws `Error` on an unknown variable. */
export function readCommandLine(text: string, variables: ReadonlyMap<string, string>): CommandLine {
  const [, command = '', remark = ''] = /^(.*?)(?:\s{2}# (.*))?$/s.exec(text) ?? [];
  const kept = /^([A-Z_0-9]+)=\$\((.*)\)$/s.exec(command);
  const words = splitWords(kept?.[2] ?? command, variables);
  const env: Record<string, string> = {};
  while (/^[A-Z_a-z0-9]+=/.test(words[0] ?? '')) {
    const [name = '', ...value] = (words.shift() ?? '').split('=');
    env[name] = value.join('=');
  }
  const here = words.indexOf('<<<');
  const stdin = here < 0 ? null : `${words[here + 1] ?? ''}\n`;
  if (here >= 0) words.splice(here, 2);
  return { keepAs: kept?.[1] ?? null, env, words, stdin, remark };
}

function splitWords(text: string, variables: ReadonlyMap<string, string>): string[] {
  const words: string[] = [];
  let word: string | null = null;
  for (let at = 0; at < text.length; at += 1) {
    const rest = text.slice(at);
    const quoted = /^'([^']*)'/.exec(rest);
    const ansi = /^\$'((?:[^'\\]|\\.)*)'/.exec(rest);
    const double = /^"((?:[^"\\]|\\.)*)"/.exec(rest);
    if (rest.startsWith(' ')) {
      if (word !== null) words.push(word);
      word = null;
    } else if (ansi) {
      word = `${word ?? ''}${readEscapes(ansi[1] ?? '')}`;
      at += ansi[0].length - 1;
    } else if (quoted) {
      word = `${word ?? ''}${quoted[1]}`;
      at += quoted[0].length - 1;
    } else if (double) {
      word = `${word ?? ''}${fillIn((double[1] ?? '').replace(/\\(["\\])/g, '$1'), variables)}`;
      at += double[0].length - 1;
    } else {
      const plain = /^[^ '"]+/.exec(rest)?.[0] ?? rest;
      word = `${word ?? ''}${fillIn(plain, variables)}`;
      at += plain.length - 1;
    }
  }
  if (word !== null) words.push(word);
  return words;
}

function readEscapes(text: string): string {
  const value: unknown = JSON.parse(`"${text.replaceAll('"', '\\"').replace(/\\x(..)/g, '\\u00$1')}"`);
  return String(value);
}

function fillIn(text: string, variables: ReadonlyMap<string, string>): string {
  return text.replace(/\$([A-Z_0-9]+)/g, (_, name: string) => {
    const value = variables.get(name);
    if (value === undefined) throw new Error(`the transcript uses $${name} before it is set`);
    return value;
  });
}
