import { AppError, isAppError } from '../domain/errors.ts';
import type { Reference } from '../domain/reference.ts';
import { safeText } from '../domain/text.ts';
import type { Identity } from '../domain/token.ts';
import type { Provider } from '../ports/provider.ts';
import type { Client } from './client.ts';
import type { WholeOrNot } from './listing.ts';

// Errova documents seven operations and no GET: its lists are keyturn's inference, and with them every read that proves
// a credential. Nothing that the document offers may fail because such a read is not there.

/** What became of the read that proves the managing credential. */
export type Probed =
  | { readonly kind: 'proved'; readonly identity: Identity }
  /** The read is inferred and not there; the credential may work anyway. */
  | { readonly kind: 'unproved'; readonly why: AppError };

/**
 * Whether the error means that an inferred read is missing at this server. A server that is down, slow or busy (408, 425,
 * 429, 5xx but 501) says nothing about it: that error stays.
 */
export function isListMissing(provider: Provider, error: unknown): error is AppError {
  if (provider.facts.lists === 'documented' || !isAppError(error)) return false;
  const { status, unanswered } = error.facts;
  if (status === undefined) return error.code === 'failure' || unanswered === true;
  if (status >= 500) return status === 501;
  if (status === 404 && provider.isPlaceMissing?.(error.facts.message)) return false;
  return status !== 408 && status !== 425 && status !== 429;
}

/** Null where `work` asked for an inferred list that is not there. */
export async function orNoList<T>(provider: Provider, work: () => Promise<T>): Promise<T | null> {
  try {
    return await work();
  } catch (error) {
    if (isListMissing(provider, error)) return null;
    throw error;
  }
}

/**
 * Proves the managing credential with a read. Where that read is inferred and answers 401, or not at all, a documented call
 * decides: it is refused too (throws `auth`), unanswered too (throws `unavailable`), or the read alone is missing.
 */
export async function probe(client: Client): Promise<Probed> {
  const { provider } = client.connection;
  try {
    return { kind: 'proved', identity: await client.call(provider.probe, undefined) };
  } catch (error) {
    if (!isListMissing(provider, error)) throw error;
    const { status, unanswered } = error.facts;
    if (status === 401 || unanswered) await askDocumented(client);
    return { kind: 'unproved', why: error };
  }
}

/** Passes whatever the answer is, unless it says that the credential is wrong or there is none. */
export async function askDocumented(client: Client): Promise<void> {
  const { documentedProbe } = client.connection.provider;
  if (!documentedProbe) return;
  try {
    await client.call(documentedProbe, undefined);
  } catch (error) {
    if (!isAppError(error)) throw error;
    const { status } = error.facts;
    if (status === undefined ? error.code !== 'failure' : status === 401) throw error;
  }
}

/**
 * What is listed, to look a reference up in. Null where an inferred list is not there or shows nothing, and the reference is
 * an id, which can be acted on without a list. Throws for a name.
 */
export async function findListed<T>(
  provider: Provider,
  reference: Reference,
  list: () => Promise<WholeOrNot<T>>,
): Promise<WholeOrNot<T> | null> {
  try {
    const listed = await list();
    if (provider.facts.lists === 'documented' || listed.items.length > 0) return listed;
    if (reference.by === 'id') return null;
    if (listed.why === null) return listed;
    throw new AppError({ code: 'failure', message: listed.why });
  } catch (error) {
    if (!isListMissing(provider, error)) throw error;
    if (reference.by === 'id') return null;
    throw needsId(provider, reference, error);
  }
}

function needsId(provider: Provider, reference: Reference, why: AppError): AppError {
  const { status } = why.facts;
  const answer = status === undefined || status < 300 ? 'what came is no list' : `it answered ${status}`;
  return new AppError({
    code: why.code === 'auth' ? 'auth' : 'unsupported',
    message: `${provider.title} offers no list here to look "${safeText(reference.value, 80)}" up in: ${answer}`,
    hint: 'give the id as `id:…`: an id needs no list',
    provider: provider.id,
    status,
  });
}

/** For people: why a login or a preflight proved nothing. */
export function unprovedNote({ title }: Provider, why: AppError): string {
  const { status } = why.facts;
  const answer = status === undefined ? 'no list came' : `the list of tokens answered ${status}`;
  return `the credential could not be proved: ${title} documents no call that only reads (${answer})`;
}
