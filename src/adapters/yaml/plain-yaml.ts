import { findDeep } from './guard-yaml.ts';
import { flowItems, flowPairs, isScalar, meaningOf } from './plain-scalar.ts';
import type { YamlItem, YamlList, YamlMapping, YamlNode, YamlScalar, YamlValue } from './yaml-tree.ts';

/**
 * Reads the YAML that keyturn itself writes, and what people usually write into it: block mappings and lists, `{ a: b }`
 * and `[ a, b ]` on one line, plain and double-quoted texts without escapes, comments on lines of their own. Null where
 * the text uses anything else, even in one place: then the library reads it. What is read here, the library reads
 * alike; it costs some fifty times as much.
 */
export function readPlainYaml(text: string): YamlNode {
  if (/[\t\r]/.test(text) || findDeep(text) !== null) return null;
  const lines = linesOf(text);
  const [first] = lines;
  if (first === undefined || first.indent !== 0) return null;
  try {
    const reader = new Reader(lines);
    const root = reader.readBlock(0, 0);
    return reader.isAtEnd ? root : null;
  } catch (error) {
    if (error === NOT_PLAIN) return null;
    throw error;
  }
}

interface Line {
  readonly indent: number;
  readonly content: string;
  /** Of the content, and of the line with its indent. */
  readonly offset: number;
  readonly start: number;
  readonly end: number;
}

const DEEPEST = 40;
const NOT_PLAIN = new Error('not plain YAML');

const KEY = /^(?:([A-Za-z0-9_][A-Za-z0-9_.@+/-]{0,254})|"([ !#-[\]-~]{0,254})"):(?:$| +(?=[^ ]))/;

function linesOf(text: string): readonly Line[] {
  const lines: Line[] = [];
  for (let start = 0; start < text.length; ) {
    const found = text.indexOf('\n', start);
    const end = found < 0 ? text.length : found;
    let offset = start;
    while (text[offset] === ' ') offset += 1;
    const isRead = offset < end && text[offset] !== '#';
    if (isRead)
      lines.push({ indent: offset - start, content: text.slice(offset, end), offset, start, end: end + 1 });
    start = end + 1;
  }
  return lines;
}

class Reader {
  readonly #lines: Line[];
  #at = 0;

  constructor(lines: readonly Line[]) {
    this.#lines = [...lines];
  }

  get isAtEnd(): boolean {
    return this.#at === this.#lines.length;
  }

  /** The mapping or list whose lines have this indent. */
  readBlock(indent: number, depth: number): YamlMapping | YamlList {
    if (depth > DEEPEST) throw NOT_PLAIN;
    const line = this.#next();
    if (line === null || line.indent !== indent) throw NOT_PLAIN;
    return isListItem(line) ? this.#readList(indent, depth) : this.#readMapping(indent, depth);
  }

  #next(): Line | null {
    return this.#lines[this.#at] ?? null;
  }

  /** The next line, where it belongs to a block of this indent; one that is indented more fits nowhere. */
  #nextOf(indent: number): Line | null {
    const line = this.#next();
    if (line !== null && line.indent > indent) throw NOT_PLAIN;
    return line?.indent === indent ? line : null;
  }

  #readMapping(indent: number, depth: number): YamlMapping {
    const items: YamlItem[] = [];
    const offset = this.#next()?.offset ?? 0;
    for (let line = this.#nextOf(indent); line !== null; line = this.#nextOf(indent)) {
      const found = KEY.exec(line.content);
      if (!found) throw NOT_PLAIN;
      const [head, plain, quoted] = found;
      const key = keyOf(plain ?? `"${quoted}"`, line.offset);
      this.#at += 1;
      const rest = line.content.slice(head.length);
      const value = rest === '' ? this.#readBelow(line, depth) : readInline(rest, line.offset + head.length);
      items.push({
        key,
        value,
        lines: { start: line.start, end: this.#lines[this.#at - 1]?.end ?? line.end },
      });
    }
    return { kind: 'mapping', offset, items };
  }

  /** What stands below a key without a value in its line. */
  #readBelow(line: Line, depth: number): YamlNode {
    const next = this.#next();
    if (next === null || next.indent < line.indent) return nothing(line);
    if (next.indent > line.indent) return this.readBlock(next.indent, depth + 1);
    // A list may stand at the indent of its key.
    return isListItem(next) ? this.#readList(next.indent, depth + 1) : nothing(line);
  }

  #readList(indent: number, depth: number): YamlList {
    const items: YamlNode[] = [];
    const offset = this.#next()?.offset ?? 0;
    for (let line = this.#nextOf(indent); line !== null && isListItem(line); line = this.#nextOf(indent)) {
      const rest = line.content.slice(2).trimStart();
      if (rest === '') throw NOT_PLAIN;
      const skipped = line.content.length - rest.length;
      if (isListItem({ content: rest }) || KEY.test(rest)) {
        // What follows the dash is the first line of a block.
        const inner = { ...line, indent: indent + skipped, content: rest, offset: line.offset + skipped };
        this.#lines[this.#at] = inner;
        items.push(this.readBlock(inner.indent, depth + 1));
      } else {
        this.#at += 1;
        items.push(readInline(rest, line.offset + skipped));
      }
    }
    return { kind: 'list', offset, items };
  }
}

function isListItem({ content }: Pick<Line, 'content'>): boolean {
  return content.startsWith('- ');
}

function readInline(text: string, offset: number): YamlValue {
  if (text.startsWith('{')) return readFlowMapping(text, offset);
  if (text.startsWith('[')) return readFlowList(text, offset);
  if (!isScalar(text)) throw NOT_PLAIN;
  return scalar(text, offset);
}

function readFlowMapping(text: string, offset: number): YamlMapping {
  const items = flowPairs(text)?.map(([key, value]): YamlItem => {
    return { key: keyOf(key, offset), value: scalar(value, offset) };
  });
  if (!items) throw NOT_PLAIN;
  return { kind: 'mapping', offset, items };
}

function readFlowList(text: string, offset: number): YamlList {
  const items = flowItems(text)?.map((item) => scalar(item, offset));
  if (!items) throw NOT_PLAIN;
  return { kind: 'list', offset, items };
}

/** A key is text, also where it looks like a number. */
function keyOf(text: string, offset: number): YamlScalar {
  const key = scalar(text, offset);
  return key.text === null ? key : { ...key, value: key.text };
}

function scalar(text: string, offset: number): YamlScalar {
  const meaning = meaningOf(text);
  if (meaning === null) throw NOT_PLAIN;
  return { kind: 'scalar', offset, ...meaning };
}

function nothing(line: Line): YamlScalar {
  return { kind: 'scalar', offset: line.offset + line.content.length, value: null, text: null };
}
