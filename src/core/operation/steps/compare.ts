import { type Difference, findDifferences } from '../../../domain/differences.ts';
import type { Json } from '../../../domain/json.ts';
import type { Token } from '../../../domain/token.ts';
import type { TokenSpec } from '../../../ports/provider.ts';
import { lookAt } from '../../confirm-end.ts';
import { NeedsAttention } from '../attention.ts';
import { isListless } from '../baseline.ts';
import type { Made } from '../facts.ts';
import type { Operation } from '../operation.ts';
import { isToken, readObject, readObjectOrNull, readTexts } from '../records.ts';
import { commandsWanted, resumeCommand } from '../resume-command.ts';

/**
 * Compares the new token with what was asked for: its end, its scopes, its name. What the answer left out is looked up
 * once. The differences are recorded; a creation tells them, a rotation stops before the old token ends.
 */
export async function compareGiven(operation: Operation, made: Made): Promise<void> {
  const { spec } = operation.plan;
  if (!spec) return;
  await operation.journal.step<Json>('compare', async () => {
    const found = await differences(operation, made, spec);
    const texts = (isSpelling: boolean): string[] =>
      found.filter((one) => one.isSpelling === isSpelling).map(({ text }) => text);
    return { differ: texts(false), spelled: texts(true) };
  });
}

/** Every difference that was found, one sentence each. */
export function differencesOf({ journal }: Pick<Operation, 'journal'>): readonly string[] {
  const recorded = readObjectOrNull(journal.result('compare'));
  return recorded ? [...readTexts(recorded['differ']), ...readTexts(recorded['spelled'])] : [];
}

/** For a rotation: a token that differs replaces nothing until a person says so. */
export function requireAsAsked({ journal, plan }: Operation, made: Made): void {
  if (plan.way === 'create') return;
  const recorded = journal.result('compare');
  const differ = recorded === null ? [] : readTexts(readObject(recorded)['differ']);
  if (differ.length === 0 || journal.has('accept differences')) return;
  const { id } = journal.header;
  const accept = resumeCommand(id, commandsWanted(journal), '--accept-differences');
  throw new NeedsAttention({
    code: 'conflict',
    message: `the new token "${made.item.id}" is not what was asked for: ${differ.join('; ')}`,
    manual: `the old token works as before; \`${accept}\` goes on with the new token, \`keyturn rotations abort ${id}\` ends it`,
  });
}

async function differences(
  operation: Operation,
  { item }: Made,
  spec: TokenSpec,
): Promise<readonly Difference[]> {
  if (!isToken(item)) return [];
  const { facts } = operation.deps.client.connection.provider;
  // Where tokens have no names, a name is a local one.
  const asked = facts.names === 'none' ? { ...spec, name: null } : spec;
  if (!isUntold(asked, item)) return findDifferences(asked, item);
  const seen = await lookUp(operation, item);
  return findDifferences(asked, seen ?? { ...item, isEndUntold: true });
}

/** Null where the token cannot be looked up. A rotation waits for a provider that is down; a creation is over by now. */
async function lookUp(operation: Operation, item: Token): Promise<Token | null> {
  const { deps, plan } = operation;
  const { auth, provider } = deps.client.connection;
  // A browser session may create tokens and nothing else.
  if (auth.id !== provider.auth[0].id) return null;
  const { error, item: seen } = await lookAt(deps, item);
  const mayWait = plan.way !== 'create' && !isListless(operation);
  if (mayWait && error?.code === 'unavailable') throw error;
  return seen && isToken(seen) ? seen : null;
}

/** Whether the answer is silent about something that was asked for. */
function isUntold(asked: TokenSpec, { expiresAt, name, scopes, unreadable }: Token): boolean {
  if (asked.expiresAt !== null && expiresAt === null && unreadable?.expiresAt === undefined) return true;
  if (asked.scopes.length > 0 && scopes === null) return true;
  return asked.name !== null && name === null;
}
