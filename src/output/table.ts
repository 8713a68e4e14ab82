import type { ChalkInstance } from 'chalk';
import type { JsonObject } from '../domain/json.ts';
import { humanCell } from './cells.ts';
import type { Column } from './report.ts';
import { cutEnd, widthOf } from './width.ts';

const GAP = 2;
const WIDEST = 60;
/** So many rows are one write. */
const ROWS_AT_ONCE = 100;

/** Statuses of tokens, results, operations, findings and plans. What is in neither is bad news. */
const GOOD: ReadonlySet<string> = new Set(['active', 'ok', 'done', 'nothing']);
const WORTH_A_LOOK: ReadonlySet<string> = new Set([
  'disabled',
  'pending',
  'open',
  'aborted',
  'warning',
  'unknown',
  'create',
  'rotate',
  'deliver',
  'resume',
  'wait',
]);

/** Of an action: `revoked` and `disabled` are what was asked for. */
const DONE: ReadonlySet<string> = new Set([
  'done',
  'created',
  'rotated',
  'revoked',
  'deleted',
  'enabled',
  'disabled',
  'resumed',
  'delivered',
  'nothing',
]);

interface TableOptions {
  readonly columns: readonly Column[];
  readonly width: number;
  readonly now: number;
  readonly style: ChalkInstance;
}

/** The widths of the columns come from this many rows. */
export const SAMPLE = 1_000;

/**
 * A table without lines; columns that do not fit the width are left out, the widest text is cut with `…`. `first` are its
 * first rows: the header is made of them, and `rows` gives the lines of any rows.
 */
export function layOut(first: readonly JsonObject[], options: TableOptions) {
  const cellsOf = (item: JsonObject) => options.columns.map((column) => humanCell(item, column, options.now));
  const sample = first.slice(0, SAMPLE).map(cellsOf);
  const widths = options.columns.map((column, index) =>
    Math.min(WIDEST, Math.max(widthOf(column.title), ...sample.map((row) => widthOf(row[index] ?? '')))),
  );
  const kept = chooseColumns(options.columns, widths, options.width);
  const colWidths = fitWidths(
    kept.map((index) => widths[index] ?? 0),
    options.width,
  );
  const pick = <T>(list: readonly T[]): T[] => kept.flatMap((index) => list.slice(index, index + 1));
  const columns = pick(options.columns);
  return {
    header: renderRow(
      columns.map(({ title }) => title),
      colWidths,
      (text) => options.style.bold(text),
    ),
    *rows(items: readonly JsonObject[]): Generator<string> {
      for (let start = 0; start < items.length; start += ROWS_AT_ONCE) {
        const part = items.slice(start, start + ROWS_AT_ONCE).map(cellsOf);
        yield part.map((row) => renderRow(pick(row), colWidths, paintOf(columns, options.style))).join('');
      }
    },
  };
}

type Paint = (text: string, index: number) => string;

function renderRow(row: readonly string[], colWidths: readonly number[], paint: Paint): string {
  const cells = row.map((text, index) => {
    const width = colWidths[index] ?? 0;
    const shown = cutEnd(text, width);
    // What follows the last cell would be blanks at the end of the line.
    const gap = index === row.length - 1 ? 0 : width - widthOf(shown) + GAP;
    return `${paint(shown, index)}${' '.repeat(gap)}`;
  });
  return `${cells.join('').trimEnd()}\n`;
}

function paintOf(columns: readonly Column[], style: ChalkInstance): Paint {
  return (text, index) => {
    const kind = columns[index]?.kind;
    if (kind === 'result' && DONE.has(text)) return style.green(text);
    return kind === 'status' || kind === 'result' ? paintStatus(text, style) : text;
  };
}

function paintStatus(text: string, style: ChalkInstance): string {
  if (GOOD.has(text)) return style.green(text);
  return WORTH_A_LOOK.has(text) ? style.yellow(text) : style.red(text);
}

/** Drops optional columns, least wanted first, until the rest fits. */
function chooseColumns(columns: readonly Column[], widths: readonly number[], width: number): number[] {
  const kept = columns.map((_, index) => index);
  const total = () => kept.reduce((sum, index) => sum + (widths[index] ?? 0) + GAP, 0);
  const dispensable = kept
    .filter((index) => (columns[index]?.optional ?? 0) > 0)
    .sort((a, b) => (columns[b]?.optional ?? 0) - (columns[a]?.optional ?? 0));
  for (const index of dispensable) {
    if (total() <= width) break;
    kept.splice(kept.indexOf(index), 1);
  }
  return kept;
}

function fitWidths(widths: readonly number[], width: number): number[] {
  const result = [...widths];
  let excess = result.reduce((sum, each) => sum + each + GAP, 0) - width;
  while (excess > 0) {
    const widest = result.indexOf(Math.max(...result));
    const value = result[widest] ?? 0;
    if (value <= 8) break;
    result[widest] = value - 1;
    excess -= 1;
  }
  return result;
}
