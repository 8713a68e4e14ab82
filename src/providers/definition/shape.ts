import type { Json } from '../../domain/json.ts';

/**
 * What a value of a definition may be, as data. The reader, the JSON Schema for editors and the types of the code are all
 * made from one table of these (`provider-table.ts`).
 */
export type Shape =
  | TextShape
  | { readonly kind: 'flag' | 'json'; readonly about: string }
  | { readonly kind: 'number'; readonly about: string; readonly least: number; readonly most: number }
  | { readonly kind: 'words'; readonly about: string; readonly words: readonly string[] }
  | { readonly kind: 'list'; readonly about: string; readonly of: Shape }
  | { readonly kind: 'map'; readonly about: string; readonly of: Shape; readonly keys: KeyGrammar }
  | { readonly kind: 'either'; readonly about: string; readonly of: readonly Shape[] }
  | FieldsShape;

export interface TextShape {
  readonly kind: 'text';
  readonly about: string;
  readonly grammar: TextGrammar;
}

export interface FieldsShape {
  readonly kind: 'fields';
  readonly about: string;
  readonly required: Readonly<Record<string, Shape>>;
  readonly optional: Readonly<Record<string, Shape>>;
}

/** How a text is written; `text-grammar.ts` has the check and the sentence of each. */
export type TextGrammar =
  | 'line'
  | 'template'
  | 'pointer'
  | 'name'
  | 'id'
  | 'address'
  | 'origin'
  | 'call'
  | 'date';

/** `name`: a name of the definition's own, `[a-z][a-z0-9-]*`. `header`: a header. `status`: 100 to 599. `member`: anything of the vendor's. */
export type KeyGrammar = 'name' | 'header' | 'status' | 'member';

export function text(about: string, grammar: TextGrammar = 'line') {
  return { kind: 'text', about, grammar } as const;
}

export function flag(about: string) {
  return { kind: 'flag', about } as const;
}

/** A constant of the vendor's, with placeholders in its texts. */
export function json(about: string) {
  return { kind: 'json', about } as const;
}

export function number(about: string, least: number, most: number) {
  return { kind: 'number', about, least, most } as const;
}

export function words<const W extends readonly string[]>(about: string, ...all: W) {
  return { kind: 'words', about, words: all } as const;
}

export function list<const S extends Shape>(about: string, of: S) {
  return { kind: 'list', about, of } as const;
}

export function map<const S extends Shape>(about: string, keys: KeyGrammar, of: S) {
  return { kind: 'map', about, keys, of } as const;
}

export function either<const S extends readonly Shape[]>(about: string, ...of: S) {
  return { kind: 'either', about, of } as const;
}

type Shapes = Readonly<Record<string, Shape>>;

export function fields<const R extends Shapes, const O extends Shapes>(
  about: string,
  required: R,
  optional: O,
) {
  return { kind: 'fields', about, required, optional } as const;
}

/** The type of the values that have the shape. */
export type Of<S> = S extends { readonly kind: 'text' }
  ? string
  : S extends { readonly kind: 'flag' }
    ? boolean
    : S extends { readonly kind: 'number' }
      ? number
      : S extends { readonly kind: 'json' }
        ? Json
        : S extends { readonly kind: 'words'; readonly words: infer W extends readonly string[] }
          ? W[number]
          : S extends { readonly kind: 'list'; readonly of: infer T }
            ? readonly Of<T>[]
            : S extends { readonly kind: 'map'; readonly of: infer T }
              ? Readonly<Record<string, Of<T>>>
              : S extends { readonly kind: 'either'; readonly of: infer T extends readonly Shape[] }
                ? Of<T[number]>
                : S extends {
                      readonly kind: 'fields';
                      readonly required: infer R;
                      readonly optional: infer O;
                    }
                  ? { readonly [K in keyof R]: Of<R[K]> } & { readonly [K in keyof O]?: Of<O[K]> }
                  : never;
