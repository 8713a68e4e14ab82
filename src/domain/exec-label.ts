const SHORT = /^exec:[\w.+-]{1,60} sha256:[0-9a-f]{16}$/;
const PLAIN = /^[\w.+-]{1,60}$/;

/**
 * How an `exec:` destination is named wherever a name is kept or shown. Its command line may hold secrets (a header, a
 * password), so only the program's own name and a digest of the whole stay: enough to tell the same command again.
 */
export function shortExecLabel(program: string, digest: string): string {
  const name = program.split(/[/\\]/).at(-1) ?? '';
  return `exec:${PLAIN.test(name) ? name : 'command'} sha256:${digest.slice(0, 16)}`;
}

/** Whether the label names a command without holding it. */
export function isShortExecLabel(label: string): boolean {
  return SHORT.test(label);
}
