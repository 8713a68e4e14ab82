import { resolveToken } from '../../core/resolve-reference.ts';
import { revealToken } from '../../core/reveal-token.ts';
import type { ReferenceDeps } from '../../core/tokens.ts';
import { commandLine } from '../../domain/command-line.ts';
import { AppError } from '../../domain/errors.ts';
import { parseReference } from '../../domain/reference.ts';
import { matchAccount } from '../../domain/saved-token.ts';
import type { Command } from '../arguments/command.ts';
import { placeOf } from '../documents/document.ts';
import { tokenDocument, tokenJson } from '../documents/token.ts';

/** The provider shows a secret once; a copy in the store can still be printed. */
async function shownOnce({ client, store }: ReferenceDeps, reference: string): Promise<AppError> {
  const { provider, profile } = client.connection;
  const { by, value } = parseReference(reference);
  const kept = (await (await store()).list()).find(
    (saved) =>
      matchAccount(saved, client.connection) === 'same' &&
      ((by === 'either' && saved.name === value) || (by !== 'name' && saved.current.id === value)),
  );
  return new AppError({
    code: 'unsupported',
    message: `${provider.title} shows a secret once, when it is made`,
    hint: kept
      ? `it is saved in the store: \`${commandLine(['credentials', 'get', kept.name, '--print'])}\``
      : `replace it with \`${commandLine(['tokens', 'rotate', reference], profile)}\``,
    provider: provider.id,
  });
}

export const command: Command = {
  arguments: [
    { name: '<ref>', about: 'saved name, the provider’s name, or id; id:X and name:X force the provider’s' },
  ],
  options: [{ flags: '--print', about: 'print the secret, where the provider can show it again (Devo)' }],
  async run(app, input) {
    const deps = await app.tokenDeps();
    const { provider } = deps.client.connection;
    if (input.flag('print') && provider.facts.secretShown === 'once')
      throw await shownOnce(deps, input.argument(0));
    const token = await resolveToken(deps, parseReference(input.argument(0)));
    if (!input.flag('print')) return tokenDocument(deps.client, tokenJson(token));
    const shown = { place: placeOf(deps.client), token: tokenJson(token) };
    return app.secretReport(shown, await revealToken(deps, token));
  },
};
