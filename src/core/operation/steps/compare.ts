import { commandLine } from '../../../domain/command-line.ts';
import { type Difference, findDifferences } from '../../../domain/differences.ts';
import type { Json } from '../../../domain/json.ts';
import type { Token } from '../../../domain/token.ts';
import type { TokenSpec } from '../../../ports/provider.ts';
import { lookAt } from '../../confirm-end.ts';
import { NeedsAttention } from '../attention.ts';
import { isListless } from '../baseline.ts';
import type { Made } from '../facts.ts';
import { isSession, type Operation } from '../operation.ts';
import { type Item, idOf, isToken, readObject, readObjectOrNull, readTexts } from '../records.ts';
import { commandsWanted, resumeCommand } from '../resume-command.ts';

/**
 * Compares the new token with what was asked for: its end, its scopes, its options, its name. What the answer left out is looked
 * up once. The differences are recorded and told; an overlapping rotation stops at them before the old token ends.
 */
export async function compareGiven(operation: Operation, made: Made): Promise<void> {
  const unasked = [...findUnnamed(operation, made), ...compareInPlace(operation.plan, made.item)];
  // Nothing to look up and nothing to tell: no line in the journal.
  if (!operation.plan.spec && unasked.length === 0) return;
  await operation.journal.step<Json>('compare', async () => {
    const found = [...unasked, ...(await differences(operation, made))];
    const texts = (isMinor: boolean): string[] =>
      found.filter((one) => one.isMinor === isMinor).map(({ text }) => text);
    return { differ: texts(false), spelled: texts(true) };
  });
}

/** Nobody can end a token by an id that nobody knows, so that a rotation had better not end the old one unasked. */
function findUnnamed({ deps, plan }: Operation, { item }: Made): readonly Difference[] {
  if (idOf(item) !== null) return [];
  const { provider, profile } = deps.client.connection;
  const list = commandLine(plan.thing === 'key' ? keysList(plan) : ['tokens', 'list'], profile);
  const text = `${provider.title} answered with the secret and without an id, so the id of the new ${plan.thing} "${item.name ?? ''}" is unknown; find it with \`${list}\` or at ${provider.credential.page}`;
  return [{ field: 'id', text, isMinor: false }];
}

function keysList({ project }: Operation['plan']): readonly string[] {
  return ['keys', 'list', ...(project === null ? [] : ['--project', project])];
}

/** Every difference that was found, one sentence each. */
export function differencesOf({ journal }: Pick<Operation, 'journal'>): readonly string[] {
  const recorded = readObjectOrNull(journal.result('compare'));
  return recorded ? [...readTexts(recorded['differ']), ...readTexts(recorded['spelled'])] : [];
}

/** For an overlapping rotation: a token that differs replaces nothing until a person says so. */
export function requireAsAsked({ journal, plan }: Operation, made: Made): void {
  if (plan.way !== 'overlap') return;
  const recorded = journal.result('compare');
  const differ = recorded === null ? [] : readTexts(readObject(recorded)['differ']);
  if (differ.length === 0 || journal.has('accept differences')) return;
  const { id } = journal.header;
  const accept = resumeCommand(id, commandsWanted(journal), '--accept-differences');
  throw new NeedsAttention({
    code: 'conflict',
    message: `the new token "${idOf(made.item) ?? made.item.name ?? ''}" is not what was asked for: ${differ.join('; ')}`,
    manual: `the old token works as before; \`${accept}\` goes on with the new token, \`keyturn rotations abort ${id}\` ends it`,
  });
}

async function differences(operation: Operation, { item }: Made): Promise<readonly Difference[]> {
  const { spec } = operation.plan;
  if (!spec || !isToken(item)) return [];
  const { facts, tokens } = operation.deps.client.connection.provider;
  // Where tokens have no names, a name is a local one.
  const asked = facts.names === 'none' ? { ...spec, name: null } : spec;
  const isUnknown = isUntold(asked, item);
  const seen = isUnknown && idOf(item) !== null ? await lookUp(operation, item) : null;
  const given = seen ?? item;
  const isEndUntold = isUnknown && seen === null;
  const found = findDifferences(asked, { ...given, options: tokens.specOf(given).options, isEndUntold });
  if (tokens.choosesEnd) return found.filter(({ field }) => field !== 'expiresAt');
  return found.map((one) => ({ ...one, isMinor: one.isMinor && !isEndAdded(operation, one) }));
}

/** What replaces a token without an end shall not end by itself. */
function isEndAdded({ plan }: Operation, { field }: Difference): boolean {
  return field === 'expiresAt' && plan.way === 'overlap' && plan.target?.expiresAt === null;
}

/** A new secret in place changes nothing else: what the answer tells must be what was there before. */
function compareInPlace({ scopes, target, way }: Operation['plan'], item: Item): readonly Difference[] {
  if (way !== 'in-place') return [];
  const { expiresAt = null, name = null } = target ?? {};
  const given = { ...item, scopes: isToken(item) ? item.scopes : null };
  // An answer that names no end says nothing of it.
  const asked = { name, scopes: scopes ?? [], expiresAt: item.expiresAt === null ? null : expiresAt };
  return findDifferences(asked, given);
}

/** Null where the token cannot be looked up. A rotation waits for a provider that is down; a creation is over by now. */
async function lookUp(operation: Operation, item: Token): Promise<Token | null> {
  const { deps, plan } = operation;
  if (isSession(operation)) return null;
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
