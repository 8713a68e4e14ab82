import { AppError, isAppError } from '../../../domain/errors.ts';
import type { Json } from '../../../domain/json.ts';
import type { Client } from '../../client.ts';
import { CannotBeSure } from '../../listing.ts';
import type { RecentItems } from '../../newest.ts';
import { NeedsAttention } from '../attention.ts';
import type { Baseline } from '../baseline.ts';
import { listNewItems } from '../calls.ts';
import type { Made, NewSecret } from '../facts.ts';
import type { Operation } from '../operation.ts';
import { asManager, successor } from '../operation.ts';
import type { OperationPlan } from '../plan.ts';
import { type Item, isToken, readKey, readObject, readTexts, readToken, writeItem } from '../records.ts';
import { endCreated } from '../recovery/end.ts';
import { notBelieved, ownershipIn, wasThereBefore } from '../recovery/ownership.ts';
import { commandsWanted, resumeCommand } from '../resume-command.ts';
import { hasGrace } from './grace.ts';
import { unnamed, withId } from './unnamed.ts';

/**
 * Gives what was issued its id where the answer held none, and ends a duplicate that a repeating gateway made: both are
 * found in the list by the operation's mark.
 */
export async function identify(operation: Operation, issued: NewSecret, baseline: Baseline): Promise<Made> {
  operation.memory.madeId = issued.item?.id ?? null;
  const work = async (): Promise<Json> => {
    const made = await look(operation, issued, baseline);
    return { item: writeItem(made.item), candidates: made.candidates };
  };
  // From here on the new secret is where others find it: no later run may take its answer for a lost one.
  const recorded = await operation.journal.step('identify', work, { durable: true });
  const from = readObject(recorded);
  const read = operation.plan.thing === 'token' ? readToken : readKey;
  return { item: read(readObject(from['item'])), candidates: readTexts(from['candidates']) };
}

async function look(operation: Operation, issued: NewSecret, baseline: Baseline): Promise<Made> {
  const { plan } = operation;
  if (plan.target && plan.way === 'in-place')
    return { item: withId(issued.item, plan.target), candidates: [] };
  // Nothing was listed before the request, so no list can tell now which of its tokens is the new one.
  if (issued.item === null && baseline.prior === null) return { item: unnamed(plan), candidates: [] };
  // Without a doubt, and where no days pass until then, the look at the end is enough.
  const isListNeeded =
    issued.item === null ||
    ((issued.repeated || hasGrace(plan)) && isDuplicateVisible(operation, issued, baseline));
  let list = isListNeeded ? await listForDuplicates(operation, issued.item, baseline) : null;
  const given = await believe(operation, issued.item, list);
  if (issued.item && !given) list ??= await listForDuplicates(operation, null, baseline);
  if (!list) {
    if (given) return { item: given, candidates: [] };
    throw unknownId();
  }
  const listed = list.items;
  const appeared = listed.filter((token) => mayBeOwned(operation, token, baseline));
  if (!given && appeared.length === 0) refuseRenamed(operation, listed, baseline);
  const item = choose(given, appeared, list.why);
  refuseInactive(
    operation,
    listed.find((token) => token.id === item.id),
  );
  const duplicates = appeared.filter((token) => token.id !== item.id && token.status === 'active');
  await endOwn(operation, duplicates, baseline);
  return {
    item,
    candidates: candidatesAmong(operation, { item, duplicates, baseline, isRepeated: issued.repeated }),
  };
}

/** Null where the answer names a token that was there before; the list then shows the new token. */
async function believe(
  operation: Operation,
  item: Item | null,
  list: RecentItems<Item> | null,
): Promise<Item | null> {
  if (!item || !(await isOfBefore(operation, item, list))) return item;
  operation.deps.note(notBelieved(item.id));
  return null;
}

async function isOfBefore(
  operation: Operation,
  { id, name }: Item,
  list: RecentItems<Item> | null,
): Promise<boolean> {
  const { shown } = operation.memory;
  const listed = list?.items.find((each) => each.id === id) ?? (shown?.id === id ? shown : undefined);
  // A complete list without the token lags behind: the answer is right.
  if (list && !listed && !list.isCut) return false;
  try {
    return await asManager(operation, (client) => wasThereBefore(operation, client, { id, name }, listed));
  } catch (error) {
    // The managing credential was replaced, and the new secret is proved by `verify`.
    if (operation.plan.self && isAppError(error, 'auth')) return false;
    throw error;
  }
}

/** Null where a self-rotation ended the old secret (401, 403): `verify` tests the new one, and duplicates are looked for again at the end. */
async function listForDuplicates(
  operation: Operation,
  item: Item | null,
  baseline: Baseline,
): Promise<RecentItems<Item> | null> {
  try {
    return await asManager(operation, (client) => listNew(client, operation.plan, baseline));
  } catch (error) {
    if (operation.plan.self && item && isAppError(error, 'auth')) return null;
    throw error;
  }
}

/**
 * Looks once more when all is delivered, perhaps days later: a list that lagged has caught up, and a delayed request has run.
 * Tokens with this operation's marker are ended; possible duplicates are added to the candidates.
 */
export async function sweepDuplicates(operation: Operation, made: Made, baseline: Baseline): Promise<Made> {
  const { journal, plan } = operation;
  if (!isDuplicateVisible(operation, { repeated: false }, baseline)) return made;
  const recorded = await journal.step<Json>('find duplicates', async () => {
    const { listedAfterEnd } = operation.memory;
    const listed = listedAfterEnd ?? (await listNew(await successor(operation), plan, baseline))?.items ?? [];
    const duplicates = listed.filter(({ id, status }) => id !== made.item.id && status === 'active');
    const ended = plan.marked ? await endOwn(operation, duplicates, baseline) : [];
    const candidates = candidatesAmong(operation, {
      item: made.item,
      duplicates,
      baseline,
      isRepeated: false,
    });
    return { ended, candidates };
  });
  const candidates = readTexts(readObject(recorded)['candidates']);
  return { ...made, candidates: [...new Set([...made.candidates, ...candidates])] };
}

/** Without a baseline, everything that is listed. */
function listNew(
  client: Client,
  plan: OperationPlan,
  { prior }: Baseline,
): Promise<RecentItems<Item> | null> {
  return listNewItems(client, plan, prior ?? { since: null, isCut: false, lowestId: null, ids: new Set() });
}

async function endOwn(
  operation: Operation,
  duplicates: readonly Item[],
  baseline: Baseline,
): Promise<readonly string[]> {
  const own = duplicates.filter((duplicate) => ownershipIn(operation, duplicate, baseline.prior) === 'owned');
  for (const duplicate of own) {
    await endCreated(operation, await successor(operation), duplicate);
    operation.deps.note(`ended "${duplicate.name ?? duplicate.id}", a second effect of the same request`);
  }
  return own.map(({ id }) => id);
}

/** Without a baseline or names, a duplicate looks like anybody else's token. */
function isDuplicateVisible(
  { deps }: Operation,
  { repeated }: Pick<NewSecret, 'repeated'>,
  { prior }: Baseline,
): boolean {
  return prior !== null && (repeated || deps.client.connection.provider.facts.names !== 'none');
}

interface Duplicates {
  readonly item: Item;
  readonly duplicates: readonly Item[];
  readonly baseline: Baseline;
  readonly isRepeated: boolean;
}

/**
 * Possible duplicates: a gateway repeated the request, or the vendor ignored the idempotency key. Where tokens have no names,
 * only tokens that are older than the new one are reported, and only after a repeat.
 */
function candidatesAmong(
  operation: Operation,
  { item, duplicates, baseline, isRepeated }: Duplicates,
): readonly string[] {
  const { facts } = operation.deps.client.connection.provider;
  return duplicates
    .filter((duplicate) => ownershipIn(operation, duplicate, baseline.prior) === 'candidate')
    .filter(
      (duplicate) =>
        facts.names !== 'none' || !isToken(duplicate) || (isRepeated && isOlder(duplicate, item)),
    )
    .map((duplicate) => duplicate.id);
}

function mayBeOwned(operation: Operation, token: Item, { prior }: Baseline): boolean {
  return ['owned', 'candidate'].includes(ownershipIn(operation, token, prior));
}

/** The provider changed the name of the new token: waiting would never find it. */
function refuseRenamed(operation: Operation, listed: readonly Item[], { prior }: Baseline): void {
  const alike = listed.filter((token) => ownershipIn(operation, token, prior) === 'similar');
  if (alike.length === 0) return;
  const names = alike.slice(0, 5).map((token) => `"${token.name ?? token.id}"`);
  const { id } = operation.journal.header;
  const again = resumeCommand(id, commandsWanted(operation.journal));
  throw new NeedsAttention({
    code: 'conflict',
    message: `the provider does not list the new token under its name; it may be ${names.join(' or ')}`,
    manual: `its secret is sealed in the journal; \`${again}\` goes on when it is listed under its name, \`keyturn rotations abort ${id}\` goes back`,
  });
}

function isOlder(duplicate: Item, item: Item): boolean {
  if (duplicate.createdAt === null || item.createdAt === null) return true;
  return Date.parse(duplicate.createdAt) < Date.parse(item.createdAt);
}

function choose(issued: Item | null, appeared: readonly Item[], why: string | null): Item {
  if (issued) return issued;
  const [only, another] = appeared;
  if (only && !another) return only;
  if (!only && why !== null) throw new CannotBeSure('the new token is not', why);
  // None listed yet: `resume` looks again. Several: only the provider knows which of them is the new one.
  throw another ? severalNew(appeared) : unknownId();
}

function refuseInactive({ journal }: Operation, token: Item | undefined): void {
  if (!token || token.status === 'active') return;
  throw new NeedsAttention({
    code: 'conflict',
    message: `the provider lists the new token "${token.id}" as ${token.status}`,
    manual: `find out why at the provider, then \`${resumeCommand(journal.header.id, commandsWanted(journal))}\`, or \`keyturn rotations abort ${journal.header.id}\``,
  });
}

function severalNew(appeared: readonly Item[]): AppError {
  const ids = appeared.slice(0, 5).map(({ id }) => `id:${id}`);
  return new AppError({
    code: 'unavailable',
    message: `several listed tokens may be the new one: ${ids.join(', ')}`,
    hint: 'revoke those that somebody else created under this name, then run `keyturn rotations resume`',
  });
}

function unknownId(): AppError {
  return new AppError({
    code: 'unavailable',
    message: 'the provider does not list the new token yet',
    hint: 'run `keyturn rotations resume` in a minute',
  });
}
