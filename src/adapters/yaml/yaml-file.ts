import { isAscii } from 'node:buffer';
import { type AppError, usage } from '../../domain/errors.ts';
import { safeText } from '../../domain/text.ts';
import { readPlainYaml } from './plain-yaml.ts';
import type { YamlFile } from './yaml-tree.ts';

/** A store of 10,000 credentials has about a million. */
const MOST_TOKENS = 5_000_000;
/** A line of the YAML that is read without the library holds a few tokens. */
const TOKENS_IN_LINE = 10;
const HINT = 'fix the file by hand or restore it from a backup; keyturn leaves it as it is';

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
  const text = readYamlText(bytes, path);
  const failAt = (offset: number, what: string): AppError =>
    usage(`"${shown}" ${what} at ${placeOf(text, offset)}`, HINT);
  const fail: YamlFile['fail'] = (node, what) => failAt(node?.offset ?? 0, what);
  const read = async () => (await import('./library-yaml.ts')).readWithLibrary(text, { failAt, mostTokens });
  const document = async () => (await read()).document;
  const plain = isShort(text, mostTokens / TOKENS_IN_LINE) ? readPlainYaml(text) : null;
  if (plain !== null) return { text, root: plain, document, fail };
  const { root } = await read();
  if (!root) throw usage(`"${shown}" is empty`, HINT);
  return { text, root, document, fail };
}

function isShort(text: string, mostLines: number): boolean {
  let lines = 1;
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) lines += 1;
  return lines <= mostLines;
}

/** The text of a YAML file. Throws usage for what is none. */
export function readYamlText(bytes: Uint8Array, path: string): string {
  const shown = safeText(path, 300);
  if (bytes.length === 0) throw usage(`"${shown}" is empty`, HINT);
  const text = decode(bytes);
  if (text === null) throw usage(`"${shown}" is not text`, HINT);
  if (text.startsWith('\uFEFF')) throw usage(`"${shown}" starts with a byte-order mark`, HINT);
  const control = /[\x00-\x08\x0b\x0c\x0e-\x1f]/.exec(text);
  if (control) throw usage(`"${shown}" is not text: it has a control character`, HINT);
  return text;
}

/** Null where the bytes are no UTF-8. A megabyte of ASCII, which keyturn's own files are, needs no decoder. */
function decode(bytes: Uint8Array): string | null {
  if (isAscii(bytes)) return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return null;
  }
}

function placeOf(text: string, offset: number): string {
  const before = text.slice(0, offset);
  return `line ${before.split('\n').length}, column ${offset - before.lastIndexOf('\n')}`;
}
