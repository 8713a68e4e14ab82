import type { PolicyToken } from '../../domain/policy.ts';
import type { YamlFile, YamlNode } from '../yaml/yaml-tree.ts';

/** Two tokens that share a name, an entry or a destination would take turns in replacing each other. */
export class DuplicateCheck {
  readonly #file: YamlFile;
  readonly #seen = new Set<string>();

  constructor(file: YamlFile) {
    this.#file = file;
  }

  add({ name, profile, save, deliver }: PolicyToken, node: YamlNode): void {
    this.#once(`name ${profile ?? ''} ${name}`, node, 'has two tokens of the same name');
    if (save !== null) this.#once(`save ${save}`, node, 'saves two tokens under the same name');
    for (const label of deliver)
      this.#once(`destination ${label}`, node, 'delivers two tokens to the same place');
  }

  #once(key: string, node: YamlNode, what: string): void {
    if (this.#seen.has(key)) throw this.#file.fail(node, what).with({ hint: 'give each its own' });
    this.#seen.add(key);
  }
}
