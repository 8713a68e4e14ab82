import type { TokenFilter } from '../../core/token-filter.ts';
import { parseDuration } from '../../domain/duration.ts';
import { usage } from '../../domain/errors.ts';
import type { Input } from './input.ts';
import type { OptionSpec } from './specs.ts';

/**
 * The providers' own options of `tokens create` and `tokens rotate`. Written here too, since help must not load four
 * providers; a test holds both lists together.
 */
export const TOKEN_OPTION_SPECS: readonly OptionSpec[] = [
  { flags: '--user <email>', about: 'Devo: the user that the token is for' },
  { flags: '--audience <audience>', about: 'Devo: apiv2, apiv2-admin, aggregations, alerts, http' },
  {
    flags: '--token-scope <scope>',
    about: 'Prefactor: account, environment, agent_deployment (default: account)',
  },
  { flags: '--account-id <id>', about: 'Prefactor: the account' },
  { flags: '--environment-id <id>', about: 'Prefactor: the environment' },
  { flags: '--agent-id <id>', about: 'Prefactor: the agent' },
];

export function tokenOptionNames(): readonly string[] {
  return TOKEN_OPTION_SPECS.map((spec) => /--([a-z-]+)/.exec(spec.flags)?.[1] ?? '');
}

/** The title of the provider that an option is for; help names it in front. */
export function ownerOf(name: string): string {
  const spec = TOKEN_OPTION_SPECS.find(({ flags }) => flags.startsWith(`--${name} `));
  return spec?.about.split(':')[0] ?? 'another provider';
}

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

/** Of every command that hands a secret to somebody else. */
export const ALLOW_MANAGING: OptionSpec = {
  flags: '--allow-managing',
  about: 'hand out also a managing credential, which may create and revoke tokens',
};
