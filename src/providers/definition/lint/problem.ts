import type { Definition, Verb } from '../provider-table.ts';
import type { RequestDefinition } from '../request-table.ts';
import type { Place } from '../source.ts';

/** One thing that a definition must not hold. `says` continues the sentence "the file …". */
export interface Problem {
  readonly place: Place;
  readonly says: string;
}

export interface LintContext {
  /** The ids of the providers that come with keyturn: nobody else’s definition may take one. */
  readonly shippedIds: ReadonlySet<string>;
  /** Set for the definitions that come with keyturn. */
  readonly isShipped?: boolean;
}

export interface PlacedRequest {
  readonly place: Place;
  /** `probe`, or the verb. */
  readonly role: Verb | 'probe';
  readonly request: RequestDefinition;
}

export function requestsOf({ tokens, probe }: Definition): readonly PlacedRequest[] {
  const verbs = Object.entries(tokens) as [Verb, RequestDefinition][];
  return [
    ...verbs.map(([role, request]) => ({ place: ['tokens', role], role, request })),
    { place: ['probe'], role: 'probe' as const, request: probe },
  ];
}

/** Calls that only look. */
const READS: ReadonlySet<string> = new Set(['list', 'get', 'prove', 'probe']);

export function isReadRole(role: PlacedRequest['role']): boolean {
  return READS.has(role);
}

/** Every text of a value, with its place. */
export function* textsIn(
  value: unknown,
  place: Place,
): Generator<{ readonly place: Place; readonly text: string }> {
  if (typeof value === 'string') yield { place, text: value };
  else if (Array.isArray(value))
    for (const [index, item] of value.entries()) yield* textsIn(item, [...place, index]);
  else if (typeof value === 'object' && value !== null)
    for (const [name, inner] of Object.entries(value)) yield* textsIn(inner, [...place, name]);
}
