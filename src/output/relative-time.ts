const STEPS = [
  { ms: 60_000, word: 'minute', next: 60 },
  { ms: 3_600_000, word: 'hour', next: 24 },
  { ms: 86_400_000, word: 'day', next: Number.POSITIVE_INFINITY },
] as const;

/** `in 30 days`, `3 hours ago`, `just now`, rounded to the nearest unit: for people only. */
export function relativeTime(instant: string, now: number): string {
  const distance = Date.parse(instant) - now;
  const size = Math.abs(distance);
  if (size < 60_000) return distance >= 0 ? 'in a moment' : 'just now';
  const step = STEPS.find(({ ms, next }) => Math.round(size / ms) < next) ?? STEPS[2];
  const count = Math.round(size / step.ms);
  const words = `${count} ${step.word}${count === 1 ? '' : 's'}`;
  return distance >= 0 ? `in ${words}` : `${words} ago`;
}
