import { parseTimeout } from '../../domain/duration.ts';
import { usage } from '../../domain/errors.ts';
import { FORMATS, type Format } from '../../output/report.ts';
import type { Input } from './input.ts';
import type { OptionSpec } from './specs.ts';

/** Accepted before and after the subcommand, by every command. */
export const GLOBAL_OPTIONS: readonly OptionSpec[] = [
  { flags: '-p, --profile <name>', about: 'the profile to use', values: 'profiles' },
  { flags: '--provider <id>', about: 'the provider, where no profile is given', values: 'providers' },
  {
    flags: '-o, --output <format>',
    about: `${FORMATS.join(', ')} (default: human on a terminal, else tsv)`,
    values: FORMATS,
  },
  { flags: '--json', about: 'the same as -o json' },
  { flags: '-q, --quiet', about: 'no notes and no progress on stderr' },
  { flags: '-v, --verbose', about: 'show each request and step on stderr' },
  { flags: '-y, --yes', about: 'do not ask before something is destroyed' },
  { flags: '--no-input', about: 'never ask anything' },
  { flags: '--no-color', about: 'no colour' },
  { flags: '--timeout <duration>', about: 'give up on a request after this long (default 60s)' },
];

export interface Globals {
  readonly profile: string | undefined;
  readonly provider: string | undefined;
  readonly format: Format;
  readonly quiet: boolean;
  readonly verbose: boolean;
  readonly yes: boolean;
  readonly noInput: boolean;
  readonly noColor: boolean;
  readonly timeoutMs: number;
}

interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdoutIsTerminal: boolean;
}

export function readGlobals(input: Input, around: Surroundings): Globals {
  return {
    profile: input.text('profile'),
    provider: input.text('provider'),
    format: readFormat(input, around),
    quiet: input.flag('quiet'),
    verbose: input.flag('verbose'),
    yes: input.flag('yes'),
    noInput: input.flag('no-input'),
    noColor: input.flag('no-color'),
    timeoutMs: parseTimeout(input.text('timeout') ?? '60s', '"--timeout"'),
  };
}

export function readFormat(input: Input, { env, stdoutIsTerminal }: Surroundings): Format {
  const named = input.text('output');
  if (input.flag('json')) {
    if (named !== undefined && named !== 'json')
      throw usage('"--json" and "--output" name different formats', 'give one of them');
    return 'json';
  }
  const fromEnv = env['KEYTURN_OUTPUT'];
  const chosen = named ?? (fromEnv === '' ? undefined : fromEnv);
  if (chosen === undefined) return stdoutIsTerminal ? 'human' : 'tsv';
  const format = FORMATS.find((candidate) => candidate === chosen);
  if (format === undefined) {
    throw usage(
      `${named === undefined ? 'KEYTURN_OUTPUT' : '"--output"'} takes one of ${FORMATS.join(', ')}`,
      'write `-o json`',
    );
  }
  return format;
}
