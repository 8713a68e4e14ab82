import type { TokenFilter } from '../core/token-filter.ts';
import { parseDuration } from '../domain/duration.ts';
import { usage } from '../domain/errors.ts';
import type { Input } from './input.ts';

/** The filters by time, as `tokens list` and `tokens rotate --all` take them. `--due-within` is another name of the first. */
export const FILTER_FLAGS = {
  expiringWithin: '--expiring-within <duration>',
  dueWithin: '--due-within <duration>',
  olderThan: '--older-than <duration>',
  unusedFor: '--unused-for <duration>',
} as const;

export function readFilter(input: Input): Omit<TokenFilter, 'status'> {
  const within = read(input, 'expiring-within');
  const due = read(input, 'due-within');
  if (within !== undefined && due !== undefined) {
    throw usage('"--expiring-within" and "--due-within" are the same', 'give one of them');
  }
  return {
    expiringWithinMs: within ?? due,
    olderThanMs: read(input, 'older-than'),
    unusedForMs: read(input, 'unused-for'),
  };
}

function read(input: Input, name: string): number | undefined {
  const text = input.text(name);
  return text === undefined ? undefined : parseDuration(text, `"--${name}"`);
}
