import type { CST, Document, LineCounter, Node, ParsedNode, Scalar, YAMLMap } from 'yaml';
import { type AppError, usage } from '../../domain/errors.ts';
import { safeText } from '../../domain/text.ts';
import { findForbidden, type YamlModule } from './guard-yaml.ts';

/** A parsed YAML file that still knows its comments, its order and where each thing stands. */
export interface YamlFile {
  readonly yaml: YamlModule;
  readonly document: Document.Parsed;
  /** A usage error that names file, line and column; `what` continues the sentence and never holds content. */
  fail(node: YamlNode, what: string): AppError;
}

export type YamlNode = Node | null | undefined;

/** One entry of a mapping. */
export interface YamlItem {
  readonly key: Scalar;
  readonly value: YamlNode;
}

/** A store of 10,000 credentials has about a million. */
const MOST_TOKENS = 5_000_000;
const HINT = 'mend the file by hand or restore it from a backup; keyturn leaves it as it is';

/**
 * Parses one document without anchors, aliases, tags or merge keys. Empty, binary and half-written files are
 * errors (usage) with line and column, never content.
 */
export async function parseYaml(
  bytes: Uint8Array,
  path: string,
  { mostTokens } = { mostTokens: MOST_TOKENS },
): Promise<YamlFile> {
  const shown = safeText(path, 300);
  const text = toText(bytes, shown);
  const yaml = await import('yaml');
  const lines = new yaml.LineCounter();
  const failAt = (offset: number, what: string): AppError =>
    usage(`"${shown}" ${what} at ${placeOf(lines, text, offset)}`, HINT);
  const document = parse(yaml, lines, text, { failAt, mostTokens });
  if (document.contents === null) throw usage(`"${shown}" is empty`, HINT);
  return {
    yaml,
    document,
    fail: (node, what) => failAt(node?.range?.[0] ?? 0, what),
  };
}

/** The document as text again: untouched lines stay as they were, long values are not folded. */
export function yamlBytes(document: Document): Uint8Array {
  return new TextEncoder().encode(document.toString({ lineWidth: 0 }));
}

/** The entries of a mapping, by key; every key is text and stands there once. An absent node has none. */
export function readMap(file: YamlFile, node: YamlNode, what: string): Map<string, YamlItem> {
  const items = new Map<string, YamlItem>();
  if (isNothing(file, node)) return items;
  if (!file.yaml.isMap(node)) throw file.fail(node, `has no mapping for ${what}`);
  for (const { key, value } of node.items) {
    if (!file.yaml.isScalar(key) || !file.yaml.isNode(key)) {
      throw file.fail(node, `has a key that is no text in ${what}`);
    }
    const name = scalarText(key);
    if (name === null) throw file.fail(key, `has a key that is no text in ${what}`);
    // A key that looks like a number is text too, also when the document is changed by key.
    key.value = name;
    if (items.has(name)) throw file.fail(key, `has the same key twice in ${what}`);
    items.set(name, { key, value: file.yaml.isNode(value) ? value : null });
  }
  return items;
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

/** A text as it is written, so that `0123` keeps its zero and a long number its digits. Null when absent or `null`. */
export function readText(file: YamlFile, node: YamlNode, what: string): string | null {
  if (isNothing(file, node)) return null;
  const text = file.yaml.isScalar(node) ? scalarText(node) : null;
  if (text === null) throw file.fail(node, `has no text for ${what}`);
  return text;
}

export function requireText(file: YamlFile, node: YamlNode, what: string, near: YamlNode): string {
  const text = readText(file, node, what);
  if (text === null) throw file.fail(near, `has no ${what}`);
  return text;
}

export function readTexts(file: YamlFile, node: YamlNode, what: string): readonly string[] | null {
  if (isNothing(file, node)) return null;
  if (!file.yaml.isSeq(node)) throw file.fail(node, `has no list for ${what}`);
  return node.items.map((item) =>
    requireText(file, file.yaml.isNode(item) ? item : null, `text in ${what}`, node),
  );
}

export function readWhole(file: YamlFile, node: YamlNode, what: string): number {
  const value = file.yaml.isScalar(node) ? node.value : null;
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 0) {
    throw file.fail(node, `has no whole number for ${what}`);
  }
  return value;
}

interface ParseOptions {
  readonly mostTokens: number;
  failAt(offset: number, what: string): AppError;
}

function parse(
  yaml: YamlModule,
  lines: LineCounter,
  text: string,
  { failAt, mostTokens }: ParseOptions,
): Document.Parsed<ParsedNode> {
  const forbidden = findForbidden(yaml, text, mostTokens);
  if (forbidden) throw failAt(forbidden.offset, forbidden.what);
  const document = compose(yaml, lines, text);
  if (document instanceof FirstProblem) {
    throw failAt(
      document.offset,
      document.code === 'MULTIPLE_DOCS' ? 'holds a second document' : 'is not valid YAML',
    );
  }
  return document;
}

/** The first thing that is wrong with a text. */
class FirstProblem extends Error {
  readonly offset: number;
  readonly code: string;

  constructor(offset: number, code: string) {
    super(code);
    this.offset = offset;
    this.code = code;
  }
}

/**
 * As the library's `parseDocument`, but over at the first problem: it collects every one of them with a stack trace, which
 * takes 18 s for a megabyte of brackets.
 */
function compose(
  yaml: YamlModule,
  lines: LineCounter,
  text: string,
): Document.Parsed<ParsedNode> | FirstProblem {
  const composer = new yaml.Composer<ParsedNode>({
    version: '1.2',
    schema: 'core',
    merge: false,
    resolveKnownTags: false,
    // Its own check compares every key with every other; `readMap` does it in one pass.
    uniqueKeys: false,
  });
  let problem: FirstProblem | null = null;
  // The library has no other way to be told of problems as they are found. It catches what is thrown here once, and
  // reports that as a second problem of the node around.
  Object.defineProperty(composer, 'onError', {
    value: (source: ProblemPlace, code: string, _message: string, isWarning?: boolean) => {
      if (isWarning) return;
      problem ??= new FirstProblem(offsetOf(source), code);
      throw problem;
    },
  });
  try {
    const parser = new yaml.Parser(lines.addNewLine);
    const documents = composer.compose(untilError(parser.parse(text)), true, text.length);
    const first = documents.next();
    if (first.done) return new FirstProblem(0, 'EMPTY');
    const [other] = first.value.errors;
    if (other) return new FirstProblem(other.pos[0], other.code);
    const second = documents.next();
    return second.done ? first.value : new FirstProblem(second.value.range[0], 'MULTIPLE_DOCS');
  } catch (error) {
    if (error instanceof FirstProblem) return error;
    throw error;
  }
}

/** What the parser cannot place at all; the composer would go on collecting it. */
function* untilError(tokens: Iterable<CST.Token>): Generator<CST.Token> {
  for (const token of tokens) {
    if (token.type === 'error') throw new FirstProblem(token.offset, 'UNEXPECTED_TOKEN');
    yield token;
  }
}

type ProblemPlace = number | readonly [number, number] | { readonly offset: number };

function offsetOf(place: ProblemPlace): number {
  if (typeof place === 'number') return place;
  return 'offset' in place ? place.offset : place[0];
}

function toText(bytes: Uint8Array, shown: string): string {
  if (bytes.length === 0) throw usage(`"${shown}" is empty`, HINT);
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw usage(`"${shown}" is not text`, HINT);
  }
  if (text.startsWith('\uFEFF')) throw usage(`"${shown}" starts with a byte-order mark`, HINT);
  const control = /[\x00-\x08\x0b\x0c\x0e-\x1f]/.exec(text);
  if (control) throw usage(`"${shown}" is not text: it has a control character`, HINT);
  return text;
}

function isNothing(file: YamlFile, node: YamlNode): node is null | undefined {
  return node === null || node === undefined || (file.yaml.isScalar(node) && node.value === null);
}

function isMapNode(node: unknown): node is YAMLMap {
  return typeof node === 'object' && node !== null && 'items' in node && 'has' in node;
}

function keyText(key: unknown): string {
  return String(typeof key === 'object' && key !== null && 'value' in key ? key.value : key);
}

function scalarText(node: Scalar): string | null {
  if (typeof node.value === 'string') return node.value;
  if (typeof node.value !== 'number' && typeof node.value !== 'boolean') return null;
  return node.source ?? String(node.value);
}

/** The line counter only knows what the parser has read; before that the text is counted. */
function placeOf(lines: LineCounter, text: string, offset: number): string {
  const { line, col } = lines.linePos(offset);
  if (line > 0) return `line ${line}, column ${col}`;
  const before = text.slice(0, offset);
  return `line ${before.split('\n').length}, column ${offset - before.lastIndexOf('\n')}`;
}
