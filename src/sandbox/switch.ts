/** One assumption that can be switched: what may be written for it, and what each value means. */
export interface Switch<T> {
  readonly initial: T;
  /** What may be written, for people: `true, false`, `0 to 100`. */
  readonly values: string;
  /** What the sandbox does unless it is told otherwise. */
  readonly usual: string;
  /** What the other values do. */
  readonly otherwise: string;
  /** Undefined for a text that is no value of this switch. */
  read(text: string): T | undefined;
}

export type SwitchTable = Readonly<Record<string, Switch<boolean | number | string>>>;

export type ValuesOf<S> = { readonly [K in keyof S]: S[K] extends Switch<infer T> ? T : never };

interface Meaning {
  readonly usual: string;
  readonly otherwise: string;
}

export function flag(initial: boolean, meaning: Meaning): Switch<boolean> {
  const read = (text: string): boolean | undefined =>
    text === 'true' || text === 'false' ? text === 'true' : undefined;
  return { initial, values: 'true, false', ...meaning, read };
}

export function count(
  initial: number,
  [least, most]: readonly [number, number],
  meaning: Meaning,
): Switch<number> {
  const read = (text: string): number | undefined => {
    const value = /^\d{1,12}$/.test(text) ? Number(text) : -1;
    return value >= least && value <= most ? value : undefined;
  };
  return { initial, values: `${least} to ${most}`, ...meaning, read };
}

/** The first choice is the usual one. */
export function choice<const C extends string>(choices: readonly [C, ...C[]], meaning: Meaning): Switch<C> {
  const read = (text: string): C | undefined => choices.find((value) => value === text);
  return { initial: choices[0], values: choices.join(', '), ...meaning, read };
}

/** The name of a field that a vendor might use. `initial` is a word with a meaning of its own. */
export function fieldName(initial: string, meaning: Meaning, others: readonly string[] = []): Switch<string> {
  const read = (text: string): string | undefined => (/^[A-Za-z_][\w-]{0,63}$/.test(text) ? text : undefined);
  return { initial, values: [initial, ...others, 'the name of a field'].join(', '), ...meaning, read };
}

export function initialValues<S extends SwitchTable>(table: S): ValuesOf<S> {
  const values = Object.entries(table).map(([name, { initial }]) => [name, initial]);
  // `Object.fromEntries` forgets which name has which type; the table itself says it.
  return Object.fromEntries(values) as ValuesOf<S>;
}
