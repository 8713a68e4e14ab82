import { type Difference, findDifferences } from '../domain/differences.ts';
import type { AppError } from '../domain/errors.ts';
import { mayBeShownAs } from '../domain/marked-name.ts';
import type { Token } from '../domain/token.ts';
import type { TokenTarget } from '../ports/provider.ts';
import type { Client } from './client.ts';
import { confirmWith, contradicted, type LookDeps, nameOf, type Sight } from './confirm-end.ts';

export interface Renaming {
  /** With the name that the token had before. */
  readonly target: TokenTarget;
  readonly newName: string;
}

/** A rename that was answered with a success. */
export interface AnsweredRenaming extends Renaming {
  /** The token as the answer to the rename shows it; null for an answer without one. */
  readonly answered: Token | null;
}

/** What is known of the name after a rename. */
export type NameSight =
  | {
      readonly kind: 'renamed';
      readonly token: Token;
      /** Set where the provider only writes the wished name in its own way (in lower case). */
      readonly spelling: Difference | null;
    }
  /** Nobody could be asked for the name. */
  | { readonly kind: 'unknown'; readonly why: string };

/**
 * Looks whether a rename took effect: an answer of 2xx alone proves nothing. A look that shows another name is repeated
 * once after the provider's settle time. Throws `failure` where it still does. The answer to the rename counts where the
 * token cannot be looked up, or the look shows no name.
 */
export async function confirmName(deps: LookDeps, renaming: AnsweredRenaming): Promise<NameSight> {
  const { target, answered } = renaming;
  const agrees = (sight: Sight) => readName(sight, renaming).kind !== 'other';
  const seen = readName(await confirmWith(deps, target, { answered, agrees }), renaming);
  const read = seen.kind === 'unknown' && answered ? readToken(answered, renaming) : seen;
  if (read.kind === 'other') throw notRenamed(deps.client, renaming, read.is);
  return read;
}

/** Told where nothing shows the name. */
export function unconfirmedName({ connection }: Client, { target, newName }: Renaming, why: string): string {
  return `could not confirm that ${nameOf(target)} is now called "${newName}": ${connection.provider.title} accepted the request, but ${why}`;
}

type Read = NameSight | { readonly kind: 'other'; readonly is: string };

function readName({ seen, error, item }: Sight, renaming: Renaming): Read {
  if (item !== null) return 'publicKey' in item ? unknown(NAMELESS) : readToken(item, renaming);
  // The managing credential itself is refused: nothing was seen of its name.
  if (seen === 'off') return unknown('refuses the credential now');
  if (seen === 'gone') return { kind: 'other', is: 'not there' };
  return unknown(`the token could not be looked up (${error?.message ?? 'no answer'})`);
}

function readToken(token: Token, { target, newName }: Renaming): Read {
  const { name } = token;
  if (name === null) return unknown(NAMELESS);
  if (name === newName) return { kind: 'renamed', token, spelling: null };
  const asked = { name: newName, scopes: [], expiresAt: null };
  const [difference] = findDifferences(asked, { name, scopes: null, expiresAt: null });
  const isOld = name === target.name;
  const isOurs = difference?.isMinor || mayBeShownAs(newName, name);
  if (difference && isOurs && !isOld) return { kind: 'renamed', token, spelling: difference };
  return { kind: 'other', is: `${isOld ? 'still ' : ''}called "${name.slice(0, 200)}"` };
}

function unknown(why: string): NameSight {
  return { kind: 'unknown', why };
}

const NAMELESS = 'shows the token without a name';

function notRenamed(client: Client, { target, newName }: Renaming, is: string): AppError {
  return contradicted(client, { id: target.id, request: `rename ${nameOf(target)} to "${newName}"`, is });
}
