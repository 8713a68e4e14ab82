import type { Credential } from '../../../domain/credential.ts';
import { AppError } from '../../../domain/errors.ts';
import { statusAt } from '../../../domain/token.ts';
import type { Client } from '../../client.ts';
import { agrees, confirmChange, notDone, unconfirmed } from '../../confirm-end.ts';
import { connectedAccount } from '../../connected-account.ts';
import { readToken } from '../../one-token.ts';
import { NeedsAttention } from '../attention.ts';
import { isListless } from '../baseline.ts';
import type { Made } from '../facts.ts';
import type { Operation } from '../operation.ts';
import { markerOf, successor } from '../operation.ts';
import { idOf } from '../records.ts';
import { reportDelivery } from '../steps/deliver.ts';
import { pointTo } from '../steps/switch.ts';
import { endCreated } from './end.ts';
import { requireLive } from './ownership.ts';

export interface WayBack {
  readonly undone: readonly string[];
  readonly left: readonly string[];
}

/** Undoes an operation that has made something. Every part may run again. */
export async function goBack(operation: Operation, made: Made, isTold: boolean): Promise<WayBack> {
  const { journal, plan } = operation;
  if (plan.way === 'in-place') return keepInPlace(operation, isTold);
  const undone: string[] = [];
  await requireOwnVersion(operation);
  if (idOf(made.item) !== null) await requireLive(operation, made);
  if (plan.target) {
    const old = await statusOfOld(operation);
    await journal.step('aborting', async () => ({ id: made.item.id }), { durable: true });
    if (old === 'disabled') undone.push(await enableOld(operation));
  } else {
    await journal.step('aborting', async () => ({ id: made.item.id }), { durable: true });
  }
  const delivery = await reportDelivery(operation);
  undone.push(...(await restoreStore(operation, made)));
  const places = [...delivery.destinations, ...(delivery.printed ? ['stdout'] : [])];
  if (idOf(made.item) === null) return { undone, left: [unnamedLeft(operation, made, places)] };
  undone.push(await endNew(operation, made));
  return { undone, left: places.map((place) => `${place} still has the new secret, which no longer works`) };
}

/** Without an id nothing can be ended: a person finds the token at the provider. */
function unnamedLeft({ deps, plan }: Operation, { item }: Made, places: readonly string[]): string {
  const { page } = deps.client.connection.provider.credential;
  const where = places.length === 0 ? '' : `; ${places.join(', ')} has its secret`;
  return `the new ${plan.thing} "${item.name ?? ''}", which still works and whose id is unknown${where}: find it with \`keyturn ${plan.thing}s list\` or at ${page}, and end it there`;
}

/** Looked at before anything is sent: a journal put back from a backup finds a store that has gone on without it. */
async function requireOwnVersion({ deps, journal, plan }: Operation): Promise<void> {
  const { entry } = plan;
  const kept = entry?.from ? await deps.store.find(entry.name) : null;
  if (!entry?.from || !journal.has('store')) return;
  const { from } = entry;
  const isThere = kept?.versions.some(({ version }) => version === from) ?? false;
  const isOurs = kept?.current.version === from || kept?.current.version === markerOf(journal.header);
  if (isThere && isOurs) return;
  throw new NeedsAttention({
    code: 'conflict',
    message: `the credential "${entry.name}" was changed after this operation: its old version cannot be restored`,
    manual: 'nothing was sent; look at `keyturn tokens list` and end what is not needed by hand',
  });
}

/** The old one must still work, or be one that can be made to, or there is nothing to go back to. */
async function statusOfOld(operation: Operation): Promise<string> {
  const { journal, plan, deps } = operation;
  if (!plan.target) return 'untouched';
  // Nothing can be looked up there: before the first step of the ending, the old one is as it was.
  if (isListless(operation) && !journal.has('disable')) return 'untouched';
  const old = await readToken(deps.client, plan.target);
  const status = old && statusAt(old.status, old.expiresAt, deps.clock.now());
  const mayReturn = status === 'disabled' && deps.client.connection.provider.tokens.enable !== undefined;
  // Before the switch this operation has not touched it: one that was paused by somebody stays paused.
  if (status === 'active' || mayReturn) return journal.has('switch') ? status : 'untouched';
  throw new AppError({
    code: 'conflict',
    message: `"${plan.target.id}" is ended for good: there is no way back`,
    hint: 'run `keyturn rotations resume`: it finishes with the new token',
  });
}

async function enableOld({ deps, plan }: Operation): Promise<string> {
  const { enable } = deps.client.connection.provider.tokens;
  if (!enable || !plan.target) return '';
  const { target } = plan;
  const answered = await deps.client.call(enable, target);
  const sight = await confirmChange(deps, target, { wish: 'on', answered });
  if (sight.seen !== 'unknown' && !agrees(sight, 'on')) throw notDone(deps.client, 'enable', target, sight);
  if (sight.seen !== 'unknown') return `"${target.name ?? target.id}" is enabled again`;
  return unconfirmed(deps.client, 'enable', target, sight);
}

async function restoreStore(operation: Operation, made: Made): Promise<readonly string[]> {
  const { deps, journal, plan } = operation;
  const version = markerOf(journal.header);
  const { entry, target } = plan;
  if (plan.alias !== null)
    await deps.profiles.removeAlias({ ...connectedAccount(deps.client.connection), id: made.item.id });
  if (target) await pointTo(operation, { from: made.item.id, to: target.id });
  const kept = entry && (await deps.store.find(entry.name));
  if (!entry || !kept) return [];
  if (entry.from !== null) {
    await deps.store.promote(entry.name, version, entry.from);
    await deps.store.dropVersion(entry.name, version);
    return ['the store is as it was'];
  }
  return dropBeside(operation, kept);
}

/** The entry is new with this operation; others may have put theirs beside it meanwhile, and keep it. */
async function dropBeside({ deps, journal }: Operation, kept: Credential): Promise<readonly string[]> {
  const { name, current } = kept;
  const version = markerOf(journal.header);
  const other = kept.versions.filter((one) => one.version !== version).at(-1);
  if (!other) {
    await deps.store.remove(name);
    return ['the store is as it was'];
  }
  if (current.version === version) await deps.store.promote(name, version, other.version);
  await deps.store.dropVersion(name, version);
  return [`"${name}" no longer has the new secret; what somebody else put there meanwhile stays`];
}

async function endNew(operation: Operation, made: Made): Promise<string> {
  const { deps, plan } = operation;
  const { id, name } = made.item;
  const client = plan.thing === 'token' ? await whoEnds(operation) : deps.client;
  const ending = await endCreated(operation, client, { id, name });
  return ending === 'unknown'
    ? `"${name ?? id}" is ended as far as the provider says; it could not be looked up`
    : `"${name ?? id}" is ended`;
}

/** The session of a login is gone; its token may end itself. */
async function whoEnds(operation: Operation): Promise<Client> {
  return operation.plan.login
    ? successor({ ...operation, plan: { ...operation.plan, self: true } })
    : operation.deps.client;
}

/** In place there is no way back, but what needed a person may be closed once its secret is safe elsewhere. */
async function keepInPlace({ journal, plan, deps }: Operation, isTold: boolean): Promise<WayBack> {
  const isKept = plan.entry !== null && journal.has('store');
  if (!isTold || !isKept) {
    throw new AppError({
      code: 'conflict',
      message: 'the old secret is replaced: there is no way back to it',
      hint: 'run `keyturn rotations resume`: it delivers the new secret',
    });
  }
  const name = plan.entry?.name ?? '';
  await deps.store.promote(name, plan.entry?.from ?? null, markerOf(journal.header));
  return { undone: [], left: [`the new secret is the current one of "${name}"`] };
}
