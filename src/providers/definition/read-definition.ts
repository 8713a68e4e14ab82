import { usage } from '../../domain/errors.ts';
import { conform } from './conform.ts';
import type { LintContext } from './lint/problem.ts';
import { lint } from './lint.ts';
import { type Definition, PROVIDER } from './provider-table.ts';
import { nodeAt, type Source } from './source.ts';

/** The most bytes of a definition's file. */
export const MOST_BYTES = 64 * 1024;
const LANGUAGE = 'provider/1';

/**
 * A definition from a parsed file. Throws a usage error with line and column for whatever is wrong, and for whatever a
 * stranger's file must not do.
 */
export function readDefinition(source: Source, context: LintContext): Definition {
  refuseOther(source);
  // `conform` has just proved it: the type is made from the same table.
  const definition = conform(source, source.root, PROVIDER, []) as unknown as Definition;
  const [problem] = lint(definition, context);
  if (problem !== undefined) throw source.fail(nodeAt(source, problem.place), problem.says);
  return definition;
}

/** A file of another version is not looked at any further: what it means, only the newer keyturn knows. */
function refuseOther(source: Source): void {
  const { root } = source;
  const version =
    root?.kind === 'mapping' ? root.items.find(({ key }) => key?.text === 'keyturn')?.value : null;
  const text = version?.kind === 'scalar' ? version.text : null;
  if (text === LANGUAGE) return;
  const number = /^provider\/(\d{1,6})$/.exec(text ?? '')?.[1];
  if (number !== undefined && Number(number) > 1) {
    throw usage(
      `the definition is written for a newer keyturn (provider/${number}); this one reads ${LANGUAGE}`,
      'update keyturn: `npm install -g keyturn`',
    );
  }
  throw source.fail(
    version ?? root,
    `is no definition of a provider: it does not begin with "keyturn: ${LANGUAGE}"`,
  );
}
