import { requireSupport } from '../../../core/capabilities.ts';
import { placeOf } from '../../../core/create-command.ts';
import type { Command } from '../../arguments/command.ts';
import { DELIVERY_OPTIONS } from '../../arguments/delivery.ts';
import { FILTER_FLAGS, TOKEN_OPTION_SPECS } from '../../arguments/token-options.ts';
import { OLD_OPTIONS } from './old-option.ts';
import { rotateTokens } from './rotate-tokens.ts';

export const command: Command = {
  arguments: [{ name: '[ref...]', about: 'names or ids' }],
  options: [
    ...OLD_OPTIONS,
    { flags: '--if-expiring-within <duration>', about: 'do nothing unless it ends within this time' },
    { flags: '--allow-self', about: 'also the credential that keyturn is using' },
    {
      flags: '--session',
      about:
        'Errova: a browser session creates the new token, and the old token ends afterwards (cookie from stdin, a prompt or KEYTURN_SESSION)',
    },
    { flags: '--name <name>', about: 'name of the new token, if not that of the old token' },
    { flags: '--scope <scope...>', about: 'scopes of the new token, if not those of the old token' },
    {
      flags: '--expires-in <duration>',
      about: 'how long the new token is valid, if not as long as the old token',
    },
    { flags: '--expires-at <time>', about: 'when the new token ends' },
    ...TOKEN_OPTION_SPECS,
    { flags: '--all', about: 'every active token that the filters below choose' },
    { flags: FILTER_FLAGS.expiringWithin, about: 'with --all: tokens that end within this time' },
    { flags: FILTER_FLAGS.dueWithin, about: 'the same as --expiring-within' },
    { flags: FILTER_FLAGS.olderThan, about: 'with --all: tokens created at least this long ago' },
    { flags: FILTER_FLAGS.unusedFor, about: 'with --all: tokens not used for this long' },
    { flags: '--max <n>', about: 'rotate at most N tokens, else none (default: 10)' },
    { flags: '--concurrency <n>', about: 'at most N at a time (default: 4)' },
    { flags: '--max-failures <n>', about: 'stop after N failures in a row (default: 3)' },
    ...DELIVERY_OPTIONS,
    {
      flags: '--dry-run',
      about: 'show the plan: the requests in order, what ends when, what can be undone',
    },
  ],
  details:
    'If the command is interrupted at any point, `keyturn rotations resume` finishes the rotation. The old token ends only after the new secret is saved, tested and delivered. A secret that is in the store already is replaced there.',
  examples: [
    'keyturn tokens rotate ci --save',
    'keyturn tokens rotate ci --old 24h --to env:.env#TOKEN',
    'keyturn tokens rotate ci --session --old 24h --save',
    'keyturn tokens rotate --all --expiring-within 14d --max 20 --yes',
  ],
  async run(app, input) {
    requireSupport(placeOf(await app.resolved()), 'tokens rotate');
    return rotateTokens(app, input);
  },
};
