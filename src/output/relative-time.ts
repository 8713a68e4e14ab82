const STEPS = [
  { ms: 86_400_000, word: 'day' },
  { ms: 3_600_000, word: 'hour' },
  { ms: 60_000, word: 'minute' },
] as const;

/** `in 29 days`, `3 hours ago`, `just now`: for people only. */
export function relativeTime(instant: string, now: number): string {
  const distance = Date.parse(instant) - now;
  const size = Math.abs(distance);
  const step = STEPS.find((candidate) => size >= candidate.ms);
  if (!step) return distance >= 0 ? 'in a moment' : 'just now';
  const count = Math.floor(size / step.ms);
  const words = `${count} ${step.word}${count === 1 ? '' : 's'}`;
  return distance >= 0 ? `in ${words}` : `${words} ago`;
}
