import { closestNames } from '../../domain/closest.ts';
import type { Json } from '../../domain/json.ts';
import type { FieldsShape, Shape } from './shape.ts';
import { type Place, placeText, type Source, type SourceMapping, type SourceNode } from './source.ts';
import { findKeyMistake, findTextMistake, MOST_ENTRIES } from './text-grammar.ts';

/** The deepest nesting of a definition. */
export const DEEPEST = 12;

/**
 * The value of a node that has the shape: members of known names in the order of the table, so that two files that say the
 * same are compiled to the same text. Throws a usage error with line and column for everything else; it never repeats a value.
 */
export function conform(source: Source, node: SourceNode, shape: Shape, place: Place): Json {
  const bad = (what: string, at: SourceNode = node) => source.fail(at, `${what} in "${placeText(place)}"`);
  if (place.length > DEEPEST) throw bad('is nested too deeply');
  switch (shape.kind) {
    case 'text':
      return textOf(source, node, shape, place);
    case 'words': {
      const value = node?.kind === 'scalar' ? node.text : null;
      if (value === null || !shape.words.includes(value)) throw bad(`has none of ${shape.words.join(', ')}`);
      return value;
    }
    case 'flag':
      if (node?.kind !== 'scalar' || typeof node.value !== 'boolean') throw bad('has neither true nor false');
      return node.value;
    case 'number':
      return numberOf(source, node, shape, place);
    case 'json':
      return jsonOf(source, node, place);
    case 'list':
      if (node?.kind !== 'list') throw bad('has no list');
      if (node.items.length > MOST_ENTRIES) throw bad(`has more than ${MOST_ENTRIES} entries`);
      return node.items.map((item, index) => conform(source, item, shape.of, [...place, index]));
    case 'map':
      return mapOf(source, node, shape, place);
    case 'either':
      return eitherOf(source, node, shape.of, place);
    case 'fields':
      return fieldsOf(source, node, shape, place);
  }
}

function textOf(
  source: Source,
  node: SourceNode,
  { grammar }: Shape & { kind: 'text' },
  place: Place,
): string {
  if (node?.kind !== 'scalar' || typeof node.value !== 'string')
    throw source.fail(
      node,
      `has no text in "${placeText(place)}"; a number or a word such as true is a text in quotes`,
    );
  const mistake = findTextMistake(node.value, grammar);
  if (mistake !== null) throw source.fail(node, `has a text in "${placeText(place)}" that ${mistake}`);
  return node.value;
}

function numberOf(
  source: Source,
  node: SourceNode,
  { least, most }: Shape & { kind: 'number' },
  place: Place,
): number {
  const value = node?.kind === 'scalar' ? node.value : null;
  if (typeof value !== 'number' || !Number.isFinite(value) || value < least || value > most)
    throw source.fail(node, `has no number from ${least} to ${most} in "${placeText(place)}"`);
  return value;
}

/** A constant of the vendor's: any nesting of texts, numbers, lists and mappings, whose texts are templates. */
function jsonOf(source: Source, node: SourceNode, place: Place): Json {
  const bad = (what: string) => source.fail(node, `${what} in "${placeText(place)}"`);
  if (place.length > DEEPEST) throw bad('is nested too deeply');
  if (node === null || node === undefined) return null;
  if (node.kind === 'list') {
    if (node.items.length > MOST_ENTRIES) throw bad(`has more than ${MOST_ENTRIES} entries`);
    return node.items.map((item, index) => jsonOf(source, item, [...place, index]));
  }
  if (node.kind === 'mapping') {
    const entries = entriesOf(source, node, place).map(([key, inner]) => {
      checkKey(source, node, { key, grammar: 'member' }, place);
      return [key, jsonOf(source, inner, [...place, key])] as const;
    });
    return Object.fromEntries(entries);
  }
  if (typeof node.value === 'string') {
    const mistake = findTextMistake(node.value, 'template');
    if (mistake !== null) throw source.fail(node, `has a text in "${placeText(place)}" that ${mistake}`);
  }
  if (typeof node.value === 'number' && !Number.isFinite(node.value)) throw bad('has a number that is none');
  return node.value;
}

function checkKey(
  source: Source,
  node: SourceNode,
  { key, grammar }: { readonly key: string; readonly grammar: Parameters<typeof findKeyMistake>[1] },
  place: Place,
): void {
  const mistake = findKeyMistake(key, grammar);
  if (mistake !== null) throw source.fail(node, `has a key in "${placeText(place)}" that ${mistake}`);
}

function mapOf(source: Source, node: SourceNode, shape: Shape & { kind: 'map' }, place: Place): Json {
  if (node?.kind !== 'mapping') throw source.fail(node, `has no mapping in "${placeText(place)}"`);
  const entries = entriesOf(source, node, place).map(([key, inner]) => {
    checkKey(source, node, { key, grammar: shape.keys }, place);
    return [key, conform(source, inner, shape.of, [...place, key])] as const;
  });
  return Object.fromEntries(entries);
}

function fieldsOf(source: Source, node: SourceNode, shape: FieldsShape, place: Place): Json {
  const where = place.length === 0 ? '' : ` in "${placeText(place)}"`;
  if (node?.kind !== 'mapping') throw source.fail(node, `has no mapping${where}`);
  const known = { ...shape.required, ...shape.optional };
  const entries = new Map(entriesOf(source, node, place));
  for (const key of entries.keys()) {
    if (Object.hasOwn(known, key)) continue;
    const [meant] = closestNames(key, Object.keys(known));
    const shown = /^[A-Za-z][A-Za-z-]{0,39}$/.test(key) ? ` "${key}"` : '';
    const at = node.items.find((item) => item.key?.text === key)?.key;
    throw source.fail(
      at ?? node,
      `has the unknown key${shown}${where}${meant === undefined ? '' : ` (is "${meant}" meant?)`}`,
    );
  }
  const missing = Object.keys(shape.required).find((name) => !entries.has(name));
  if (missing !== undefined) throw source.fail(node, `lacks "${missing}"${where}`);
  return Object.fromEntries(
    Object.entries(known).flatMap(([name, inner]) =>
      entries.has(name) ? [[name, conform(source, entries.get(name), inner, [...place, name])] as const] : [],
    ),
  );
}

/** The first shape that fits; where none does, the mistake of the one that is of the same kind as the value. */
function eitherOf(source: Source, node: SourceNode, shapes: readonly Shape[], place: Place): Json {
  const fitting = shapes.filter((shape) => isOfKind(node, shape));
  const [only] = fitting;
  if (only === undefined) throw source.fail(node, `has nothing of the right kind in "${placeText(place)}"`);
  return conform(source, node, only, place);
}

function isOfKind(node: SourceNode, { kind }: Shape): boolean {
  if (node === null || node === undefined) return false;
  if (node.kind === 'list') return kind === 'list';
  if (node.kind === 'mapping') return kind === 'fields' || kind === 'map';
  if (kind === 'flag') return typeof node.value === 'boolean';
  if (kind === 'number') return typeof node.value === 'number';
  return typeof node.value === 'string' && (kind === 'text' || kind === 'words');
}

function entriesOf(
  source: Source,
  node: SourceMapping,
  place: Place,
): readonly (readonly [string, SourceNode])[] {
  const where = place.length === 0 ? '' : ` in "${placeText(place)}"`;
  if (node.items.length > MOST_ENTRIES)
    throw source.fail(node, `has more than ${MOST_ENTRIES} entries${where}`);
  const seen = new Set<string>();
  return node.items.map(({ key, value }) => {
    const name = key?.text ?? null;
    if (key === null || name === null) throw source.fail(key ?? node, `has a key that is no text${where}`);
    if (seen.has(name)) throw source.fail(key, `has the same key twice${where}`);
    seen.add(name);
    return [name, value] as const;
  });
}
