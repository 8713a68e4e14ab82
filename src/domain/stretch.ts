/** From the first byte or character up to the one after the last. */
export interface Stretch {
  readonly start: number;
  readonly end: number;
}

/** Sorted, and those that overlap as one. */
export function joinStretches(stretches: readonly Stretch[]): Stretch[] {
  const joined: Stretch[] = [];
  for (const stretch of [...stretches].sort((a, b) => a.start - b.start || b.end - a.end)) {
    const last = joined.at(-1);
    if (last && stretch.start < last.end)
      joined[joined.length - 1] = { start: last.start, end: Math.max(last.end, stretch.end) };
    else joined.push(stretch);
  }
  return joined;
}
