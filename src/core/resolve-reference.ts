import type { Credential } from '../domain/credential.ts';
import { AppError, isAppError } from '../domain/errors.ts';
import { withoutMark } from '../domain/marked-name.ts';
import { ambiguous, fitsReference, type Reference } from '../domain/reference.ts';
import { type Born, isSameToken } from '../domain/same-token.ts';
import { matchAccount } from '../domain/saved-token.ts';
import { safeText } from '../domain/text.ts';
import type { ListedToken, ProjectKey, TokenStatus } from '../domain/token.ts';
import { unsupported } from './capabilities.ts';
import { explainMissing } from './explain-missing.ts';
import { orNoList } from './inferred-lists.ts';
import { allKeys, findKey } from './keys.ts';
import { CannotBeSure, type WholeOrNot } from './listing.ts';
import { findQuickly } from './quick-reference.ts';
import { allTokens, findToken, type ReferenceDeps } from './tokens.ts';
import { whereOf } from './where.ts';

/**
 * What is wanted of the token. `rotate` wants the active one, and the saved successor before its own predecessor, so that
 * a job may say `etl` for ever. `revive` and `delete` also act on what has ended, so nothing is preferred there.
 */
export type Purpose = 'use' | 'rotate' | 'revive' | 'delete';

export interface ResolveOptions {
  readonly purpose?: Purpose;
  /** Tokens listed before, so that several references cost one listing. */
  readonly listed?: () => Promise<WholeOrNot<ListedToken>>;
  /** It is the only reference: the whole list is read only where nothing less tells. */
  readonly isAlone?: boolean;
}

/**
 * The one token that a person names: by the name of a saved credential (its current id), else by the vendor's name or id,
 * else by the name that a rotation gave another mark. Two different readings are refused with both ids (`conflict`), and so
 * is a saved name whose own token is not listed while another token has that name. `id:X` and `name:X` force the vendor's
 * id and the vendor's name.
 */
export async function resolveToken(
  deps: ReferenceDeps,
  reference: Reference,
  { purpose = 'use', listed = () => allTokens(deps), isAlone = false }: ResolveOptions = {},
): Promise<ListedToken> {
  if (reference.by === 'id') return findById(deps, reference, listed);
  const saved = await findSaved(deps, reference, null);
  const quick = isAlone && purpose === 'rotate' ? await findQuickly(deps, reference, saved) : null;
  if (quick) return quick;
  const list = await listOrNull(deps, saved, listed);
  if (list === null) return findUnlisted(deps, reference, saved, listed);
  if (saved) requireSavedOne(deps, { reference, saved, list, noun: 'token' });
  const found = chooseToken(reference, { saved, tokens: list.items, purpose });
  if (found) return found;
  throw await explain(deps, { reference, list, noun: 'token', project: null });
}

/** The same for the keys of a project. */
export async function resolveKey(
  deps: ReferenceDeps,
  project: string,
  reference: Reference,
): Promise<ProjectKey> {
  const { provider } = deps.client.connection;
  if (!provider.keys) throw unsupported(deps.client.connection, 'keys list');
  if (reference.by === 'id') return findKey(deps, project, reference);
  const saved = await findSaved(deps, reference, project);
  const list = await listOrNull(deps, saved, () => allKeys(deps, project));
  if (list === null) {
    const id = saved?.current.id ?? null;
    return findKey(deps, project, id === null ? reference : { by: 'id', value: id });
  }
  if (saved) requireSavedOne(deps, { reference, saved, list, noun: 'key' });
  const found = only(reference, readingsOf(reference, saved, list.items), 'key');
  if (found) return found;
  throw await explain(deps, { reference, list, noun: 'key', project });
}

interface NotFound {
  readonly reference: Reference;
  readonly list: WholeOrNot<{ readonly name: string | null }>;
  readonly noun: 'token' | 'key';
  readonly project: string | null;
}

/** A list that is not whole proves no absence. */
async function explain(deps: ReferenceDeps, { list, ...missing }: NotFound): Promise<AppError> {
  if (list.why !== null)
    return new CannotBeSure(`no ${missing.noun} "${safeText(missing.reference.value, 80)}"`, list.why);
  return explainMissing(deps, { ...missing, things: list.items });
}

interface SavedName {
  readonly reference: Reference;
  readonly saved: Credential;
  readonly list: WholeOrNot<Named>;
  readonly noun: 'token' | 'key';
}

/**
 * A saved name stands for one id. After a rotation the vendor's name is free, so once the saved token has ended elsewhere a
 * colleague may have taken the name: such a token is never acted on in place of the saved one.
 */
function requireSavedOne({ client }: ReferenceDeps, { reference, saved, list, noun }: SavedName): void {
  if (list.items.some((thing) => isSameToken(saved.current, thing))) return;
  const others = list.items.filter((thing) => hasName(reference, thing));
  const [other] = others;
  if (other === undefined) return;
  const shown = others
    .slice(0, 5)
    .map(({ id, name }) => `${name === null ? '' : `"${safeText(name, 80)}" `}(id:${safeText(id, 80)})`);
  const more = others.length > 5 ? ` and ${others.length - 5} more` : '';
  const claim = `saved "${safeText(saved.name, 128)}" is id ${safeText(saved.current.id ?? '', 80)}, which is not listed`;
  if (list.why !== null) throw new CannotBeSure(claim, list.why);
  const is = others.length === 1 ? `another ${noun} there is` : `other ${noun}s there are`;
  const byName = others.length === 1 && other.name === reference.value;
  throw new AppError({
    code: 'conflict',
    message: `${claim} at ${whereOf(client.connection)}; ${is} ${shown.join(', ')}${more}`,
    hint: `if you mean that ${noun}, name it as \`id:${safeText(other.id, 80)}\`${byName ? ` or \`name:${safeText(other.name ?? '', 80)}\`` : ''}`,
    id: saved.current.id ?? undefined,
  });
}

/** Without a project: the saved credential of a token. */
async function findSaved(
  { client, store }: ReferenceDeps,
  { by, value }: Reference,
  project: string | null,
): Promise<Credential | null> {
  if (by !== 'either') return null;
  const saved = await (await store()).find(value);
  if (!saved || saved.current.id === null) return null;
  const match = matchAccount(saved, client.connection);
  // Where the account is unknown, only the creation date tells the token from one of the same id elsewhere.
  if (match === 'other' || (match === 'unknown' && saved.current.createdAt === null)) return null;
  const isKey = saved.kind === 'key';
  return isKey === (project !== null) && (!isKey || saved.project === project) ? saved : null;
}

async function findById(
  deps: ReferenceDeps,
  reference: Reference,
  listed: () => Promise<WholeOrNot<ListedToken>>,
): Promise<ListedToken> {
  try {
    return await findToken(deps, reference, listed);
  } catch (error) {
    if (!isAppError(error, 'not-found') || error.facts.status !== undefined) throw error;
    throw await explainMissing(deps, { reference, things: [], noun: 'token', project: null });
  }
}

/**
 * Null where the provider has no list here; `findToken` and `findKey` know what an id is worth then. An inferred list that
 * shows nothing at all says nothing of a saved id either.
 */
async function listOrNull<T>(
  { client }: ReferenceDeps,
  saved: Credential | null,
  listed: () => Promise<WholeOrNot<T>>,
): Promise<WholeOrNot<T> | null> {
  const { provider } = client.connection;
  const list = await orNoList(provider, listed);
  const isEmpty = list?.items.length === 0 && provider.facts.lists === 'inferred';
  const isNothing = isEmpty && (saved !== null || !list.whole);
  return isNothing ? null : list;
}

async function findUnlisted(
  deps: ReferenceDeps,
  reference: Reference,
  saved: Credential | null,
  listed: () => Promise<WholeOrNot<ListedToken>>,
): Promise<ListedToken> {
  const id = saved?.current.id ?? null;
  if (id === null) return findToken(deps, reference, listed);
  const token = await findToken(deps, { by: 'id', value: id }, listed);
  return { ...token, name: token.name ?? reference.value };
}

interface Candidates {
  readonly saved: Credential | null;
  readonly tokens: readonly ListedToken[];
  readonly purpose: Purpose;
}

function chooseToken(reference: Reference, { saved, tokens, purpose }: Candidates): ListedToken | undefined {
  const active = tokens.filter(isActive);
  if (purpose === 'rotate') {
    const ended = saved && tokens.find((token) => isSameToken(saved.current, token) && !isActive(token));
    if (ended) {
      // Never another active token of that name in its place.
      const others = active.filter((token) => hasName(reference, token));
      if (others.length > 0) throw ambiguous(reference, [ended, ...others], 'token');
    }
    const readings = readingsOf(reference, saved, active);
    const [first] = readings;
    const isSuccessor =
      saved !== null &&
      first !== undefined &&
      isSameToken(saved.current, first) &&
      first.name !== reference.value &&
      withoutMark(first.name ?? '') === reference.value;
    if (first && isSuccessor) return first;
    if (first) return only(reference, readings, 'token');
    if (reference.by === 'either')
      return successor(reference, active) ?? only(reference, readingsOf(reference, saved, tokens), 'token');
    return only(reference, readingsOf(reference, saved, tokens), 'token');
  }
  const readings = readingsOf(reference, saved, tokens);
  const [first, ...others] = readings;
  if (!first) return reference.by === 'either' ? successor(reference, active) : undefined;
  // What a rotation replaced may stand in the list for ever, under the first name and disabled.
  const isSaved = saved !== null && isSameToken(saved.current, first);
  if (purpose === 'use' && isSaved && isActive(first) && !others.some(isActive)) return first;
  return only(reference, readings, 'token');
}

interface Named extends Born {
  readonly id: string;
  readonly name: string | null;
  readonly status: TokenStatus;
}

/** Everything that the reference may mean, the saved one first. */
function readingsOf<T extends Named>(
  reference: Reference,
  saved: Credential | null,
  things: readonly T[],
): readonly T[] {
  const kept = saved && things.find((thing) => isSameToken(saved.current, thing));
  const named = things.filter((thing) => fitsReference(reference, thing) && thing !== kept);
  return kept ? [kept, ...named] : named;
}

/** The active token whose name is this one with the mark of a rotation. */
function successor(reference: Reference, active: readonly ListedToken[]): ListedToken | undefined {
  const successors = active.filter((token) => isMarked(reference, token));
  return only(reference, successors, 'token');
}

/** Whether a person may mean the thing by this reference, which also names a saved one. */
function hasName(reference: Reference, thing: Named): boolean {
  return fitsReference(reference, thing) || isMarked(reference, thing);
}

function isMarked({ value }: Reference, { name }: Pick<Named, 'name'>): boolean {
  return name !== null && name !== value && withoutMark(name) === value;
}

function only<T extends Named>(reference: Reference, readings: readonly T[], noun: string): T | undefined {
  if (readings.length > 1) throw ambiguous(reference, readings, noun);
  return readings[0];
}

function isActive({ status }: { readonly status: TokenStatus }): boolean {
  return status === 'active';
}
