import { learnStates } from '../../core/learn-states.ts';
import { notWholeNote } from '../../core/listing.ts';
import { type ListProgress, listTokens, TOKEN_SORTS } from '../../core/tokens.ts';
import { TOKEN_STATUSES } from '../../domain/token.ts';
import type { Command } from '../arguments/command.ts';
import { FILTER_FLAGS, readFilter } from '../arguments/token-options.ts';
import { tokensDocument } from '../documents/token.ts';

export const command: Command = {
  options: [
    { flags: '--status <status>', about: `only ${TOKEN_STATUSES.join(', ')}`, values: TOKEN_STATUSES },
    {
      flags: FILTER_FLAGS.expiringWithin,
      about: 'only tokens that end within this time, or whose end cannot be read',
    },
    { flags: FILTER_FLAGS.dueWithin, about: 'the same as --expiring-within' },
    { flags: FILTER_FLAGS.olderThan, about: 'only tokens created at least this long ago' },
    { flags: FILTER_FLAGS.unusedFor, about: 'only tokens not used for this long' },
    { flags: '--limit <n>', about: 'stop after N' },
    { flags: '--sort <field>', about: TOKEN_SORTS.join(', '), values: TOKEN_SORTS },
  ],
  examples: [
    'keyturn tokens list',
    'keyturn tokens list --expiring-within 14d --json',
    'keyturn tokens list --status expired -o name',
  ],
  async run(app, input) {
    const wish = {
      ...readFilter(input),
      status: input.choice('status', TOKEN_STATUSES),
      limit: input.wholeNumber('limit', { min: 1, max: 1_000_000 }),
      sort: input.choice('sort', TOKEN_SORTS),
    };
    const deps = await app.tokenDeps();
    const progress: ListProgress = { cut: false, count: 0, seen: 0, why: null };
    return {
      ...tokensDocument(
        deps.client,
        learnStates(deps, () => app.store(), listTokens(deps, wish, progress)),
      ),
      notes: () => {
        const notes = progress.why === null ? [] : [notWholeNote(progress.why)];
        if (progress.cut) return [`only the first ${wish.limit} are shown; there are more`, ...notes];
        return progress.count === 0 ? [noneWords(progress.seen), ...notes] : notes;
      },
    };
  },
};

function noneWords(seen: number): string {
  if (seen === 0) return 'no tokens';
  return `no token matches; ${seen} ${seen === 1 ? 'was' : 'were'} looked at`;
}
