import { type AppError, isAppError } from '../../../domain/errors.ts';
import type { Json } from '../../../domain/json.ts';
import type { Identity, Token } from '../../../domain/token.ts';
import type { Issued, TokenApi, TokenTarget } from '../../../ports/provider.ts';
import type { Client } from '../../client.ts';
import { NeedsAttention } from '../attention.ts';
import { type Baseline, readBaseline } from '../baseline.ts';
import { findInList } from '../calls.ts';
import type { Made } from '../facts.ts';
import type { Operation } from '../operation.ts';
import { isSession, markerOf, secretOf } from '../operation.ts';
import { isToken } from '../records.ts';

/** Waits between tries while a provider's servers learn of a new secret; 45 s in all. */
const PATIENCE_MS = [1_000, 2_000, 4_000, 8_000, 15_000, 15_000];

export type Verdict = 'accepted' | 'rejected';

/**
 * Has the new secret make a real call, compares who it is with who it should be, and looks whether the provider lists it as
 * active: one that is accepted may yet be suspended. `rejected` when the provider goes on refusing it after its changes
 * have had time to spread. A secret of somebody else, one that is not active, or the old one again, needs a person.
 */
export async function verify(operation: Operation, made: Made, baseline: Baseline): Promise<Verdict> {
  const recorded = await operation.journal.step<Json>('verify', async () => {
    await refuseOldSecret(operation);
    if (baseline.isUnreadable) return skip(operation, made);
    if (!(await prove(operation, made, baseline))) return 'rejected';
    if (isJustShown(operation, made)) return 'accepted';
    const oddity = await findOddity(operation, made);
    if (oddity === 'refused') return 'rejected';
    if (oddity !== null) throw unexpected(operation, made.item.id, oddity);
    return 'accepted';
  });
  return recorded === 'accepted' ? 'accepted' : 'rejected';
}

/** Whether the provider has shown the token a moment ago, active and with this very secret. */
function isJustShown({ memory }: Operation, { item }: Made): boolean {
  return memory.shown?.id === item.id && memory.shown.status === 'active';
}

/** As {@link verify}, once more and not recorded: ending the old one may have ended its family. */
export async function stillWorks(operation: Operation, made: Made): Promise<boolean> {
  const recorded = operation.journal.result('preflight');
  // The provider answers no read: the secret was not tried before, and cannot be tried now.
  if (recorded !== null && readBaseline(recorded).isUnreadable) return true;
  if (!(await prove(operation, made, { prior: null, account: null, isUnreadable: false }))) return false;
  return (await findOddity(operation, made)) === null;
}

/** The vendor's whole answer is all that there is to go by. */
function skip({ deps }: Operation, made: Made): 'accepted' {
  const { title } = deps.client.connection.provider;
  deps.note(`the new secret of "${made.item.id}" was not tried: ${title} answers no read here`);
  return 'accepted';
}

/** Whether the secret itself is accepted; true where nothing can be called with it. */
async function prove(operation: Operation, made: Made, baseline: Baseline): Promise<boolean> {
  const { client } = operation.deps;
  const { prove: call } = client.connection.provider.tokens;
  const { item } = made;
  if (!isToken(item) || !call) return true;
  const own = client.as(await secretOf(operation));
  return isAccepted(operation, async () =>
    compareIdentity(operation, made, await own.call(call, item), baseline),
  );
}

/**
 * What is wrong with the new token or key as the provider shows it, or null; `refused` if the lookup used the new secret and
 * the provider rejected it.
 */
async function findOddity(operation: Operation, made: Made): Promise<string | null> {
  const { client } = operation.deps;
  // The credential in use may be paused by now, and a session may see nothing: then the new one speaks for itself.
  const isAlone = operation.plan.self || isSession(operation);
  if (!isAlone) return compareShown(operation, made, client);
  const own = client.as(await secretOf(operation));
  let oddity: string | null = null;
  const isHeard = await isAccepted(operation, async () => {
    oddity = await compareShown(operation, made, own);
  });
  return isHeard ? oddity : 'refused';
}

/** A refusal is waited out: a provider's servers may not know the new secret yet. */
async function isAccepted({ deps }: Operation, work: () => Promise<void>): Promise<boolean> {
  for (const wait of [...PATIENCE_MS, null]) {
    try {
      await work();
      return true;
    } catch (error) {
      if (!isAppError(error, 'auth')) throw error;
      if (wait === null) return false;
      await deps.clock.sleep(wait);
    }
  }
  return false;
}

async function compareShown(operation: Operation, made: Made, reader: Client): Promise<string | null> {
  const { get, prove: call } = reader.connection.provider.tokens;
  const { item } = made;
  if (!isToken(item) || !get) {
    const listed = await findInList(reader, operation.plan, item.id);
    return listed && listed.status !== 'active' ? `is listed as ${listed.status}` : null;
  }
  const shown = await show(reader, { get, target: { id: item.id, name: item.name }, isProven: !!call });
  if (shown?.item && shown.item.status !== 'active') return `is listed as ${shown.item.status}`;
  const secret = shown?.secret;
  return secret && !secret.equals(await secretOf(operation)) ? 'has another secret' : null;
}

interface Look {
  readonly get: NonNullable<TokenApi['get']>;
  readonly target: TokenTarget;
  readonly isProven: boolean;
}

/** A secret that made a call of its own exists, whatever a list that lags says. */
async function show(reader: Client, { get, target, isProven }: Look): Promise<Issued<Token> | null> {
  try {
    return await reader.call(get, target);
  } catch (error) {
    if (isProven && isAppError(error, 'not-found')) return null;
    throw error;
  }
}

function compareIdentity(operation: Operation, made: Made, identity: Identity, baseline: Baseline): void {
  const { scopes } = operation.plan;
  if (identity.account !== null && baseline.account !== null && identity.account !== baseline.account) {
    throw unexpected(operation, made.item.id, 'belongs to another account');
  }
  if (scopes && identity.scopes && !isSameSet(scopes, identity.scopes)) {
    throw unexpected(operation, made.item.id, 'has other scopes than asked for');
  }
}

async function refuseOldSecret(operation: Operation): Promise<void> {
  const { deps, journal, plan } = operation;
  const { entry } = plan;
  if (!entry || entry.from === null) return;
  // A power cut after the last steps makes this one run again: the old version may have been dropped by then.
  const saved = await deps.store.find(entry.name);
  const isDropped = !saved?.versions.some(({ version }) => version === entry.from);
  if (isDropped && saved?.current.version === markerOf(journal.header)) return;
  const old = await deps.store.open(entry.name, entry.from);
  if (!old.equals(await secretOf(operation))) return;
  throw new NeedsAttention({
    code: 'conflict',
    message: 'the provider gave the old secret again instead of a new one',
    manual: `look at the provider; then \`keyturn rotations abort ${operation.journal.header.id}\``,
  });
}

function unexpected({ journal }: Operation, id: string, what: string): AppError {
  return new NeedsAttention({
    code: 'conflict',
    message: `the new token "${id}" ${what}`,
    manual: `compare it at the provider, then \`keyturn rotations abort ${journal.header.id}\` ends it`,
  });
}

function isSameSet(a: readonly string[], b: readonly string[]): boolean {
  return new Set(a).size === new Set(b).size && a.every((one) => b.includes(one));
}
