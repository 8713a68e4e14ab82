import { commandLine } from '../domain/command-line.ts';
import { isAppError } from '../domain/errors.ts';
import type { Reference } from '../domain/reference.ts';
import { type ProjectKey, statusAt } from '../domain/token.ts';
import { unsupported } from './capabilities.ts';
import { findListed } from './inferred-lists.ts';
import { resolveListed, type WholeOrNot } from './listing.ts';
import type { ListProgress, TokenDeps } from './tokens.ts';

/** A project's keys, page by page, with those whose instant has passed told as expired. */
export async function* listKeys(
  deps: TokenDeps,
  project: string,
  progress: Pick<ListProgress, 'why'> = { why: null },
): AsyncGenerator<readonly ProjectKey[]> {
  const { provider } = deps.client.connection;
  if (!provider.keys) throw unsupported(deps.client.connection, 'keys list');
  const listing = deps.client.pages(provider.keys.list, { project });
  try {
    for await (const page of listing) {
      const now = deps.clock.now();
      yield page.map((key) => ({ ...key, status: statusAt(key.status, key.expiresAt, now) }));
    }
  } catch (error) {
    // Not where the list itself is missing, which Errova documents nowhere.
    if (!isAppError(error, 'not-found') || !/\bproject\b/i.test(error.message)) throw error;
    const projects = commandLine(['projects', 'list'], deps.client.connection.profile);
    throw error.with({ hint: `check "--project": \`${projects}\` shows those that there are` });
  }
  progress.why = listing.why;
}

export async function findKey(deps: TokenDeps, project: string, reference: Reference): Promise<ProjectKey> {
  const { provider } = deps.client.connection;
  const listed = await findListed(provider, reference, () => allKeys(deps, project));
  return listed === null ? unknownKey(reference.value) : resolveListed(reference, listed, 'key');
}

export async function allKeys(deps: TokenDeps, project: string): Promise<WholeOrNot<ProjectKey>> {
  const items: ProjectKey[] = [];
  const progress: Pick<ListProgress, 'why'> = { why: null };
  for await (const page of listKeys(deps, project, progress)) items.push(...page);
  const { why } = progress;
  return { items, whole: why === null, why };
}

function unknownKey(id: string): ProjectKey {
  const nothing = { name: null, type: null, publicKey: null, createdAt: null, expiresAt: null };
  return { id, status: 'active', ...nothing, attributes: {} };
}
