import { AppError } from '../../../domain/errors.ts';
import { mayBeShownAs } from '../../../domain/marked-name.ts';
import { SeveralSecrets } from '../../../domain/schema-drift.ts';
import { toInstant } from '../../../domain/time.ts';
import { statusAt } from '../../../domain/token.ts';
import type { TokenTarget } from '../../../ports/provider.ts';
import type { Client } from '../../client.ts';
import type { RecentItems } from '../../newest.ts';
import { readToken } from '../../one-token.ts';
import { NeedsAttention } from '../attention.ts';
import { isListless, isPrior, type Prior, readBaseline } from '../baseline.ts';
import { findInList } from '../calls.ts';
import type { Made } from '../facts.ts';
import { asManager, type Operation } from '../operation.ts';
import type { OperationPlan } from '../plan.ts';
import { type Item, isToken } from '../records.ts';

/**
 * How sure it is that a thing which appeared during an operation was made by it. `similar`: under a name that the provider may
 * have made of the given name; it is reported, and neither ended nor taken over.
 */
export type MadeBy = 'owned' | 'candidate' | 'similar' | 'foreign';

/**
 * A token is owned only if it carries this operation's marker, was not there before and is not the replaced token. A marker that
 * a stranger's token may carry by chance (the seconds of an expiry), or a name that a person chose, proves nothing:
 * such a token is reported, never ended.
 */
export function ownershipIn(operation: Operation, item: Item, prior: Prior | null): MadeBy {
  if (prior === null || isOlder(operation, prior, item)) return 'foreign';
  return ownershipByLooks(operation, item);
}

/** Whether it was there before the request. A marker, which nothing else can carry, counts more than a date. */
function isOlder(operation: Operation, prior: Prior, item: Item): boolean {
  if (prior.ids.has(item.id)) return true;
  const isMarked = operation.plan.marked && ownershipByLooks(operation, item) === 'owned';
  return !isMarked && isPrior(prior, item);
}

/** The same for something that was not there before. */
function ownershipByLooks({ plan, deps }: Pick<Operation, 'plan' | 'deps'>, item: Item): MadeBy {
  const { facts, tokens } = deps.client.connection.provider;
  if (item.id === plan.target?.id) return 'foreign';
  if (!isToken(item)) return item.name === plan.key?.name ? 'candidate' : 'foreign';
  const { spec } = plan;
  if (!spec) return 'foreign';
  const isMarked = tokens.marking?.isMarked(item, spec) ?? false;
  if (facts.names === 'none') return isMarked || spec.expiresAt === null ? 'candidate' : 'foreign';
  if (plan.marked) return isMarked ? 'owned' : similar(item.name, spec.name);
  if (item.name === null || item.name !== spec.name) return 'foreign';
  // A unique name that was free before the request and is taken after it: only one create can have succeeded.
  return facts.names === 'unique' ? 'owned' : 'candidate';
}

function similar(shown: string | null, given: string | null): MadeBy {
  return shown !== null && given !== null && mayBeShownAs(given, shown) ? 'similar' : 'foreign';
}

/** How far the clocks of a vendor's servers may differ, in ms. */
const MARGIN_MS = 2 * 60_000;

/**
 * Summarises a list that was read right before the request, so that existing items can be told from new ones: a date, and the
 * ids that the date cannot decide. An undated item is recorded only if it looks like one that this operation would create. From
 * a list that was cut, every id that was read is recorded; from one that can be read newest first, also the newest page of ids.
 */
export function priorOf(operation: Operation, { items, isCut }: RecentItems<Item>): Prior {
  const dates = items.flatMap(({ createdAt }) => (createdAt === null ? [] : [Date.parse(createdAt)]));
  const ids = new Set(items.map(({ id }) => id));
  if (isCut) {
    const byId = operation.deps.client.connection.provider.tokens.list?.newestFirst === 'ids';
    const lowestId = byId ? [...ids].reduce((a, b) => (a < b ? a : b)) : null;
    return { since: dates.length === 0 ? null : toInstant(Math.min(...dates)), isCut, lowestId, ids };
  }
  const newest = dates.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  const since = dates.length === 0 ? null : toInstant(newest - MARGIN_MS);
  const dated: Prior = { since, isCut, lowestId: null, ids: new Set() };
  const isUnclear = (item: Item): boolean =>
    item.createdAt === null ? ownershipByLooks(operation, item) !== 'foreign' : !isPrior(dated, item);
  const unclear = items.filter(isUnclear);
  return { ...dated, ids: new Set([...unclear, ...newestOf(operation, items)].map(({ id }) => id)) };
}

/** Where a list is read newest first, the records at which a later reading may stop. */
function newestOf({ deps }: Operation, items: readonly Item[]): readonly Item[] {
  const { list } = deps.client.connection.provider.tokens;
  if (!list?.newestFirst) return [];
  const age = ({ createdAt }: Item): number => (createdAt === null ? 0 : -Date.parse(createdAt));
  return [...items].sort((a, b) => age(a) - age(b)).slice(0, list.maxPageSize);
}

/** Whether the id is known, without asking the provider, to be of something that was there before the request. */
export function isKnownPrior({ journal, plan }: Pick<Operation, 'journal' | 'plan'>, id: string): boolean {
  if (plan.way === 'in-place') return false;
  return id === plan.target?.id || (priorIn(journal)?.ids.has(id) ?? false);
}

/**
 * Whether an id that an answer named is of something that was there before the request: such an answer is wrong, or meant to
 * mislead, and what it names is neither read, saved nor ended. `listed` is what a list shows of it, if one was read.
 */
export async function wasThereBefore(
  operation: Operation,
  client: Client,
  { id, name }: TokenTarget,
  listed?: Item,
): Promise<boolean> {
  const { journal, plan } = operation;
  if (plan.way === 'in-place') return false;
  if (isKnownPrior(operation, id)) return true;
  const prior = priorIn(journal);
  if (prior === null) return false;
  const item = listed ?? (await findItem(client, plan, { id, name }));
  if (item === null) return false;
  if (isOlder(operation, prior, item)) return true;
  return item.createdAt === null && ownershipByLooks(operation, item) === 'foreign';
}

/** Told where an answer names something that was there before. */
export function notBelieved(id: string): string {
  return `the answer names "${id}", which was there before; that is not believed`;
}

function priorIn(journal: Operation['journal']): Prior | null {
  const recorded = journal.result('preflight');
  return recorded === null ? null : readBaseline(recorded).prior;
}

async function findItem(client: Client, plan: OperationPlan, target: TokenTarget): Promise<Item | null> {
  if (plan.thing === 'key') return findInList(client, plan, target.id);
  try {
    return await readToken(client, target);
  } catch (error) {
    // Which of the values is the secret does not matter here.
    if (error instanceof SeveralSecrets) return findInList(client, plan, target.id);
    throw error;
  }
}

/** Called right before an item is ended as this operation's own. Throws if the item existed before the request. */
export async function refusePrior(operation: Operation, client: Client, made: TokenTarget): Promise<void> {
  if (!(await wasThereBefore(operation, client, made))) return;
  throw new NeedsAttention({
    code: 'conflict',
    message: `"${made.id}" is not ended: it seems to have existed before this operation`,
    manual: 'nothing was sent; compare `keyturn tokens list` with what should be there',
  });
}

/**
 * For a resumed operation, before it delivers, pauses or ends anything: the token that it made must be there and active. A
 * profile may have been logged in to another account of the same origin since, where a name may stand for somebody else's
 * token; the new token may have been ended by hand; the record may be an old copy of an operation that is long over.
 */
export async function requireLive(operation: Operation, made: Made): Promise<void> {
  const { deps, plan, resumed, journal } = operation;
  if (!resumed || plan.thing !== 'token' || plan.login) return;
  if (isListless(operation)) return;
  const { id } = made.item;
  const shown = await asManager(operation, (client) => readToken(client, made.item));
  const status = shown && statusAt(shown.status, shown.expiresAt, deps.clock.now());
  if (status === 'active') return;
  const { title } = deps.client.connection.provider;
  const next = `keyturn rotations resume ${journal.header.id}`;
  if (status === null) {
    throw new AppError({
      code: 'conflict',
      message: `the credential in use does not see "${id}", which this operation made: it may be of another account`,
      hint: `log in to the account of ${title} that it began with, then \`${next}\``,
    });
  }
  throw new NeedsAttention({
    code: 'conflict',
    message: `the new token "${id}" is ${status} at ${title}: nothing more was delivered or ended`,
    manual: `enable it there and run \`${next}\`, or \`keyturn rotations abort ${journal.header.id}\``,
  });
}
