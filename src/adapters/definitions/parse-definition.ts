import { isAppError, usage } from '../../domain/errors.ts';
import { parseYaml } from '../yaml/yaml-file.ts';
import type { YamlFile } from '../yaml/yaml-tree.ts';

/** A definition of this size says everything four times over. */
const MOST_BYTES = 64 * 1024;
const MOST_TOKENS = 20_000;
const HINT = 'correct the file; nothing was added';

/** The file of a definition as a tree with lines and columns; see `providers/definition/read-definition.ts` for what it may say. */
export async function parseDefinition(bytes: Uint8Array, path: string): Promise<YamlFile> {
  if (bytes.length > MOST_BYTES)
    throw usage(`a definition has ${MOST_BYTES / 1024} KB at most, and this file has more`, HINT);
  try {
    const file = await parseYaml(bytes, path, { mostTokens: MOST_TOKENS });
    return { ...file, fail: (node, what) => file.fail(node, what).with({ hint: HINT }) };
  } catch (error) {
    throw isAppError(error) ? error.with({ hint: HINT }) : error;
  }
}
