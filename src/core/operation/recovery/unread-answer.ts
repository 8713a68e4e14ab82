import { loginCommand } from '../../create-command.ts';
import { NeedsAttention } from '../attention.ts';
import type { Baseline } from '../baseline.ts';
import type { LostAnswer } from '../facts.ts';
import type { Operation } from '../operation.ts';
import type { Item } from '../records.ts';
import { showAnswer, showCommand } from '../resume-command.ts';
import { adopt, believedId, type Created, findCreated, NOTHING_CREATED } from './find-created.ts';

/**
 * The answer arrived, and keyturn does not know which of its values is the secret. Where the provider shows the secret again,
 * the token that the request made is adopted. Otherwise a person must read the answer: nothing is ended, and the error names
 * the new token, or the tokens that it may be.
 */
export async function adoptUnread(operation: Operation, baseline: Baseline, lost: LostAnswer): Promise<Item> {
  const madeId = await believedId(operation, lost);
  const created =
    madeId === null ? await findCreated(operation, baseline, { ...lost, madeId }) : NOTHING_CREATED;
  // Of several values none is chosen, wherever they are read.
  const adopted = lost.answer?.kind === 'several' ? null : await adopt(operation, lost, created);
  if (adopted) return adopted;
  throw unreadAnswer(operation, lost, { ...created, madeId });
}

function unreadAnswer(
  { deps, journal, plan }: Operation,
  { answer }: LostAnswer,
  found: Created & { readonly madeId: string | null },
): NeedsAttention {
  const { connection } = deps.client;
  const { id } = journal.header;
  const why = answer && answer.kind !== 'issued' ? answer.why : 'the answer could not be used';
  const possible = [...found.owned, ...found.candidates, ...found.similar].map((item) => item.id);
  const sure = found.madeId ?? (found.owned.length === 1 ? (found.owned[0]?.id ?? null) : null);
  const thing = nameAndId(plan, sure);
  const old = plan.target === null ? '' : `the old ${plan.thing} works as before; `;
  const abort = `\`keyturn rotations abort ${id}\``;
  const login = plan.login ? loginCommand(connection, ['--with-token']) : null;
  return new NeedsAttention({
    code: 'orphan',
    message: `${connection.provider.title} accepted the request for ${thing} with an answer that keyturn cannot use: ${why}${sure === null ? whichId(possible, found.unlisted) : ''}`,
    manual: login
      ? `${showAnswer(id, 'the answer')}; \`${login}\` logs in with the secret if it is there; then \`keyturn rotations abort ${id} --keep-new\` closes this, or end the token at ${connection.provider.credential.page}`
      : `${old}${showAnswer(id, 'the answer')}, which may hold the secret; ${abort} ends the new ${plan.thing}, or says how to; with \`--keep-new\` it ends nothing, for a secret that you use`,
    orphanId: sure ?? possible[0] ?? null,
    next: showCommand(id),
  });
}

function nameAndId({ key, spec, thing }: Operation['plan'], id: string | null): string {
  const name = spec?.name ?? key?.name ?? null;
  const named = name === null ? `a new ${thing}` : `the ${thing} "${name}"`;
  return id === null ? named : `${named} (id ${id})`;
}

/** What the look told of an id that the answer does not hold. */
function whichId(possible: readonly string[], unlisted: Created['unlisted']): string {
  if (possible.length > 0)
    return `; it may be ${possible
      .slice(0, 5)
      .map((id) => `id:${id}`)
      .join(' or ')}`;
  if (unlisted === null) return '; the provider does not list it yet';
  return `; its id cannot be looked up${unlisted.why === null ? '' : `: the list is not whole (${unlisted.why})`}`;
}
