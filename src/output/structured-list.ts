import type { JsonObject } from '../domain/json.ts';
import type { ListReport } from './report.ts';
import { jsonText, yamlText } from './structured.ts';

type Records = Pick<ListReport, 'schema' | 'head' | 'key' | 'pages'>;

/** In characters. A list that fails within this length prints nothing. */
const HELD = 1024 * 1024;

/**
 * The document `{ schema, …head, key: records }`; a long one is written while the records come. Where those end with an
 * error, so does the text: it is no JSON then.
 */
export function jsonList(records: Records): AsyncGenerator<string> {
  return heldAtFirst(jsonPieces(records), '');
}

/** As {@link jsonList}. The beginning of a YAML list is one, too: where an error ends it, a line is added that is no YAML. */
export function yamlList(records: Records): AsyncGenerator<string> {
  return heldAtFirst(yamlPieces(records), '{ this list is not complete\n');
}

async function* heldAtFirst(pieces: AsyncIterable<string>, atError: string): AsyncGenerator<string> {
  let held = '';
  let isLong = false;
  try {
    for await (const piece of pieces) {
      held += piece;
      isLong ||= held.length > HELD;
      if (!isLong) continue;
      yield held;
      held = '';
    }
  } catch (error) {
    if (isLong && atError !== '') yield atError;
    throw error;
  }
  yield held;
}

async function* jsonPieces({ schema, head, key, pages }: Records): AsyncGenerator<string> {
  const [start, end] = halves(`${jsonText({ schema, ...head, [key]: [] }, 2)}\n`, ']');
  let isFirst = true;
  for await (const page of pages) {
    if (page.length === 0) continue;
    const items = page.map((item) => `\n    ${jsonText(item, 2).replaceAll('\n', '\n    ')}`).join();
    yield `${isFirst ? start : ','}${items}`;
    isFirst = false;
  }
  yield isFirst ? start + end : `\n  ${end}`;
}

async function* yamlPieces({ schema, head, key, pages }: Records): AsyncGenerator<string> {
  let isFirst = true;
  for await (const page of pages) {
    if (page.length === 0) continue;
    const document: JsonObject = { ...(isFirst && { schema, ...head }), [key]: page };
    const text = await yamlText(document);
    yield isFirst ? text : text.slice(text.indexOf('\n') + 1);
    isFirst = false;
  }
  if (isFirst) yield await yamlText({ schema, ...head, [key]: [] });
}

/** The text before the last `mark`, and from there on. */
function halves(text: string, mark: string): readonly [string, string] {
  const at = text.lastIndexOf(mark);
  return [text.slice(0, at), text.slice(at)];
}
