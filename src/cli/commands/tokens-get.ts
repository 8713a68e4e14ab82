import { resolveToken } from '../../core/resolve-reference.ts';
import { revealToken } from '../../core/reveal-token.ts';
import { AppError } from '../../domain/errors.ts';
import { parseReference } from '../../domain/reference.ts';
import { TOKEN_COLUMNS } from '../columns.ts';
import type { Command } from '../command.ts';
import { head, tokenJson } from '../reports.ts';

export const tokensGet: Command = {
  arguments: [
    { name: '<ref>', about: 'saved name, the provider’s name, or id; id:X and name:X force the provider’s' },
  ],
  options: [{ flags: '--print', about: 'print the secret, where the provider can show it again (Devo)' }],
  async run(app, input) {
    const deps = await app.tokenDeps();
    const { provider } = deps.client.connection;
    if (input.flag('print') && provider.facts.secretShown === 'once') {
      throw new AppError({
        code: 'unsupported',
        message: `${provider.title} shows a secret once, when it is made`,
        hint: 'replace it with `keyturn tokens rotate`',
        provider: provider.id,
      });
    }
    const token = await resolveToken(deps, parseReference(input.argument(0)));
    if (input.flag('print'))
      return app.secretReport(await revealToken(deps, token), {
        ...head(deps.client),
        token: tokenJson(token),
      });
    return {
      shape: 'one',
      schema: 'keyturn.token/1',
      data: { ...head(deps.client), token: tokenJson(token) },
      key: 'token',
      columns: TOKEN_COLUMNS,
    };
  },
};
