import { renameToken } from '../../core/rename-token.ts';
import { resolveToken } from '../../core/resolve-reference.ts';
import { parseReference } from '../../domain/reference.ts';
import { TOKEN_COLUMNS } from '../columns.ts';
import type { Command } from '../command.ts';
import { head, planReport, tokenJson } from '../reports.ts';

export const tokensRename: Command = {
  arguments: [
    { name: '<ref>', about: 'name or id' },
    { name: '<new-name>', about: 'the new name' },
  ],
  options: [{ flags: '--dry-run', about: 'show what would be sent' }],
  async run(app, input) {
    const deps = await app.changeDeps();
    const token = await resolveToken(deps, parseReference(input.argument(0)));
    const plan = await renameToken(deps, token, input.argument(1));
    if (input.flag('dry-run')) return planReport([plan], head(deps.client));
    const { token: renamed, notes } = await plan.apply();
    return {
      shape: 'one',
      schema: 'keyturn.token/1',
      data: { ...head(deps.client), token: tokenJson(renamed) },
      key: 'token',
      columns: TOKEN_COLUMNS,
      notes,
    };
  },
};
