const PROMPT = '  $ ';
const CONTINUED = '      ';

/** Examples for `--help`: a long one goes on in the next line, as a shell takes it. Quoted words stay whole. */
export function examplesText(examples: readonly string[], columns: number): string {
  return `\nExamples:\n${examples.map((line) => exampleText(line, columns)).join('\n')}`;
}

function exampleText(line: string, columns: number): string {
  const lines: string[] = [];
  let current = PROMPT.trimEnd();
  if (PROMPT.length + line.length <= columns) return `${PROMPT}${line}`;
  for (const word of line.match(/(?:"[^"]*"|'[^']*'|[^\s"'])+/g) ?? []) {
    // Two characters are for the backslash that ends the line.
    if (current.length + 1 + word.length + 2 <= columns) current += ` ${word}`;
    else {
      lines.push(`${current} \\`);
      current = `${CONTINUED}${word}`;
    }
  }
  return [...lines, current].join('\n');
}
