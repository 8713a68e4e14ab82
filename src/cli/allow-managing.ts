import type { OptionSpec } from './command.ts';

/** Of every command that hands a secret to somebody else. */
export const ALLOW_MANAGING: OptionSpec = {
  flags: '--allow-managing',
  about: 'hand out also a managing credential, which may create and revoke tokens',
};
