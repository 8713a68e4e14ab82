import {
  type ChangeResult,
  changeTokens,
  describeChange,
  findTargets,
  type TokenVerb,
} from '../../core/change-tokens.ts';
import type { Connection } from '../../core/client.ts';
import { findKept } from '../../core/find-kept.ts';
import { isAppError } from '../../domain/errors.ts';
import { safeText } from '../../domain/text.ts';
import type { ListedToken } from '../../domain/token.ts';
import type { App } from '../app.ts';
import type { Command } from '../command.ts';
import { head, planReport, resultsReport, throwIfSingleFailure } from '../reports.ts';

const EFFECT: Readonly<Record<TokenVerb, string>> = {
  revoke: 'unusable for good',
  delete: 'gone for good',
  disable: 'unusable until it is enabled',
  enable: 'usable again',
};

/** revoke, delete, enable and disable are one use case: find all, ask once, try each, report each. */
function endCommand(verb: TokenVerb): Command {
  const asks = verb !== 'enable';
  return {
    arguments: [{ name: '<ref...>', about: 'names or ids' }],
    options: [
      { flags: '--dry-run', about: 'show what would be sent' },
      ...(asks ? [{ flags: '--allow-self', about: 'also the credential that keyturn is using' }] : []),
    ],
    async run(app, input) {
      const deps = await app.changeDeps();
      const isAsked = app.prompter.interactive && !app.globals.yes;
      const targets = await findTargets(deps, verb, input.arguments(), input.flag('allow-self'), isAsked);
      throwIfSingleFailure(targets);
      const found = targets.flatMap((target) => (target.token === null ? [] : [target.token]));
      if (input.flag('dry-run')) {
        const plan = planReport(
          found.map((token) => ({
            what: `${verb} "${token.name ?? token.id}" (id ${token.id}): ${EFFECT[verb]}`,
            call: describeChange(deps, verb, token),
          })),
          head(deps.client),
        );
        const failed = targets.flatMap(({ reference, error }) =>
          error === null ? [] : [`${safeText(reference, 80)}: ${error.facts.message}`],
        );
        // What would fail when it is done in earnest fails here too.
        return failed.length === 0 ? plan : { ...plan, notes: () => failed, exit: () => 'partial' as const };
      }
      if (asks && found.length > 0) {
        await app.confirm(
          `${unsure(targets)}${verb} ${found.map((token) => `"${token.name ?? token.id}" (id ${token.id})`).join(', ')} at ${deps.client.connection.provider.title}?`,
        );
      }
      const results = await changeTokens(deps, verb, targets);
      throwIfSingleFailure(results);
      const told = results.flatMap(({ note }) => (note === undefined ? [] : [note]));
      const report = { ...resultsReport(deps.client, verb, results), notes: () => told };
      if (verb !== 'revoke' && verb !== 'delete') return report;
      const ended = results.flatMap((result) =>
        result.error === null && result.token ? [result.token] : [],
      );
      const kept = await keptLines(app, deps.client.connection, ended);
      return { ...report, notes: () => [...told, ...kept] };
    },
  };
}

/** Comes before the question where the id of the managing credential is not known. */
function unsure(targets: readonly ChangeResult[]): string {
  const some = targets.flatMap(({ mayBeOwn, token }) =>
    mayBeOwn && token ? [`"${token.name ?? token.id}"`] : [],
  );
  return some.length === 0 ? '' : `${some.join(', ')} may be the credential that keyturn is using. `;
}

/** A store that cannot be read must not turn what was done at the provider into an error of options or files. */
async function keptLines(
  app: App,
  connection: Connection,
  ended: readonly ListedToken[],
): Promise<readonly string[]> {
  try {
    const kept = await findKept(await app.store(), connection, ended);
    return kept.map((name) => `"${name}" is still kept here: \`keyturn credentials remove ${name}\``);
  } catch (error) {
    if (!isAppError(error)) throw error;
    return [`whether its secret is kept here could not be looked up: ${error.message}`];
  }
}

export const tokensRevoke: Command = endCommand('revoke');
export const tokensDelete: Command = endCommand('delete');
export const tokensEnable: Command = endCommand('enable');
export const tokensDisable: Command = endCommand('disable');
