import type { AppError } from '../../domain/errors.ts';

/** A parsed file, as far as the reader of definitions needs it: where every value stands, so that a mistake has a line. */
export interface Source {
  readonly root: SourceNode;
  /** A usage error that names the file, and line and column of the node; `what` continues the sentence. */
  fail(node: SourceNode, what: string): AppError;
}

export type SourceNode = SourceScalar | SourceMapping | SourceList | null | undefined;

export interface SourceScalar {
  readonly kind: 'scalar';
  readonly value: string | number | boolean | null;
  readonly text: string | null;
}

export interface SourceMapping {
  readonly kind: 'mapping';
  readonly items: readonly { readonly key: SourceScalar | null; readonly value: SourceNode }[];
}

export interface SourceList {
  readonly kind: 'list';
  readonly items: readonly SourceNode[];
}

/** The way to a value: names of members and numbers of rows. */
export type Place = readonly (string | number)[];

/** `tokens.create.call`, for a message. */
export function placeText(place: Place): string {
  return place
    .map((part, index) =>
      typeof part === 'number' ? `[${part}]` : `${index === 0 ? '' : '.'}${part.slice(0, 60)}`,
    )
    .join('');
}

/** The node at a place, or the nearest one around it. */
export function nodeAt(source: Source, place: Place): SourceNode {
  let node = source.root;
  for (const part of place) {
    const inner =
      node?.kind === 'list' && typeof part === 'number'
        ? node.items[part]
        : node?.kind === 'mapping'
          ? node.items.find(({ key }) => key?.text === part)?.value
          : undefined;
    if (inner === null || inner === undefined) return node;
    node = inner;
  }
  return node;
}
