/** The commands of keyturn's that a text names in backticks, each as the words that a shell makes of it, without the first. */
export function commandsIn(text: string): readonly (readonly string[])[] {
  return [...text.matchAll(/`(keyturn [^`]+)`/g)].map(([, command = '']) => wordsOf(command).slice(1));
}

/** Enough of a shell for what `commandLine` writes: blanks, single quotes and a backslash between them. */
export function wordsOf(command: string): readonly string[] {
  return [...command.matchAll(/(?:'[^']*'|\\.|[^\s'\\])+/g)].map(([word]) =>
    word.replace(/'([^']*)'|\\(.)/g, (_, quoted, escaped) => quoted ?? escaped),
  );
}
