import type { Credential } from '../../domain/credential.ts';
import { withoutMark } from '../../domain/marked-name.ts';
import type { Reference } from '../../domain/reference.ts';
import { isSameToken } from '../../domain/same-token.ts';
import type { ListedToken } from '../../domain/token.ts';
import type { CredentialStore } from '../../ports/store.ts';
import { orNoList } from '../inferred-lists.ts';
import { resolveListed, type WholeOrNot } from '../listing.ts';
import { findToken, type TokenDeps } from '../tokens.ts';

/**
 * The token that shall be rotated. A rotation gives its successor another name where names are unique or carry the mark
 * (`etl` becomes `etl-20261122-7f3a9c21`), and a job that says `etl` means whatever is in its place now: the one that is kept
 * under that name, else the only active one of that name, else the only active successor of it.
 */
export async function findRotationTarget(
  deps: TokenDeps,
  store: Pick<CredentialStore, 'find'>,
  {
    reference,
    listed,
  }: { readonly reference: Reference; readonly listed: () => Promise<WholeOrNot<ListedToken>> },
): Promise<ListedToken> {
  if (reference.by === 'id') return findToken(deps, reference, listed);
  const { value } = reference;
  const list = await orNoList(deps.client.connection.provider, listed);
  if (list === null) {
    const id = (await findKeptEntry(deps, store, value))?.current.id ?? null;
    return findToken(deps, id === null ? reference : { by: 'id', value: id }, listed);
  }
  const active = list.items.filter((token) => token.status === 'active');
  const exact = active.filter(
    (token) => token.name === value || (reference.by === 'either' && token.id === value),
  );
  const successors = active.filter(
    (token) => token.name !== value && token.name !== null && withoutMark(token.name) === value,
  );
  const kept = await findKeptToken(deps, store, { name: value, active });
  if (kept && (exact.length === 0 || exact.includes(kept) || successors.includes(kept))) return kept;
  const [only, another] = exact.length > 0 ? exact : successors;
  if (only && !another) return only;
  return resolveListed(reference, exact.length > 0 ? { ...list, items: exact } : list, 'token');
}

async function findKeptToken(
  deps: TokenDeps,
  store: Pick<CredentialStore, 'find'>,
  { name, active }: { readonly name: string; readonly active: readonly ListedToken[] },
): Promise<ListedToken | undefined> {
  const entry = await findKeptEntry(deps, store, name);
  return entry && active.find((token) => isSameToken(entry.current, token));
}

async function findKeptEntry(
  { client }: TokenDeps,
  store: Pick<CredentialStore, 'find'>,
  name: string,
): Promise<Credential | undefined> {
  const { provider, origin } = client.connection;
  const entry = await store.find(name);
  if (entry?.provider !== provider.id || entry.origin !== origin || entry.kind === 'key') return undefined;
  return entry;
}
