import type { Document } from 'yaml';
import type { AppError } from '../../domain/errors.ts';

/** A value of a YAML file, and where it stands. Never edited: edits are made in the file's {@link YamlFile.document}. */
export type YamlValue = YamlScalar | YamlMapping | YamlList;

export type YamlNode = YamlValue | null | undefined;

export interface YamlScalar {
  readonly kind: 'scalar';
  readonly offset: number;
  readonly value: string | number | boolean | null;
  /** As it is written, so that `0123` keeps its zero and a long number its digits. Null for `null` and nothing. */
  readonly text: string | null;
}

export interface YamlMapping {
  readonly kind: 'mapping';
  readonly offset: number;
  readonly items: readonly YamlItem[];
}

/** One entry of a mapping. */
export interface YamlItem {
  /** Null where it is no scalar. */
  readonly key: YamlScalar | null;
  readonly value: YamlNode;
  /** The lines of the entry, without the comments before it; absent where the reader does not know them. */
  readonly lines?: { readonly start: number; readonly end: number };
}

export interface YamlList {
  readonly kind: 'list';
  readonly offset: number;
  readonly items: readonly YamlNode[];
}

/** What a YAML file says. */
export interface YamlTree {
  readonly root: YamlNode;
  /** A usage error that names file, line and column; `what` continues the sentence and never holds content. */
  fail(node: YamlNode, what: string): AppError;
}

/** A parsed YAML file. */
export interface YamlFile extends YamlTree {
  readonly text: string;
  /** The same with comments and order, to be edited and written back; made for each call. */
  document(): Promise<Document>;
}

/** An entry whose key is text. */
export interface NamedItem extends YamlItem {
  readonly key: YamlScalar;
}

/** The entries of a mapping, by key; every key is text and stands there once. An absent node has none. */
export function readMap(file: YamlTree, node: YamlNode, what: string): Map<string, NamedItem> {
  const named = new Map<string, NamedItem>();
  if (isNothing(node)) return named;
  if (node.kind !== 'mapping') throw file.fail(node, `has no mapping for ${what}`);
  for (const item of node.items) {
    const { key } = item;
    const name = key?.text ?? null;
    if (key === null || name === null) throw file.fail(key ?? node, `has a key that is no text in ${what}`);
    if (named.has(name)) throw file.fail(key, `has the same key twice in ${what}`);
    named.set(name, { ...item, key });
  }
  return named;
}

/** Null when absent or `null`. */
export function readText(file: YamlTree, node: YamlNode, what: string): string | null {
  if (isNothing(node)) return null;
  const text = node.kind === 'scalar' ? node.text : null;
  if (text === null) throw file.fail(node, `has no text for ${what}`);
  return text;
}

export function requireText(file: YamlTree, node: YamlNode, what: string, near: YamlNode): string {
  const text = readText(file, node, what);
  if (text === null) throw file.fail(near, `has no ${what}`);
  return text;
}

export function readTexts(file: YamlTree, node: YamlNode, what: string): readonly string[] | null {
  if (isNothing(node)) return null;
  if (node.kind !== 'list') throw file.fail(node, `has no list for ${what}`);
  return node.items.map((item) => requireText(file, item, `text in ${what}`, node));
}

export function readWhole(file: YamlTree, node: YamlNode, what: string): number {
  const value = node?.kind === 'scalar' ? node.value : null;
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 0) {
    throw file.fail(node, `has no whole number for ${what}`);
  }
  return value;
}

export function isNothing(node: YamlNode): node is null | undefined {
  return node === null || node === undefined || (node.kind === 'scalar' && node.value === null);
}
