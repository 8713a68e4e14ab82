import { type AppError, isAppError } from '../../domain/errors.ts';
import type { Json } from '../../domain/json.ts';
import type { Secret } from '../../domain/secret.ts';
import type { Identity } from '../../domain/token.ts';
import type { Baseline } from './arm.ts';
import type { Attempt } from './attempt.ts';
import { secretOf, successor } from './attempt.ts';
import { NeedsAttention } from './attention.ts';
import type { Made } from './identify.ts';
import { isToken } from './item.ts';
import { listItems } from './list-items.ts';

/** Waits between tries while a provider's servers learn of a new secret; 45 s in all. */
const PATIENCE_MS = [1_000, 2_000, 4_000, 8_000, 15_000, 15_000];

export type Verdict = 'accepted' | 'rejected';

/**
 * Has the new secret make a real call, and compares who it is with who it should be. `rejected` when the provider goes
 * on refusing it after its changes have had time to spread. A secret of somebody else, or the old one again, needs a person.
 */
export async function verify(attempt: Attempt, made: Made, baseline: Baseline): Promise<Verdict> {
  const recorded = await attempt.journal.step<Json>('verify', async () => {
    await refuseOldSecret(attempt);
    return (await prove(attempt, made, baseline)) ? 'accepted' : 'rejected';
  });
  return recorded === 'accepted' ? 'accepted' : 'rejected';
}

/** As {@link verify}, once more and not recorded: ending the old one may have ended its family. */
export async function stillWorks(attempt: Attempt, made: Made): Promise<boolean> {
  return prove(attempt, made, { before: null, account: null });
}

async function prove(attempt: Attempt, made: Made, baseline: Baseline): Promise<boolean> {
  const { clock } = attempt.deps;
  const secret = await secretOf(attempt);
  for (const wait of [...PATIENCE_MS, null]) {
    try {
      await proveOnce(attempt, made, { baseline, secret });
      return true;
    } catch (error) {
      if (!isAppError(error, 'auth')) throw error;
      if (wait === null) return false;
      await clock.sleep(wait);
    }
  }
  return false;
}

interface Expected {
  readonly baseline: Baseline;
  readonly secret: Secret;
}

async function proveOnce(attempt: Attempt, made: Made, expected: Expected): Promise<void> {
  const { client } = attempt.deps;
  const { tokens } = client.connection.provider;
  const { item } = made;
  if (!isToken(item)) return proveListed(attempt, item.id);
  if (tokens.prove) {
    compareIdentity(
      attempt,
      made,
      await client.as(expected.secret).call(tokens.prove, item),
      expected.baseline,
    );
    return;
  }
  if (!tokens.get) return;
  // The credential in use may be paused by now; its successor can speak for itself.
  const reader = await successor(attempt);
  const shown = await reader.call(tokens.get, { id: item.id, name: item.name });
  if (shown.item && shown.item.status !== 'active') throw unexpected(item.id, `is ${shown.item.status}`);
  if (shown.secret && !shown.secret.equals(expected.secret)) throw unexpected(item.id, 'has another secret');
}

/** A key cannot call the API that made it; that it is listed as active is all there is to see. */
async function proveListed({ deps, plan }: Attempt, id: string): Promise<void> {
  const listed = (await listItems(deps.client, plan))?.find((item) => item.id === id);
  if (listed && listed.status !== 'active') throw unexpected(id, `is ${listed.status}`);
}

function compareIdentity(attempt: Attempt, made: Made, identity: Identity, baseline: Baseline): void {
  const { scopes } = attempt.plan;
  if (identity.account !== null && baseline.account !== null && identity.account !== baseline.account) {
    throw unexpected(made.item.id, 'belongs to another account');
  }
  if (scopes && identity.scopes && !isSameSet(scopes, identity.scopes)) {
    throw unexpected(made.item.id, 'has other scopes than asked for');
  }
}

async function refuseOldSecret(attempt: Attempt): Promise<void> {
  const { deps, plan } = attempt;
  const { entry } = plan;
  if (!entry || entry.from === null) return;
  const old = await deps.store.open(entry.name, entry.from);
  if (!old.equals(await secretOf(attempt))) return;
  throw new NeedsAttention({
    code: 'conflict',
    message: 'the provider gave the old secret again instead of a new one',
    manual: 'look at the provider; then `keyturn rotations abort`',
  });
}

function unexpected(id: string, what: string): AppError {
  return new NeedsAttention({
    code: 'conflict',
    message: `the new one, "${id}", ${what}`,
    manual: 'compare it at the provider, then `keyturn rotations abort` ends it',
  });
}

function isSameSet(a: readonly string[], b: readonly string[]): boolean {
  return new Set(a).size === new Set(b).size && a.every((one) => b.includes(one));
}
