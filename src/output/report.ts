import type { ErrorCode } from '../domain/errors.ts';
import type { Json, JsonObject } from '../domain/json.ts';
import type { Secret } from '../domain/secret.ts';

export type Format = 'human' | 'tsv' | 'json' | 'yaml' | 'ndjson' | 'name';
export const FORMATS: readonly Format[] = ['human', 'tsv', 'json', 'yaml', 'ndjson', 'name'];

/** Whether the format is a document for programs, which carries everything; the others are lines. */
export function isStructured(format: Format): boolean {
  return format === 'json' || format === 'yaml' || format === 'ndjson';
}

/** A document that may hold secrets. The presenter reveals them when it writes the document; nothing else does. */
export interface ReportObject {
  readonly [field: string]: Json | Secret | ReportObject | readonly ReportObject[] | undefined;
}

/** One column of a table, one line of a single record. */
export interface Column {
  readonly title: string;
  readonly field: string;
  /** `status` is the state of a thing (red for a revoked token), `result` is that of an action (green for `revoked`, as asked). */
  readonly kind: 'text' | 'time' | 'status' | 'result' | 'mark' | 'list' | 'number';
  /** How an object is shown in one cell: its fields as `name=value`, or as `name:value` without blanks. */
  readonly pairs?: '=' | ':';
  /** For people, nothing stands there in records whose field has this value. */
  readonly blankWhen?: { readonly field: string; readonly value: string };
  /** For people it is no column of the table: `ListReport.below` shows it whole. */
  readonly below?: true;
  /** Left out of the table when it is narrow, lowest first; never left out of tsv. 0 or absent = always there. */
  readonly optional?: number;
}

/** Many records. Pages are written as they arrive where the format allows it. */
export interface ListReport {
  readonly shape: 'list';
  /** The name and version of the document. */
  readonly schema: string;
  /** The document's fields beside the records: provider, profile. */
  readonly head: JsonObject;
  /** The document's field that holds the records: `tokens`. */
  readonly key: string;
  readonly columns: readonly Column[];
  readonly pages: AsyncIterable<readonly JsonObject[]>;
  /** Set where verbs take the name although there is an id (a saved credential's id is its provider's), or the id without `id:`. */
  readonly referBy?: 'name' | 'bare-id';
  /** For people, instead of a table: where a table would cut what matters. One piece of text a record. */
  readonly lines?: ((item: JsonObject) => string) | undefined;
  /** For people, lines below the table, asked for after the last page: what must be read whole, where a table would cut it. */
  readonly below?: () => readonly string[];
  /** The result in words, for stderr where the product is fields for a program (tsv). */
  readonly said?: readonly string[];
  /** Lines for stderr, asked for after the last page. */
  readonly notes?: () => readonly string[];
  readonly exit?: () => ErrorCode | undefined;
}

/** One record, or a result in words. */
export interface OneReport {
  readonly shape: 'one';
  readonly schema: string;
  /** The whole document without its schema. */
  readonly data: ReportObject;
  /** The field of `data` that is the record; its columns are shown to people. Without it `data` itself is the record. */
  readonly key?: string;
  readonly referBy?: 'name' | 'bare-id';
  readonly columns?: readonly Column[];
  /** What a person reads before the record; in other formats it is left out. */
  readonly lines?: readonly string[];
  /** Lines for stderr. */
  readonly notes?: readonly string[];
  readonly exit?: ErrorCode;
}

/** The command has written its product itself (a secret that had to be out before the next step). */
export interface WrittenReport {
  readonly shape: 'written';
  /** The exit code of a program that ran in our place; beats `exit`. */
  readonly status?: number;
  /** The signal that ended it: we end likewise. */
  readonly signal?: NodeJS.Signals | null;
  readonly notes?: readonly string[];
  readonly exit?: ErrorCode;
}

/** Text that is the product as it is: a completion script, a secret, a helper's answer. */
export interface TextReport {
  readonly shape: 'text';
  readonly text: string | Secret;
  /** Ends the text with a newline. */
  readonly newline?: true;
  readonly notes?: readonly string[];
  readonly exit?: ErrorCode;
}

export type Report = ListReport | OneReport | WrittenReport | TextReport;
