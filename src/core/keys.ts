import { type Reference, resolveReference } from '../domain/reference.ts';
import { type ProjectKey, statusAt } from '../domain/token.ts';
import { unsupported } from './capabilities.ts';
import type { TokenDeps } from './tokens.ts';

/** A project's keys, page by page, with those whose instant has passed told as expired. */
export async function* listKeys(deps: TokenDeps, project: string): AsyncGenerator<readonly ProjectKey[]> {
  const { provider } = deps.client.connection;
  if (!provider.keys) throw unsupported(provider, 'keys list');
  const now = deps.clock.now();
  for await (const page of deps.client.pages(provider.keys.list, { project })) {
    yield page.map((key) => ({ ...key, status: statusAt(key.status, key.expiresAt, now) }));
  }
}

export async function findKey(deps: TokenDeps, project: string, reference: Reference): Promise<ProjectKey> {
  const keys: ProjectKey[] = [];
  for await (const page of listKeys(deps, project)) keys.push(...page);
  return resolveReference(reference, keys, 'key');
}
