import { AppError, isAppError } from '../../domain/errors.ts';
import type { Json } from '../../domain/json.ts';
import type { Token } from '../../domain/token.ts';
import { CannotBeSure, type WholeOrNot } from '../listing.ts';
import type { Attempt } from './attempt.ts';
import { asManager, successor } from './attempt.ts';
import { NeedsAttention } from './attention.ts';
import type { Baseline } from './baseline.ts';
import { endAndLook } from './end-and-look.ts';
import type { Item } from './item.ts';
import { isToken, readKey, readToken, writeItem } from './item.ts';
import { listItems } from './list-items.ts';
import type { Minted } from './mint.ts';
import { kinship } from './ours.ts';
import { readObject, readTexts } from './read-json.ts';
import { commandsWanted, resumeCommand } from './resume-command.ts';

/** What was made, addressed beyond doubt. */
export interface Made {
  readonly item: Item;
  /** Ids of tokens that appeared beside it and may be a second effect of the same mint. */
  readonly suspects: readonly string[];
}

/**
 * Gives what was minted its id where the answer held none, and ends a twin that a repeating gateway made: both are
 * found in the list by the attempt's mark.
 */
export async function identify(attempt: Attempt, minted: Minted, baseline: Baseline): Promise<Made> {
  attempt.memory.madeId = minted.item?.id ?? null;
  const recorded = await attempt.journal.step<Json>('identify', async () => {
    const made = await look(attempt, minted, baseline);
    return { item: writeItem(made.item), suspects: made.suspects };
  });
  const from = readObject(recorded);
  const read = attempt.plan.thing === 'token' ? readToken : readKey;
  return { item: read(readObject(from['item'])), suspects: readTexts(from['suspects']) };
}

async function look(attempt: Attempt, minted: Minted, baseline: Baseline): Promise<Made> {
  const { plan } = attempt;
  if (plan.target && plan.way === 'in-place') return { item: withId(minted.item, plan.target), suspects: [] };
  const isListNeeded = minted.item === null || isTwinVisible(attempt, minted, baseline);
  const list = isListNeeded ? await listForTwins(attempt, minted) : null;
  if (!list) {
    if (minted.item) return { item: minted.item, suspects: [] };
    throw unknownId();
  }
  const listed = list.items;
  const appeared = listed.filter((token) => isKin(attempt, token, baseline));
  if (!minted.item && appeared.length === 0) refuseAlike(attempt, listed, baseline);
  const item = choose(minted.item, appeared, list.why);
  refuseInactive(
    attempt,
    listed.find((token) => token.id === item.id),
  );
  const twins = appeared.filter((token) => token.id !== item.id && token.status === 'active');
  await endOwn(attempt, twins, baseline);
  return { item, suspects: suspectsAmong(attempt, { item, twins, baseline, isRepeated: minted.repeated }) };
}

/** Where nobody is left who is accepted, `verify` is what tells it; twins are looked for again before the end. */
async function listForTwins(attempt: Attempt, { item }: Minted): Promise<WholeOrNot<Item> | null> {
  try {
    return await asManager(attempt, (client) => listItems(client, attempt.plan));
  } catch (error) {
    if (attempt.plan.self && item && isAppError(error, 'auth')) return null;
    throw error;
  }
}

/**
 * Looks once more when all is delivered, perhaps after days of grace: a list that lagged has caught up, and a request
 * that was held back somewhere has been acted upon. What carries this attempt's mark is ended, what may be a second
 * effect is added to the suspects.
 */
export async function sweepTwins(attempt: Attempt, made: Made, baseline: Baseline): Promise<Made> {
  const { journal, plan } = attempt;
  if (!isTwinVisible(attempt, { repeated: false }, baseline)) return made;
  const recorded = await journal.step<Json>('sweep', async () => {
    const listed = (await listItems(await successor(attempt), plan))?.items ?? [];
    const twins = listed.filter(({ id, status }) => id !== made.item.id && status === 'active');
    const ended = plan.marked ? await endOwn(attempt, twins, baseline) : [];
    const suspects = suspectsAmong(attempt, { item: made.item, twins, baseline, isRepeated: false });
    return { ended, suspects };
  });
  const suspects = readTexts(readObject(recorded)['suspects']);
  return { ...made, suspects: [...new Set([...made.suspects, ...suspects])] };
}

async function endOwn(
  attempt: Attempt,
  twins: readonly Item[],
  baseline: Baseline,
): Promise<readonly string[]> {
  const own = twins.filter((twin) => kinship(attempt, twin, baseline.before) === 'ours');
  for (const twin of own) {
    await endAndLook(attempt, await successor(attempt), twin);
    attempt.deps.note(`ended "${twin.name ?? twin.id}", a second effect of the same request`);
  }
  return own.map(({ id }) => id);
}

/** Without a list to compare with, or a name to know it by, a twin cannot be told from what others made. */
function isTwinVisible(
  { deps }: Attempt,
  { repeated }: Pick<Minted, 'repeated'>,
  { before }: Baseline,
): boolean {
  return before !== null && (repeated || deps.client.connection.provider.facts.names !== 'none');
}

interface Appeared {
  readonly item: Item;
  readonly twins: readonly Item[];
  readonly baseline: Baseline;
  readonly isRepeated: boolean;
}

/**
 * What may be a second effect of the mint and is not proven to be: a gateway repeats a request, a vendor does not honour
 * the idempotency key. Where there are no names, other people's tokens look alike: only one that is older than ours,
 * after a repeat, is worth a person's look.
 */
function suspectsAmong(attempt: Attempt, { item, twins, baseline, isRepeated }: Appeared): readonly string[] {
  const { facts } = attempt.deps.client.connection.provider;
  return twins
    .filter((twin) => kinship(attempt, twin, baseline.before) === 'perhaps')
    .filter((twin) => facts.names !== 'none' || !isToken(twin) || (isRepeated && isOlder(twin, item)))
    .map((twin) => twin.id);
}

function isKin(attempt: Attempt, token: Item, { before }: Baseline): boolean {
  return ['ours', 'perhaps'].includes(kinship(attempt, token, before));
}

/** What the provider shows under another name is no list that lags: waiting would not end. */
function refuseAlike(attempt: Attempt, listed: readonly Item[], { before }: Baseline): void {
  const alike = listed.filter((token) => kinship(attempt, token, before) === 'alike');
  if (alike.length === 0) return;
  const names = alike.slice(0, 5).map((token) => `"${token.name ?? token.id}"`);
  const { id } = attempt.journal.header;
  const again = resumeCommand(id, commandsWanted(attempt.journal));
  throw new NeedsAttention({
    code: 'conflict',
    message: `the provider does not list the new one under its name; it may be ${names.join(' or ')}`,
    manual: `its secret is kept; \`${again}\` goes on when it is listed under its name, \`keyturn rotations abort ${id}\` goes back`,
  });
}

function isOlder(twin: Item, item: Item): boolean {
  if (twin.createdAt === null || item.createdAt === null) return true;
  return Date.parse(twin.createdAt) < Date.parse(item.createdAt);
}

function choose(minted: Item | null, appeared: readonly Item[], why: string | null): Item {
  if (minted) return minted;
  const [only, another] = appeared;
  if (only && !another) return only;
  if (!only && why !== null) throw new CannotBeSure('the new token is not', why);
  // None: the list is behind; `resume` looks again. Several: only the provider knows which secret is whose.
  throw unknownId();
}

function refuseInactive({ journal }: Attempt, token: Item | undefined): void {
  if (!token || token.status === 'active') return;
  throw new NeedsAttention({
    code: 'conflict',
    message: `the provider lists the new token "${token.id}" as ${token.status}`,
    manual: `find out why at the provider, then \`${resumeCommand(journal.header.id, commandsWanted(journal))}\`, or \`keyturn rotations abort ${journal.header.id}\``,
  });
}

function withId(minted: Item | null, target: { readonly id: string; readonly name: string | null }): Item {
  if (minted) return { ...minted, id: target.id };
  return { ...UNKNOWN, ...target };
}

const UNKNOWN: Token = {
  id: '',
  name: null,
  status: 'active',
  scopes: null,
  createdAt: null,
  expiresAt: null,
  lastUsedAt: null,
  createdBy: null,
  attributes: {},
};

function unknownId(): AppError {
  return new AppError({
    code: 'unavailable',
    message: 'the provider does not list the new token yet',
    hint: 'run `keyturn rotations resume` in a minute',
  });
}
