import type { Document, Node, YAMLMap } from 'yaml';

/** The document as text again: untouched lines stay as they were, long values are not folded. */
export function yamlText(document: Document): string {
  return document.toString({ lineWidth: 0 });
}

/** A mapping or a list as one line: `{ a: b }`, `[ a, b ]`. */
export function flowNode(
  document: Document,
  value: Readonly<Record<string, unknown>> | readonly string[],
): Node {
  const node = document.createNode(value);
  node.flow = true;
  return node;
}

/** Gives a key of a mapping another name in the same place, with its comments. */
export function renameKey(map: unknown, name: string, newName: string): void {
  if (!isMapNode(map)) return;
  for (const { key } of map.items) {
    if (keyText(key) === name && typeof key === 'object' && key !== null && 'value' in key)
      key.value = newName;
  }
}

export function keysOf(map: unknown): readonly string[] {
  return isMapNode(map) ? map.items.map(({ key }) => keyText(key)) : [];
}

/** An empty mapping may stand there as `{}` or as nothing: new entries shall be written line by line. */
export function makeRoom(document: Document, key: string): void {
  if (keysOf(document.get(key)).length === 0) document.set(key, document.createNode({}));
}

function isMapNode(node: unknown): node is YAMLMap {
  return typeof node === 'object' && node !== null && 'items' in node && 'has' in node;
}

function keyText(key: unknown): string {
  return String(typeof key === 'object' && key !== null && 'value' in key ? key.value : key);
}
