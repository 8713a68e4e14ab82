// The shipped definitions of providers: from YAML to the module that the registry loads.
import { createHash } from 'node:crypto';
import { parseDefinition } from '../../src/adapters/definitions/parse-definition.ts';
import { compileDefinition } from '../../src/providers/definition/compile.ts';
import { readDefinition } from '../../src/providers/definition/read-definition.ts';

/** The text of `src/providers/compiled/ID.ts`. Throws a usage error for a definition that is not right. */
export async function compiledModule(bytes: Uint8Array, path: string): Promise<string> {
  const source = await parseDefinition(bytes, path);
  const definition = readDefinition(source, { isShipped: true, shippedIds: new Set() });
  const { digest, text } = compileDefinition(definition, sha256);
  return `/** Made by \`npm run generate\` from ../definitions/${definition.id}.yaml; do not edit. */
export const compiled = {
  digest: '${digest}',
  text: ${literal(text)},
} as const;
`;
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** With the quotes that need the fewest escapes, as the formatter wants it. */
function literal(text: string): string {
  const escaped = text.replaceAll('\\', '\\\\').replaceAll("'", "\\'");
  return `'${escaped}'`;
}
