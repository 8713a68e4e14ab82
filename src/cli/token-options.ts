import type { OptionSpec } from './command.ts';

/**
 * The providers' own options of `tokens create` and `tokens rotate`. Written here too, since help must not load four
 * providers; a test holds both lists together.
 */
export const TOKEN_OPTION_SPECS: readonly OptionSpec[] = [
  { flags: '--user <email>', about: 'Devo: whom it is for' },
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
