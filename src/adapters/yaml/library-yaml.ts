import type { CST, Document, Node, ParsedNode, Scalar } from 'yaml';
import type { AppError } from '../../domain/errors.ts';
import { findForbidden, type YamlModule } from './guard-yaml.ts';
import type { YamlItem, YamlNode, YamlScalar } from './yaml-tree.ts';

export interface LibraryOptions {
  readonly mostTokens: number;
  failAt(offset: number, what: string): AppError;
}

/** The library's document of a text without anchors, aliases, tags, merge keys or a second document, and what it says. */
export async function readWithLibrary(
  text: string,
  { failAt, mostTokens }: LibraryOptions,
): Promise<{ readonly document: Document.Parsed<ParsedNode>; readonly root: YamlNode }> {
  const yaml = await import('yaml');
  const forbidden = findForbidden(yaml, text, mostTokens);
  if (forbidden) throw failAt(forbidden.offset, forbidden.what);
  const document = compose(yaml, text);
  if (document instanceof FirstProblem) {
    throw failAt(
      document.offset,
      document.code === 'MULTIPLE_DOCS' ? 'holds a second document' : 'is not valid YAML',
    );
  }
  return { document, root: treeOf(yaml, document.contents) };
}

/** A key that looks like a number is text from now on, also when the document is changed by key. */
function treeOf({ isMap, isNode, isScalar, isSeq }: YamlModule, contents: unknown): YamlNode {
  const nodeOf = (node: unknown): YamlNode => {
    if (!isNode(node)) return null;
    const offset = offsetIn(node);
    if (isScalar(node)) return scalarOf(node, offset);
    if (isSeq(node)) return { kind: 'list', offset, items: node.items.map(nodeOf) };
    if (!isMap(node)) return null;
    return { kind: 'mapping', offset, items: node.items.map((pair) => itemOf(pair.key, pair.value)) };
  };
  const itemOf = (key: unknown, value: unknown): YamlItem => {
    if (!isNode(key) || !isScalar(key)) return { key: null, value: nodeOf(value) };
    const scalar = scalarOf(key, offsetIn(key));
    if (scalar.text === null) return { key: scalar, value: nodeOf(value) };
    key.value = scalar.text;
    return { key: { ...scalar, value: scalar.text }, value: nodeOf(value) };
  };
  return nodeOf(contents);
}

function offsetIn(node: Node): number {
  return node.range?.[0] ?? 0;
}

function scalarOf(node: Scalar, offset: number): YamlScalar {
  const { value } = node;
  const isKnown = typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
  if (!isKnown) return { kind: 'scalar', offset, value: null, text: null };
  const text = typeof value === 'string' ? value : (node.source ?? String(value));
  return { kind: 'scalar', offset, value, text };
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
function compose(yaml: YamlModule, text: string): Document.Parsed<ParsedNode> | FirstProblem {
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
    const parser = new yaml.Parser();
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
