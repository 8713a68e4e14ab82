import type { Credential } from '../../domain/credential.ts';
import { AppError } from '../../domain/errors.ts';
import { isSavedToken } from '../../domain/saved-token.ts';
import type { Token } from '../../domain/token.ts';
import type { Connection } from '../client.ts';
import { nameTaken } from '../operation/conflicts.ts';
import type { OperationDeps } from '../operation/deps.ts';
import type { PlannedEntry } from '../operation/plan.ts';
import type { RotationTarget } from './target.ts';

/**
 * Where the new secret is kept. A secret that the store holds already is replaced there even when only a destination was
 * asked for: otherwise `run` would go on handing out the old one. The managing credential of a profile that is not in
 * use is never replaced.
 */
export async function findEntry(
  deps: Pick<OperationDeps, 'client' | 'store'>,
  target: RotationTarget,
  wanted: string | null,
): Promise<PlannedEntry | null> {
  const { connection } = deps.client;
  const { mine, refusal } = await keptFor(deps, target);
  const found =
    wanted === null
      ? (mine.find(({ name }) => name === connection.credentialName) ?? mine[0])
      : mine.find(({ name }) => name === wanted);
  if (found) return { name: found.name, kind: found.kind, from: found.current.version };
  if (refusal) throw refusal;
  if (wanted === null) return null;
  const taken = await deps.store.find(wanted);
  if (!taken) return { name: wanted, kind: target.kind, from: null };
  throw nameTaken(taken, connection.provider.id);
}

/**
 * The token with the name and the scopes of its saved credential, where the provider's list is inferred and did not show it: a
 * browser session makes a token like the old one, and nothing else tells what that is.
 */
export async function withSavedFacts(
  deps: Pick<OperationDeps, 'client' | 'store'>,
  token: Token,
): Promise<Token> {
  const isTold = token.name !== null && token.scopes !== null;
  if (isTold || deps.client.connection.provider.facts.lists === 'documented') return token;
  const [saved] = (await keptFor(deps, { kind: 'token', token })).mine;
  if (!saved) return token;
  return { ...token, name: token.name ?? saved.name, scopes: token.scopes ?? saved.current.scopes };
}

/** Why the target is not to be rotated from here: another profile logs in with it. Null where none does. */
export async function refusalOfOthers(
  deps: Pick<OperationDeps, 'client' | 'store'>,
  target: RotationTarget,
): Promise<AppError | null> {
  return (await keptFor(deps, target)).refusal;
}

async function keptFor(
  { client: { connection }, store }: Pick<OperationDeps, 'client' | 'store'>,
  target: RotationTarget,
): Promise<{ readonly mine: readonly Credential[]; readonly refusal: AppError | null }> {
  const item = target.kind === 'token' ? target.token : target.key;
  const project = target.kind === 'key' ? target.project : null;
  const kept = (await store.list()).filter(
    (entry) =>
      entry.project === project &&
      isSavedToken(entry, connection, item) &&
      (target.kind === 'key') === (entry.kind === 'key'),
  );
  const mine = kept.filter((entry) => !isOthersManager(entry, connection));
  const [others] = mine.length === 0 ? kept : [];
  return { mine, refusal: others ? othersManager(others, item.id) : null };
}

function isOthersManager({ kind, name }: Credential, { credentialName }: Connection): boolean {
  return kind === 'managing' && name !== credentialName;
}

/** To rotate it from here would leave that profile with a secret that works no more. */
function othersManager({ name }: Credential, id: string): AppError {
  return new AppError({
    code: 'conflict',
    message: `the token "${id}" is the managing credential "${name}" of another profile`,
    hint: 'rotate it with that profile and "--allow-self"; `keyturn profiles list` shows which profile it is',
    id,
  });
}
