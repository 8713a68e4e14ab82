/** Of what a definition says once or several times: always a list. */
export function listOf<T extends string>(value: T | readonly T[] | undefined): readonly T[] {
  if (value === undefined) return [];
  return isSeveral(value) ? value : [value];
}

/** Whether it says it several times: a list. */
export function isSeveral<T>(value: T | readonly string[]): value is readonly string[] {
  return Array.isArray(value);
}
