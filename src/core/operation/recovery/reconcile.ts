import { type AppError, isAppError } from '../../../domain/errors.ts';
import type { Json } from '../../../domain/json.ts';
import type { TokenTarget } from '../../../ports/provider.ts';
import { loginCommand } from '../../create-command.ts';
import { probe } from '../../inferred-lists.ts';
import { NeedsAttention } from '../attention.ts';
import type { Baseline } from '../baseline.ts';
import { isUnread, type LostAnswer, type NewSecret, type NothingLeft } from '../facts.ts';
import type { Operation } from '../operation.ts';
import {
  type Item,
  readKey,
  readObject,
  readObjectOrNull,
  readTextsOrNull,
  readToken,
  writeItem,
} from '../records.ts';
import { endCreated } from './end.ts';
import { adopt, believedId, canPass, findCreated } from './find-created.ts';
import { adoptUnread } from './unread-answer.ts';

/** Names or ids of what {@link reconcile} found and ended, as the journal has it. */
export function endedByReconcile({ journal }: Pick<Operation, 'journal'>): readonly string[] {
  const recorded = readObjectOrNull(journal.result('reconcile'));
  return readTextsOrNull(recorded?.['ended']) ?? [];
}

interface Settling extends LostAnswer {
  readonly ended: string[];
}

/** Whether the operation wants its token, or a person wants it undone. */
export type Goal = 'go on' | 'take back';

/**
 * Finds the tokens that a request created, and adopts or ends them. Tokens that are not proved to be this operation's are
 * reported, never ended. What an answer that a person must read belongs to is ended only to take everything back.
 */
export async function reconcile(
  operation: Operation,
  baseline: Baseline,
  lost: LostAnswer,
  goal: Goal,
): Promise<NewSecret | NothingLeft> {
  const recorded = await operation.journal.step<Json>('reconcile', async () => {
    const ended: string[] = [];
    const adopted =
      goal === 'go on' && isUnread(lost)
        ? await adoptUnread(operation, baseline, lost)
        : await settle(operation, baseline, { ...lost, ended });
    return { adopted: adopted && writeItem(adopted), ended };
  });
  const from = readObject(recorded);
  const adopted = readObjectOrNull(from['adopted']);
  if (!adopted) return { kind: 'nothing', ended: readTextsOrNull(from['ended']) ?? [] };
  return {
    kind: 'issued',
    item: operation.plan.thing === 'token' ? readToken(adopted) : readKey(adopted),
    proven: true,
    repeated: false,
  };
}

async function settle(operation: Operation, baseline: Baseline, lost: Settling): Promise<Item | null> {
  if (operation.plan.self && operation.plan.way === 'in-place') return settleSelf(operation);
  const madeId = await believedId(operation, lost);
  if (madeId !== null) await end(operation, { id: madeId, name: null }, lost);
  const found = await findCreated(operation, baseline, { ...lost, madeId });
  if (found.unlisted) requireList(operation, { ...lost, madeId }, found.unlisted.why);
  // If the answer named the token, similar tokens belong to others.
  const created = madeId === null ? found : { ...found, candidates: [], similar: [] };
  const adopted = await adopt(operation, lost, created);
  const { candidates, owned, similar } = created;
  for (const token of owned) if (token.id !== adopted?.id) await end(operation, token, lost);
  const unsure = [...candidates, ...(owned.length === 0 ? similar : [])];
  if (!adopted && unsure.length > 0) throw unproven(operation, lost, unsure);
  return adopted;
}

async function end(
  operation: Operation,
  target: TokenTarget,
  { ended }: Pick<Settling, 'ended'>,
): Promise<void> {
  try {
    await endCreated(operation, operation.deps.client, target);
  } catch (error) {
    // An outage or a 401 can pass, and resume tries again. Any other refusal needs a person.
    if (!isAppError(error) || error instanceof NeedsAttention || canPass(error)) throw error;
    throw cannotEnd(operation, target, error);
  }
  ended.push(target.name ?? target.id);
  operation.deps.note(`ended "${target.name ?? target.id}", whose secret keyturn does not have`);
}

function cannotEnd({ journal }: Operation, { id, name }: TokenTarget, error: AppError): NeedsAttention {
  return new NeedsAttention({
    code: 'orphan',
    message: `"${name ?? id}" (id ${id}) was made, keyturn does not have its secret, and it could not be ended: ${error.message}`,
    manual: `end it at the provider, then \`keyturn rotations abort ${journal.header.id}\``,
    orphanId: id,
  });
}

/** The managing credential rotated itself and the answer is lost: if the old secret still works, nothing was done. */
async function settleSelf(operation: Operation): Promise<null> {
  const { clock, client } = operation.deps;
  const { provider } = client.connection;
  for (let round = 1; round <= 2; round += 1) {
    if (round > 1) await clock.sleep(provider.facts.settleMs);
    try {
      if ((await probe(client)).kind === 'unproved') throw unknownSelf(operation);
    } catch (error) {
      if (error instanceof NeedsAttention || !isAppError(error, 'auth')) throw error;
      throw new NeedsAttention({
        code: 'lost',
        message: `the answer was lost, and the provider now rejects the old secret of "${operation.plan.target?.id ?? ''}"`,
        manual: `make a new credential at the provider and run \`${loginCommand(client.connection)}\``,
        orphanId: operation.plan.target?.id ?? null,
      });
    }
  }
  return null;
}

/** The provider answers no read: neither secret can be tried. */
function unknownSelf({ deps, journal, plan }: Operation): NeedsAttention {
  const id = plan.target?.id ?? '';
  return new NeedsAttention({
    code: 'orphan',
    message: `the answer was lost, and whether the credential "${id}" has a new secret cannot be looked up`,
    manual: `if the old secret still works, \`keyturn rotations abort ${journal.header.id}\` closes this; else make a new credential at the provider and run \`${loginCommand(deps.client.connection)}\``,
    orphanId: id,
  });
}

function unproven({ journal }: Operation, lost: LostAnswer, candidates: readonly Item[]): NeedsAttention {
  const ids = candidates.slice(0, 5).map((token) => `id:${token.id}`);
  return new NeedsAttention({
    code: 'orphan',
    message: `${whatArrived(lost)}; this request may have made what appeared since: ${ids.join(', ')}`,
    manual: `revoke it if nobody else made it, then \`keyturn rotations resume ${journal.header.id}\``,
    orphanId: candidates[0]?.id ?? null,
  });
}

/**
 * A refusal is believed, a lost answer is not. Where an answer named what the request made, that has ended by now, and there is
 * nothing more to look for.
 */
function requireList({ journal, plan }: Operation, lost: LostAnswer, why: string | null): void {
  if (lost.sent.kind === 'refused' || lost.madeId !== null) return;
  const name = plan.spec?.name ?? plan.key?.name ?? null;
  const what = name === null ? `a new ${plan.thing}` : `"${name}"`;
  throw new NeedsAttention({
    code: 'orphan',
    message: `${whatArrived(lost)}; whether ${what} was made cannot be looked up${why === null ? '' : `: the list is not whole (${why})`}`,
    manual: `look for it at the provider and revoke it there, then \`keyturn rotations abort ${journal.header.id}\``,
  });
}

/** What is known of the answer: one that arrived whole is never called lost. */
function whatArrived({ answer, sent }: LostAnswer): string {
  if (sent.kind !== 'answered') return 'the answer was lost';
  const why = answer && answer.kind !== 'issued' ? `: ${answer.why}` : '';
  return `the answer arrived, and keyturn found no secret in it${why}`;
}
