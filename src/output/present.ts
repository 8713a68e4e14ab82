import type { ChalkInstance } from 'chalk';
import type { JsonObject } from '../domain/json.ts';
import { Secret } from '../domain/secret.ts';
import { eachLineSafe, exactText, safeText } from '../domain/text.ts';
import { exactCell, wholeCell } from './cells.ts';
import { relativeTime } from './relative-time.ts';
import type { Column, Format, ListReport, OneReport, Report, ReportObject } from './report.ts';
import { jsonText, yamlText } from './structured.ts';
import { jsonList, yamlList } from './structured-list.ts';

export interface Presentation {
  readonly format: Format;
  readonly colour: boolean;
  /** Columns of the terminal. */
  readonly width: number;
  /** Read when a time is shown: after the provider answered, or its newest times would be in the future. */
  readonly now: number;
}

/** A report as the text of stdout, piece by piece: lists of any length pass through without being held. */
export async function* present(report: Report, how: Presentation): AsyncGenerator<string> {
  if (report.shape === 'text') yield `${plain(report.text)}${report.newline ? '\n' : ''}`;
  if (report.shape === 'list') yield* presentList(report, how);
  if (report.shape === 'one') yield* presentOne(report, how);
}

async function* presentList(report: ListReport, how: Presentation): AsyncGenerator<string> {
  switch (how.format) {
    case 'ndjson':
      yield* eachPage(report, (item) => `${jsonText(item)}\n`);
      return;
    case 'tsv':
      yield* eachPage(report, (item) => tsvLine(item, report.columns));
      return;
    case 'name':
      yield* eachPage(report, (item) => nameLine(item, report.referBy));
      return;
    case 'human':
      yield* report.lines
        ? eachPage(report, (item) => safeLines(report.lines?.(item) ?? ''))
        : presentTable(report, how);
      return;
    case 'yaml':
      yield* yamlList(report);
      return;
    default:
      yield* jsonList(report);
  }
}

async function* eachPage(report: ListReport, line: (item: JsonObject) => string): AsyncGenerator<string> {
  for await (const page of report.pages) yield page.map(line).join('');
}

/** The first rows are held until there are enough to tell how wide the columns have to be. */
async function* presentTable(report: ListReport, how: Presentation): AsyncGenerator<string> {
  const [{ layOut, SAMPLE }, { createStyle }] = await Promise.all([
    import('./table.ts'),
    import('./style.ts'),
  ]);
  const style = createStyle(how.colour);
  const columns = report.columns.filter(({ below }) => !below);
  const start = (items: readonly JsonObject[]) =>
    layOut(items, { columns, width: how.width, now: how.now, style });
  let first: JsonObject[] = [];
  let table: ReturnType<typeof layOut> | null = null;
  for await (const page of report.pages) {
    if (table === null) first.push(...page);
    else yield* table.rows(page);
    if (table !== null || first.length < SAMPLE) continue;
    table = start(first);
    yield table.header;
    yield* table.rows(first);
    first = [];
  }
  if (table === null && first.length > 0) {
    table = start(first);
    yield table.header;
    yield* table.rows(first);
  }
  for (const line of report.below?.() ?? []) yield `${safeText(line, Number.POSITIVE_INFINITY)}\n`;
}

async function* presentOne(report: OneReport, how: Presentation): AsyncGenerator<string> {
  const record = recordOf(report);
  switch (how.format) {
    case 'human':
      for (const line of report.lines ?? []) yield safeLines(line);
      if (record && report.columns)
        yield* recordLines(record, report.columns, how, (await import('./style.ts')).createStyle(how.colour));
      return;
    case 'tsv':
      if (record && report.columns) yield tsvLine(record, report.columns);
      return;
    case 'name':
      if (record) yield nameLine(record, report.referBy);
      return;
    case 'ndjson':
      yield `${jsonText({ schema: report.schema, ...revealed(report.data) })}\n`;
      return;
    default:
      yield await document({ schema: report.schema, ...revealed(report.data) }, how);
  }
}

function* recordLines(
  record: JsonObject,
  columns: readonly Column[],
  how: Presentation,
  style: ChalkInstance,
): Generator<string> {
  const widest = Math.max(...columns.map((column) => labelOf(column).length));
  for (const column of columns) {
    const text = wholeCell(record, column);
    if (text === '' || (column.kind === 'mark' && text === 'false')) continue;
    const isBlank = column.blankWhen && record[column.blankWhen.field] === column.blankWhen.value;
    const isDate = column.kind === 'time' && typeof record[column.field] === 'string' && !isBlank;
    const shown = isDate ? `${text} (${relativeTime(text, how.now)})` : text;
    yield `${style.dim(labelOf(column).padEnd(widest))}  ${shown}\n`;
  }
}

/** A mark has no title in a table; here it is named after its field: `inUse` is `in use`. */
function labelOf(column: Column): string {
  const title = column.title === '' ? column.field.replace(/[A-Z]/g, ' $&') : column.title;
  return title.toLowerCase();
}

/** What people and tsv see; a secret in it stays hidden. */
function recordOf({ columns, data, key }: OneReport): JsonObject | null {
  const item = key === undefined ? columns && data : data[key];
  return isRecord(item) ? item : null;
}

/** The one place where a report's secret becomes text, for the write that follows. */
function plain(text: string | Secret): string {
  return text instanceof Secret ? text.reveal() : text;
}

function revealed(data: ReportObject): JsonObject {
  const shown = (value: unknown): unknown => {
    if (value instanceof Secret) return plain(value);
    if (Array.isArray(value)) return value.map(shown);
    return isObject(value) ? revealed(value) : value;
  };
  return Object.fromEntries(
    Object.entries(data).map(([field, value]) => [field, shown(value)]),
  ) as JsonObject;
}

function isObject(value: unknown): value is ReportObject {
  return typeof value === 'object' && value !== null;
}

async function document(data: JsonObject, how: Presentation): Promise<string> {
  if (how.format !== 'yaml') return `${jsonText(data, 2)}\n`;
  return yamlText(data);
}

/** Marks come last, so that the first field is what the record is called. */
function tsvLine(item: JsonObject, columns: readonly Column[]): string {
  const inOrder = [
    ...columns.filter((column) => column.kind !== 'mark'),
    ...columns.filter((column) => column.kind === 'mark'),
  ];
  return `${inOrder.map((column) => exactCell(item, column)).join('\t')}\n`;
}

/** Lines may quote a provider. One text may hold several of our lines. */
function safeLines(text: string): string {
  return `${eachLineSafe(text)}\n`;
}

/** One reference a line, every command accepts it; items without one print nothing (a failed result, a plan's step). */
function nameLine(item: JsonObject, referBy: 'name' | 'bare-id' | undefined): string {
  const { id, name } = item;
  if (typeof id === 'string' && referBy !== 'name')
    return `${referBy === undefined ? 'id:' : ''}${exactText(id)}\n`;
  return typeof name === 'string' && name !== '' ? `${exactText(name)}\n` : '';
}

function isRecord(value: unknown): value is JsonObject {
  return isObject(value) && !Array.isArray(value) && !(value instanceof Secret);
}
