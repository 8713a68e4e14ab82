import { AppError } from '../../../domain/errors.ts';
import { mayBeShownAs } from '../../../domain/marked-name.ts';
import { readToken } from '../../one-token.ts';
import { NeedsAttention } from '../attention.ts';
import { isListless, readBaseline } from '../baseline.ts';
import type { Made } from '../facts.ts';
import { asManager, type Operation } from '../operation.ts';
import { type Item, isToken } from '../records.ts';

/**
 * How sure it is that a thing which appeared during an operation was made by it. `alike`: under a name that a provider may
 * have made of ours; it is reported, and neither ended nor taken over.
 */
export type MadeBy = 'ours' | 'perhaps' | 'alike' | 'foreign';

/**
 * A token is ours only if it carries this operation's mark, was not there before and is not the old one. A mark that
 * a stranger's token may carry by chance (the seconds of an expiry), or a name that a person chose, proves nothing:
 * such a token is reported, never ended.
 */
export function ownershipIn(operation: Operation, item: Item, before: ReadonlySet<string> | null): MadeBy {
  const { plan, deps } = operation;
  const { facts, tokens } = deps.client.connection.provider;
  if (item.id === plan.target?.id || before === null || before.has(item.id)) return 'foreign';
  if (!isToken(item)) return item.name === plan.key?.name ? 'perhaps' : 'foreign';
  const { spec } = plan;
  if (!spec) return 'foreign';
  const isMarked = tokens.marking?.isMarked(item, spec) ?? false;
  if (facts.names === 'none') return isMarked || spec.expiresAt === null ? 'perhaps' : 'foreign';
  if (plan.marked) return isMarked ? 'ours' : alike(item.name, spec.name);
  if (item.name === null || item.name !== spec.name) return 'foreign';
  // A unique name that was free before the mint and is taken after it: only one create can have succeeded.
  return facts.names === 'unique' ? 'ours' : 'perhaps';
}

function alike(shown: string | null, given: string | null): MadeBy {
  return shown !== null && given !== null && mayBeShownAs(given, shown) ? 'alike' : 'foreign';
}

/**
 * Whether the id is of something that was there before the mint. An answer that names such a thing is wrong about it,
 * or meant to mislead: what it names is neither read, kept nor ended.
 */
export function wasThereBefore({ journal, plan }: Pick<Operation, 'journal' | 'plan'>, id: string): boolean {
  if (plan.way === 'in-place') return false;
  const recorded = journal.result('preflight');
  return id === plan.target?.id || (recorded !== null && (readBaseline(recorded).before?.has(id) ?? false));
}

/** The last look before something is ended as this operation's own: it cannot be what was there before. */
export function refusePrior(operation: Pick<Operation, 'journal' | 'plan'>, id: string): void {
  if (!wasThereBefore(operation, id)) return;
  throw new NeedsAttention({
    code: 'conflict',
    message: `what would be ended, "${id}", was there before this operation`,
    manual: 'nothing was sent; compare `keyturn tokens list` with what should be there',
  });
}

/**
 * A profile may have been logged in to another account of the same origin since the operation began. There, a name may
 * stand for somebody else's token, and "not found" says nothing. What this operation made must be visible before
 * anything is ended or brought back.
 */
export async function requireSameAccount(operation: Operation, made: Made): Promise<void> {
  const { deps, plan, resumed, journal } = operation;
  if (!resumed || plan.thing !== 'token' || plan.login) return;
  if (isListless(operation)) return;
  if ((await asManager(operation, (client) => readToken(client, made.item))) !== null) return;
  throw new AppError({
    code: 'conflict',
    message: `the credential in use does not see "${made.item.id}", which this operation made: it may be of another account`,
    hint: `log in to the account of ${deps.client.connection.provider.title} that it began with, then \`keyturn rotations resume ${journal.header.id}\``,
  });
}
