import type { RotationOptions } from '../../../core/rotation/plan.ts';
import { parseDuration } from '../../../domain/duration.ts';
import { usage } from '../../../domain/errors.ts';
import { safeText } from '../../../domain/text.ts';
import type { Input } from '../../arguments/input.ts';
import type { OptionSpec } from '../../arguments/specs.ts';

type Old = Required<Pick<RotationOptions, 'graceMs' | 'retainOld' | 'revoke'>>;

const WORDS = ['now', 'keep'] as const;

/** What becomes of the token that is replaced. */
export const OLD_OPTIONS: readonly OptionSpec[] = [
  {
    flags: '--old <when>',
    about:
      'now: end the old token; keep: leave the old token; 24h: keep the old token valid that long (exit 10; `rotations resume` then ends it)',
    values: WORDS,
  },
  { flags: '--grace <duration>', about: 'old spelling of --old DURATION', hidden: true },
  { flags: '--keep-old', about: 'old spelling of --old keep', hidden: true },
  { flags: '--revoke', about: 'old spelling of --old now', hidden: true },
];

/** `--old`, or one of the options that it replaces, which stay for one release. */
export function readOld(input: Input, note: (line: string) => void): Old {
  const grace = input.text('grace');
  const ways = [
    ['--old', input.text('old')],
    ['--grace', grace],
    ['--keep-old', input.flag('keep-old') ? 'keep' : undefined],
    ['--revoke', input.flag('revoke') ? 'now' : undefined],
  ] as const;
  const given = ways.flatMap(([option, value]) => (value === undefined ? [] : [{ option, value }]));
  const [first, second] = given;
  if (!first) return { graceMs: null, retainOld: false, revoke: false };
  if (second)
    throw usage(
      `"${first.option}" and "${second.option}" exclude each other`,
      'give one "--old"; nothing was sent',
    );
  const { option, value } = first;
  if (option !== '--old') note(`"${option}" is deprecated: write \`--old ${safeText(value, 40)}\``);
  if (option !== '--grace' && value === 'now') return { graceMs: null, retainOld: false, revoke: true };
  if (option !== '--grace' && value === 'keep') return { graceMs: null, retainOld: true, revoke: false };
  const graceMs = parseDuration(value, `"${option}"`, option === '--old' ? OLD_HINT : undefined);
  return { graceMs, retainOld: false, revoke: false };
}

const OLD_HINT = 'write now, keep, or how long the old token stays valid: 90m, 12h, 30d';
