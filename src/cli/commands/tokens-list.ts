import { type ListProgress, listTokens, TOKEN_SORTS } from '../../core/tokens.ts';
import { parseDuration } from '../../domain/duration.ts';
import { TOKEN_STATUSES } from '../../domain/token.ts';
import { TOKEN_COLUMNS } from '../columns.ts';
import type { Command } from '../command.ts';
import { head, mapPages, tokenJson } from '../reports.ts';

export const tokensList: Command = {
  options: [
    { flags: '--status <status>', about: `only ${TOKEN_STATUSES.join(', ')}`, values: TOKEN_STATUSES },
    { flags: '--expiring-within <duration>', about: 'only those that end within this time' },
    { flags: '--unused-for <duration>', about: 'only those not used for this long' },
    { flags: '--limit <n>', about: 'stop after so many' },
    { flags: '--sort <field>', about: TOKEN_SORTS.join(', '), values: TOKEN_SORTS },
  ],
  examples: [
    'keyturn tokens list',
    'keyturn tokens list --expiring-within 14d --json',
    'keyturn tokens list -o name | xargs keyturn tokens disable --yes',
  ],
  async run(app, input) {
    const within = input.text('expiring-within');
    const unused = input.text('unused-for');
    const filter = {
      status: input.choice('status', TOKEN_STATUSES),
      expiringWithinMs: within === undefined ? undefined : parseDuration(within, '"--expiring-within"'),
      unusedForMs: unused === undefined ? undefined : parseDuration(unused, '"--unused-for"'),
      limit: input.wholeNumber('limit', { min: 1, max: 1_000_000 }),
      sort: input.choice('sort', TOKEN_SORTS),
    };
    const deps = await app.tokenDeps();
    const progress: ListProgress = { cut: false, count: 0 };
    return {
      shape: 'list',
      schema: 'keyturn.tokens/1',
      head: head(deps.client),
      key: 'tokens',
      columns: TOKEN_COLUMNS,
      pages: mapPages(listTokens(deps, filter, progress), tokenJson),
      notes: () => {
        if (progress.cut) return [`only the first ${filter.limit} are shown; there are more`];
        return progress.count === 0 ? ['no tokens'] : [];
      },
    };
  },
};
