import { AppError, isAppError } from '../domain/errors.ts';
import { safeText } from '../domain/text.ts';
import type { Token } from '../domain/token.ts';
import type { Issued } from '../ports/provider.ts';
import type { Client } from './client.ts';
import { isListMissing } from './inferred-lists.ts';
import { readToken } from './one-token.ts';

/** More claims, or more tokens whose values are compared, than this are not looked at: a login stays quick. */
const MOST_CLAIMS = 8;
const MOST_VALUES = 25;

/** What the vendor says of an id: the token, that there is none, or nothing. */
type Shown = Issued<Token> | 'none' | 'unknown';

/**
 * The id of the managing credential, as far as the vendor confirms it: the one id among the credential's own claims that is a
 * token of the vendor's, or the token whose value the vendor shows to be this credential. Null where it stays unknown.
 */
export async function findOwnId(client: Client, claims: readonly string[]): Promise<string | null> {
  const { provider } = client.connection;
  if (provider.facts.managerIsSession) return null;
  const confirmed: string[] = [];
  for (const id of new Set(claims.slice(0, MOST_CLAIMS))) {
    const shown = await look(client, id);
    if (typeof shown === 'object') confirmed.push(id);
  }
  const [only, another] = confirmed;
  if (only !== undefined) return another === undefined ? only : null;
  return provider.facts.secretShown === 'again' ? findByValue(client) : null;
}

/** The id that a person stated, unless the vendor or the credential itself says otherwise (`conflict`). */
export async function checkStatedId(
  client: Client,
  stated: string,
  claims: readonly string[],
): Promise<string> {
  const { provider } = client.connection;
  if (provider.facts.managerIsSession) {
    throw contradiction(`the credential is ${provider.facts.managedBy}, which has no id in the list`);
  }
  const shown = await look(client, stated);
  const name = safeText(stated, 80);
  if (shown === 'none' && (await isGone(client, stated)))
    throw contradiction(`${provider.title} has no token "${name}"`);
  if (typeof shown === 'object' && tellsValue(client) && !shown.secret?.equals(client.connection.secret)) {
    throw contradiction(`the token "${name}" has another value than the credential`);
  }
  const own = claims.includes(stated) ? stated : await findOwnId(client, claims);
  if (own !== null && own !== stated) throw contradiction(`the credential is the token "${own}"`);
  return stated;
}

/**
 * Refuses (`conflict`) to end the credential under an id that nothing but somebody's word connects with it. Confirmed is what
 * the credential's claims or its value, as the vendor shows it, say now; and the id of a token that keyturn created itself
 * (`isIssued`). An id that is not known at all is left to the caller.
 */
export async function confirmOwnId(client: Client, isIssued: boolean): Promise<void> {
  const { claims = [], provider, secret, tokenId } = client.connection;
  if (tokenId === null) return;
  const shown = tellsValue(client) ? await look(client, tokenId) : 'unknown';
  const isShown = typeof shown === 'object' && (shown.secret?.equals(secret) ?? false);
  const own = isShown ? tokenId : await findOwnId(client, claims);
  if (own === tokenId || (own === null && isIssued && typeof shown !== 'object')) return;
  const name = safeText(tokenId, 80);
  throw new AppError({
    code: 'conflict',
    message:
      own === null
        ? `${provider.title} does not confirm that "${name}" is this credential, so it is not revoked from here`
        : `the credential is the token "${safeText(own, 80)}", not "${name}" as at login; nothing was revoked`,
    hint:
      own === null
        ? `revoke the credential on ${provider.credential.page}`
        : 'log in again without "--token-id", or revoke the right one with `keyturn tokens revoke`',
    provider: provider.id,
  });
}

/** Whether the vendor shows a credential its own value. */
export function tellsValue(client: Client): boolean {
  const { facts, tokens } = client.connection.provider;
  return facts.secretShown === 'again' && tokens.get !== undefined;
}

/** What the vendor will not show is unknown; a vendor that cannot be reached is an error. */
export async function look(client: Client, id: string): Promise<Shown> {
  const { provider } = client.connection;
  const { get, list } = provider.tokens;
  try {
    if (get) return await client.call(get, { id, name: null });
    if (!list) return 'unknown';
    let count = 0;
    for await (const page of client.pages(list, undefined)) {
      const item = page.find((token) => token.id === id);
      if (item) return { item, secret: null };
      count += page.length;
    }
    return count === 0 ? 'unknown' : 'none';
  } catch (error) {
    if (isListMissing(provider, error)) return 'unknown';
    if (isAppError(error, 'not-found')) return 'none';
    if (isAppError(error, 'auth') || isAppError(error, 'failure')) return 'unknown';
    throw error;
  }
}

/** A 404 may also mean that the server has no call for one token: the list decides, where it can be read. */
async function isGone(client: Client, id: string): Promise<boolean> {
  try {
    return (await readToken(client, { id, name: null })) === null;
  } catch (error) {
    // There is no such list either.
    if (isAppError(error, 'not-found')) return true;
    if (isAppError(error, 'auth') || isAppError(error, 'failure')) return false;
    throw error;
  }
}

async function findByValue(client: Client): Promise<string | null> {
  const { list } = client.connection.provider.tokens;
  if (!list || !tellsValue(client)) return null;
  let compared = 0;
  for await (const page of client.pages(list, undefined)) {
    for (const token of page) {
      if (token.status !== 'active') continue;
      if (compared === MOST_VALUES) return null;
      compared += 1;
      const shown = await look(client, token.id);
      if (typeof shown === 'object' && shown.secret?.equals(client.connection.secret)) return token.id;
    }
  }
  return null;
}

function contradiction(message: string): AppError {
  return new AppError({
    code: 'conflict',
    message: `"--token-id" is not the id of this credential: ${message}`,
    hint: 'see `keyturn tokens list` for the ids, or leave "--token-id" out',
  });
}
