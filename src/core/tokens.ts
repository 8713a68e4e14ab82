import { AppError } from '../domain/errors.ts';
import { type Reference, resolveReference } from '../domain/reference.ts';
import { type ListedToken, statusAt, type Token, unknownToken } from '../domain/token.ts';
import type { Clock } from '../ports/clock.ts';
import type { Profiles } from '../ports/profiles.ts';
import type { Provider, TokenSpec } from '../ports/provider.ts';
import type { CredentialStore } from '../ports/store.ts';
import { requireSupport, unsupported } from './capabilities.ts';
import type { Client } from './client.ts';
import { connectedAccount } from './connected-account.ts';
import { findListed } from './inferred-lists.ts';
import { resolveListed, type WholeOrNot } from './listing.ts';
import { readToken } from './one-token.ts';
import { fits, isFiltered, type TokenFilter } from './token-filter.ts';

export interface TokenDeps {
  readonly client: Client;
  readonly profiles: Profiles;
  readonly clock: Clock;
  /** What is kept here tells apart a token and the managing credential whose id is not known. */
  readonly openStore?: () => Promise<Pick<CredentialStore, 'list' | 'find' | 'open'>>;
}

export interface ReferenceDeps extends TokenDeps {
  /** Read only where a reference may be a saved credential's name; nothing is unlocked. */
  store(): Promise<Pick<CredentialStore, 'list' | 'find'>>;
  /** The provider that a saved credential is for. */
  loadProvider(id: string): Promise<Provider>;
}

export interface ListWish extends TokenFilter {
  readonly limit?: number | undefined;
  readonly sort?: TokenSort | undefined;
}

export const TOKEN_SORTS = ['name', 'created', 'expires', 'last-used'] as const;
export type TokenSort = (typeof TOKEN_SORTS)[number];

export interface ListProgress {
  /** Set once more tokens were there than the limit let through. */
  cut: boolean;
  /** How many were yielded. */
  count: number;
  /** How many the provider listed. */
  seen: number;
  /** Why the list is not whole; null where it is, or where reading stopped at the limit. */
  why: string | null;
}

/** Tokens page by page as the vendor gives them, with local names, expiry and the one in use marked. */
export async function* listTokens(
  deps: TokenDeps,
  wish: ListWish,
  progress: ListProgress,
): AsyncGenerator<readonly ListedToken[]> {
  const { provider } = deps.client.connection;
  if (!provider.tokens.list) throw unsupported(deps.client.connection, 'tokens list');
  if (wish.unusedForMs !== undefined) requireLastUse(provider);
  const complete = await completer(deps);
  const { limit, sort } = wish;
  const held: ListedToken[] = [];
  const hint = limit !== undefined && sort === undefined && !isFiltered(wish) ? limit + 1 : undefined;
  const listing = deps.client.pages(provider.tokens.list, undefined, { limit: hint });
  for await (const page of listing) {
    const now = deps.clock.now();
    progress.seen += page.length;
    const fitting = page.map(complete).filter((token) => fits(wish, token, now));
    if (sort !== undefined) {
      held.push(...fitting);
      continue;
    }
    const room = limit === undefined ? fitting.length : limit - progress.count;
    const shown = fitting.slice(0, room);
    progress.count += shown.length;
    if (shown.length > 0) yield shown;
    if (fitting.length > room) {
      progress.cut = true;
      return;
    }
  }
  progress.why = listing.why;
  if (sort === undefined) return;
  held.sort(comparer(sort));
  progress.cut = limit !== undefined && held.length > limit;
  const kept = held.slice(0, limit);
  progress.count = kept.length;
  yield kept;
}

export async function allTokens(deps: TokenDeps): Promise<WholeOrNot<ListedToken>> {
  const { provider } = deps.client.connection;
  if (!provider.tokens.list) throw unsupported(deps.client.connection, 'tokens list');
  const complete = await completer(deps);
  const list = await deps.client.all(provider.tokens.list, undefined);
  return { ...list, items: list.items.map(complete) };
}

/**
 * The token that a reference names. An id is asked for by itself where the vendor has such a call; names need the list.
 * `known` are tokens listed before, so that several references cost one listing.
 */
export async function findToken(
  deps: TokenDeps,
  reference: Reference,
  known?: () => Promise<WholeOrNot<ListedToken>>,
): Promise<ListedToken> {
  const { provider } = deps.client.connection;
  requireSupport(deps.client.connection, 'tokens get');
  if (reference.by === 'id' && provider.tokens.get) {
    const one = await readToken(deps.client, { id: reference.value, name: null });
    if (one === null) return resolveReference(reference, [], 'token');
    return (await completer(deps))(one);
  }
  const listed = await findListed(provider, reference, known ?? (() => allTokens(deps)));
  if (listed === null) return (await completer(deps))(unknownToken(reference.value));
  return resolveListed(reference, listed, 'token');
}

/** One listing, however often it is read. */
export interface SharedListing {
  readonly read: () => Promise<WholeOrNot<ListedToken>>;
  /** What came; null where nobody has read it, or nothing came. */
  readonly seen: () => WholeOrNot<ListedToken> | null;
}

/** Lists once, however often it is asked. */
export function listOnce(deps: TokenDeps): SharedListing {
  let listed: Promise<WholeOrNot<ListedToken>> | null = null;
  let seen: WholeOrNot<ListedToken> | null = null;
  const list = async () => {
    seen = await allTokens(deps);
    return seen;
  };
  return {
    read: () => {
      listed ??= list();
      return listed;
    },
    seen: () => seen,
  };
}

/** Adds what the vendor does not know: the local alias, whether the instant of expiry has passed, whether we use it. */
export async function completer(deps: TokenDeps): Promise<(token: Token) => ListedToken> {
  const { claims, provider, tokenId } = deps.client.connection;
  const place = connectedAccount(deps.client.connection);
  const aliases = provider.facts.names === 'none' ? await deps.profiles.aliases(place) : [];
  const names = new Map(aliases.map((alias) => [alias.id, alias.name]));
  // The instant after the answer: what the provider says of its last use is never in the future then.
  return (token) => ({
    ...token,
    name: token.name ?? names.get(token.id) ?? null,
    status: statusAt(token.status, token.expiresAt, deps.clock.now()),
    // A claim counts because the vendor shows a token of that id.
    inUse: tokenId === null ? (claims?.includes(token.id) ?? false) : token.id === tokenId,
  });
}

/** Without it every token would count as unused since it was made, and be piped to `disable`. */
export function requireLastUse(provider: Provider): void {
  if (provider.facts.lastUse !== 'untold') return;
  throw new AppError({
    code: 'unsupported',
    message: `${provider.title} does not tell when a token was last used`,
    hint: 'leave "--unused-for" out',
    provider: provider.id,
  });
}

function comparer(sort: TokenSort): (a: ListedToken, b: ListedToken) => number {
  const field = (
    { name: 'name', created: 'createdAt', expires: 'expiresAt', 'last-used': 'lastUsedAt' } as const
  )[sort];
  // Instants as numbers: as texts, one with a fraction of a second would come before the second it is in.
  const sortable = (value: string | null) => (value === null || field === 'name' ? value : Date.parse(value));
  const isUnreadable = (token: ListedToken) => field !== 'name' && token.unreadable?.[field] !== undefined;
  // A date that cannot be read may be any: it comes first. What the vendor does not say comes last; ids settle ties.
  return (a, b) => {
    if (isUnreadable(a) !== isUnreadable(b)) return isUnreadable(a) ? -1 : 1;
    const left = sortable(a[field]);
    const right = sortable(b[field]);
    if (left !== right) {
      if (left === null) return 1;
      if (right === null) return -1;
      return left < right ? -1 : 1;
    }
    return a.id < b.id ? -1 : 1;
  };
}

/** The one step of a creation, for `--dry-run`. */
export function createStep(client: Client, spec: TokenSpec, name: string | null) {
  const { provider } = client.connection;
  const { create } = provider.tokens;
  if (!create) throw unsupported(client.connection, 'tokens create');
  const scopes = spec.scopes.length === 0 ? '' : `, scopes ${spec.scopes.join(' ')}`;
  const own = Object.entries(spec.options).map(([option, value]) => `, ${option} ${value}`);
  const until = spec.expiresAt === null ? '' : `, until ${spec.expiresAt}`;
  const named = name === null ? '' : ` "${name}"`;
  return {
    what: `create the token${named}${scopes}${own.join('')}${until}`,
    call: client.describe(create, spec),
  };
}
