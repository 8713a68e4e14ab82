import { AppError } from '../../../domain/errors.ts';
import { nextFreeName } from '../../../domain/free-name.ts';
import type { Json } from '../../../domain/json.ts';
import type { Identity } from '../../../domain/token.ts';
import type { Client } from '../../client.ts';
import { checkCredential, loginCommand } from '../../create-command.ts';
import { askDocumented, isListMissing, probe, unprovedNote } from '../../inferred-lists.ts';
import type { WholeOrNot } from '../../listing.ts';
import type { RecentItems } from '../../newest.ts';
import { type Baseline, readBaseline, writeBaseline } from '../baseline.ts';
import { listRecentItems } from '../calls.ts';
import type { OperationDeps } from '../deps.ts';
import { isSession, type Operation } from '../operation.ts';
import { type Item, isToken } from '../records.ts';
import { endLateCreates, type LateOperation, lateOperations } from '../recovery/late-creates.ts';
import { priorOf } from '../recovery/ownership.ts';

/** How far the clocks of keyturn and of a vendor may differ, in ms. */
const CLOCKS_DIFFER_MS = 60 * 60_000;
/** Longer than a rotation takes with every wait that it may need. */
const ENOUGH_MS = 3 * 60_000;

/** Proves everything that can be proven before the request: destinations, the managing credential, the list as it is. */
export async function preflight(operation: Operation): Promise<Baseline> {
  const recorded = await operation.journal.step<Json>('preflight', async () => {
    await proveDestinations(operation);
    const manager = await proveManager(operation);
    const listed = await listNow(operation);
    const list = listed === 'missing' ? null : listed;
    if (list) checkAgainst(operation, list);
    const isTold = list !== null && tellsPrior(operation, list);
    if (list && !isTold) noteUnknownPrior(operation, list);
    return writeBaseline({
      account: manager === 'unproved' ? null : (manager?.account ?? null),
      prior: isTold ? priorOf(operation, list) : null,
      isUnreadable: manager === 'unproved' || (manager === null && listed === 'missing'),
    });
  });
  return readBaseline(recorded);
}

async function proveDestinations({ deps, plan, delivery }: Operation): Promise<void> {
  if (plan.entry) await deps.store.prove();
  for (const destination of delivery?.destinations ?? []) await destination.prove();
}

/** Null where a list has proved the credential, and for a browser session, which may create tokens and nothing else. */
async function proveManager(operation: Operation): Promise<Identity | 'unproved' | null> {
  const { deps } = operation;
  const { client } = deps;
  const { provider } = client.connection;
  if (isSession(operation)) return null;
  refuseShortSession(deps);
  // An inferred list that is empty is no list.
  if (deps.listed && deps.listed.items.length > 0 && isProvedByList(client)) return null;
  const probed = await probe(client);
  if (probed.kind === 'proved') return probed.identity;
  deps.note(unprovedNote(provider, probed.why));
  return 'unproved';
}

/** A session that ends half-way leaves the old one to be ended after another login. */
function refuseShortSession({ client, clock }: OperationDeps): void {
  const { provider, secret } = client.connection;
  const { expiresAt } = checkCredential(client.connection, secret, clock.now());
  if (expiresAt === null || Date.parse(expiresAt) - clock.now() > ENOUGH_MS) return;
  throw new AppError({
    code: 'auth',
    message: `the credential of ${provider.title} ends at ${expiresAt}, which may be too soon`,
    hint: `log in again with \`${loginCommand(client.connection)}\``,
    provider: provider.id,
  });
}

/** Whether the read that proves the credential is the list itself. */
function isProvedByList({ connection }: Client): boolean {
  const { provider, settings } = connection;
  const { list } = provider.tokens;
  if (!list) return false;
  const page = { size: 1, isPlain: false, newestFirst: false };
  return list.request(undefined, settings, page).path === provider.probe.request(undefined, settings).path;
}

/** Null where nothing is compared with a list; `missing` where the provider's list is inferred and not there. */
async function listNow(operation: Operation): Promise<RecentItems<Item> | 'missing' | null> {
  const { deps, plan } = operation;
  const { client } = deps;
  if (plan.way === 'in-place') return null;
  try {
    const list = await listPrior(operation);
    // The managing credential is a token: a list without any is no list.
    const isHollow = plan.thing === 'token' && list?.items.length === 0;
    return isHollow && client.connection.provider.facts.lists === 'inferred' ? 'missing' : list;
  } catch (error) {
    if (!isListMissing(client.connection.provider, error)) throw error;
    // A provider that answers nothing at all is no reason to send what cannot be repeated.
    if (error.facts.unanswered) await askDocumented(client);
    return 'missing';
  }
}

/**
 * What was there before, read no further than is needed: the newest tokens, those that an earlier operation may have made late
 * (they are ended), and all of them where a name that a person chose must be free.
 */
async function listPrior(operation: Operation): Promise<RecentItems<Item> | null> {
  const { deps, plan } = operation;
  const { listed } = deps;
  const late = await lateOperations(operation);
  const { names } = deps.client.connection.provider.facts;
  const needsAll = plan.thing === 'token' && plan.spec !== null && !plan.marked && names === 'unique';
  const since = oldestStart(late);
  const isEnough = (items: readonly Item[]): boolean =>
    !needsAll && items.some((item) => since === null || isCreatedBefore(item, since));
  const list =
    listed && plan.thing === 'token'
      ? { ...listed, isCut: false }
      : await listRecentItems(deps.client, plan, isEnough);
  if (list) await endLateCreates(operation, late, list.items.filter(isToken));
  return list;
}

/** From when on a list must be read to show what those operations made, in ms; null for none. The clocks of two machines differ. */
function oldestStart(late: readonly LateOperation[]): number | null {
  if (late.length === 0) return null;
  return Math.min(...late.map(({ startedAt }) => Date.parse(startedAt))) - CLOCKS_DIFFER_MS;
}

function isCreatedBefore({ createdAt }: Item, since: number): boolean {
  return createdAt !== null && Date.parse(createdAt) < since;
}

/**
 * Whether the list tells what was there before. One that ended before its end does so only where a name that nothing else can
 * carry marks what this operation makes: any other record could appear later and be taken for it.
 */
function tellsPrior({ deps, plan }: Operation, { isCut, whole }: RecentItems<Item>): boolean {
  return whole || isCut || (plan.marked && deps.client.connection.provider.facts.names !== 'none');
}

function noteUnknownPrior({ deps, plan }: Operation, { why }: RecentItems<Item>): void {
  const { title } = deps.client.connection.provider;
  deps.note(
    `the list of ${plan.thing}s is not whole${why === null ? '' : ` (${why})`}: if ${title} creates a second ${plan.thing} for the same request, keyturn cannot tell it from those that were there before`,
  );
}

function namesOf(items: readonly Item[]): ReadonlySet<string> {
  return new Set(items.flatMap(({ name }) => (name === null ? [] : [name])));
}

function checkAgainst({ deps, plan }: Operation, { items, whole }: WholeOrNot<Item>): void {
  const { facts, title } = deps.client.connection.provider;
  if (whole && plan.target && !items.some((item) => item.id === plan.target?.id)) {
    throw new AppError({
      code: 'not-found',
      message: `the token "${plan.target.id}" is no longer there`,
      hint: 'see `keyturn tokens list`',
    });
  }
  if (plan.spec && facts.names === 'unique' && items.some((item) => item.name === plan.spec?.name)) {
    throw new AppError({
      code: 'conflict',
      message: `the name "${plan.spec?.name ?? ''}" is taken, and ${title} never frees a name`,
      hint: `use \`--name ${nextFreeName(plan.spec.name ?? '', namesOf(items))}\``,
    });
  }
}
