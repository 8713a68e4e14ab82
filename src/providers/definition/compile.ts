import type { Definition } from './provider-table.ts';

/** A definition as it is shipped, stored and written into an operation: canonical JSON, and the digest of that text. */
export interface CompiledDefinition {
  /** `sha256:` and 64 hexadecimal digits. */
  readonly digest: string;
  readonly text: string;
}

/** The reader has put every member into the order of the table, so that the text depends on what is said alone. */
export function compileDefinition(
  definition: Definition,
  sha256: (text: string) => string,
): CompiledDefinition {
  const text = JSON.stringify(definition);
  return { digest: `sha256:${sha256(text)}`, text };
}
