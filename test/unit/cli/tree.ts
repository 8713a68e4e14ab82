import type { Command, Node } from '../../../src/cli/arguments/command.ts';
import { TREE } from '../../../src/cli/program.ts';

export interface Leaf {
  readonly path: readonly string[];
  readonly load: () => Promise<Command>;
}

/** Every verb of the tree, by its words. */
export function leaves(nodes: readonly Node[] = TREE, before: readonly string[] = []): readonly Leaf[] {
  return nodes.flatMap((node) => {
    const path = [...before, node.name];
    return 'children' in node ? leaves(node.children, path) : [{ path, load: node.load }];
  });
}

/** `--name` and `-n` of an option as people see it. */
export function namesOf(flags: string): readonly string[] {
  return flags.match(/(?<![\w-])--?[a-zA-Z][\w-]*/g) ?? [];
}
