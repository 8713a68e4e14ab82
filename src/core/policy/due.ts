import { formatDuration } from '../../domain/duration.ts';
import { AppError } from '../../domain/errors.ts';
import type { PolicyToken } from '../../domain/policy.ts';
import type { Instant } from '../../domain/time.ts';

/** When a secret was made and when it ends, as far as anybody tells. */
export interface Life {
  readonly bornAt: Instant | null;
  readonly endsAt: Instant | null;
  /** The provider's own texts, where a date is there and cannot be read: such a secret is due. */
  readonly unreadableBirth?: string | undefined;
  readonly unreadableEnd?: string | undefined;
}

/** Why the secret is to be replaced now; null when it is not. Throws `conflict` where the policy asks for an age that nobody knows. */
export function whyDue(policy: PolicyToken, life: Life, now: number): string | null {
  return whyTooOld(policy, life, now) ?? whyEnding(policy, life, now);
}

function whyTooOld({ maximumAgeMs, name }: PolicyToken, life: Life, now: number): string | null {
  const { bornAt, unreadableBirth } = life;
  if (maximumAgeMs === null) return null;
  if (unreadableBirth !== undefined) return `nobody can read when it was made: "${unreadableBirth}"`;
  if (bornAt === null) {
    throw new AppError({
      code: 'conflict',
      message: `nobody tells how old "${name}" is`,
      hint: `rotate it once with \`keyturn tokens rotate ${name} --save ${name}\`, or leave \`maximumAge\` out`,
    });
  }
  if (now - Date.parse(bornAt) < maximumAgeMs) return null;
  return `it is older than ${formatDuration(maximumAgeMs)}`;
}

/**
 * A provider may choose a life that is shorter than `renewBefore`; such a token would be due from its first second, and
 * every run would replace it. So nothing is due in the first half of its life.
 */
function whyEnding({ renewBeforeMs }: PolicyToken, life: Life, now: number): string | null {
  const { bornAt, endsAt, unreadableEnd } = life;
  if (renewBeforeMs === null) return null;
  if (endsAt === null) {
    return unreadableEnd === undefined ? null : `nobody can read when it ends: "${unreadableEnd}"`;
  }
  const end = Date.parse(endsAt);
  const asked = end - renewBeforeMs;
  const middle = bornAt === null ? asked : (Date.parse(bornAt) + end) / 2;
  return now >= Math.max(asked, middle) ? `it ends at ${endsAt}` : null;
}
