import { usage } from '../../domain/errors.ts';
import { parseReference } from '../../domain/reference.ts';
import type { ListedToken } from '../../domain/token.ts';
import { notWholeNote, type WholeOrNot } from '../listing.ts';
import { resolveToken } from '../resolve-reference.ts';
import { fits, type TokenFilter } from '../token-filter.ts';
import { allTokens, listOnce, type ReferenceDeps, requireLastUse, type TokenDeps } from '../tokens.ts';

/** Which tokens shall be rotated. */
export interface TargetChoice {
  /** Names and ids as a person wrote them. */
  readonly references: readonly string[];
  /** Instead of references: every active token that fits. */
  readonly all: Omit<TokenFilter, 'status'> | null;
  /** Of those that were chosen, only what ends within this time, in ms. */
  readonly onlyIfWithinMs: number | null;
  /** More than so many are a mistake. */
  readonly max: number;
}

export interface ChosenTargets {
  /** Each token once. */
  readonly chosen: readonly ListedToken[];
  readonly due: readonly ListedToken[];
  /** The account's tokens, where they were listed to choose among them. */
  readonly listed: WholeOrNot<ListedToken> | null;
  /** What a person must know of the tokens that were not chosen. */
  readonly notes: readonly string[];
}

/** What was chosen, each token once, and what of it is due. Throws `usage` when too many were chosen. */
export async function chooseTargets(deps: ReferenceDeps, choice: TargetChoice): Promise<ChosenTargets> {
  const { tokens, listed, notes } =
    choice.all === null ? await chooseNamed(deps, choice.references) : await chooseAll(deps, choice.all);
  const chosen = [...new Map(tokens.map((token) => [token.id, token])).values()];
  if (chosen.length > choice.max) {
    throw usage(
      `that is ${chosen.length} tokens, more than ${choice.max}`,
      `add "--max ${chosen.length}" if you mean it; nothing was rotated`,
    );
  }
  const { onlyIfWithinMs } = choice;
  if (onlyIfWithinMs === null) return { chosen, due: chosen, listed, notes };
  const until = deps.clock.now() + onlyIfWithinMs;
  const isDue = ({ expiresAt, unreadable }: ListedToken) =>
    expiresAt === null ? unreadable?.expiresAt !== undefined : Date.parse(expiresAt) <= until;
  return { chosen, due: chosen.filter(isDue), listed, notes };
}

interface Choice extends Pick<ChosenTargets, 'listed' | 'notes'> {
  readonly tokens: readonly ListedToken[];
}

async function chooseNamed(deps: ReferenceDeps, references: readonly string[]): Promise<Choice> {
  if (references.length === 0)
    throw usage('nothing says which token', 'name one, or add `--all --expiring-within 14d`');
  const listing = listOnce(deps);
  const tokens: ListedToken[] = [];
  for (const reference of references)
    tokens.push(
      await resolveToken(deps, parseReference(reference), {
        listed: listing.read,
        purpose: 'rotate',
        isAlone: references.length === 1,
      }),
    );
  return { tokens, listed: listing.seen(), notes: [] };
}

/** A token that has ended is not rotated without being named: somebody may have let it end. */
async function chooseAll(deps: TokenDeps, filter: Omit<TokenFilter, 'status'>): Promise<Choice> {
  if (filter.unusedForMs !== undefined) requireLastUse(deps.client.connection.provider);
  const listed = await allTokens(deps);
  const { items, why } = listed;
  const now = deps.clock.now();
  return {
    listed,
    tokens: items.filter((token) => fits({ ...filter, status: 'active' }, token, now)),
    notes: [...endedNote(items), ...ageNote(items, filter), ...(why === null ? [] : [notWholeNote(why)])],
  };
}

function endedNote(items: readonly ListedToken[]): readonly string[] {
  const ended = items.filter(({ status }) => status === 'expired');
  const [first] = ended;
  if (first === undefined) return [];
  const shown = ended
    .slice(0, 5)
    .map(({ id, name }) => (name === null ? `id:${id}` : `"${name}" (id:${id})`));
  const more = ended.length > 5 ? ` and ${ended.length - 5} more` : '';
  const verb = ended.length === 1 ? 'has ended already and is' : 'have ended already and are';
  return [
    `${shown.join(', ')}${more} ${verb} skipped; \`keyturn tokens rotate id:${first.id}\` replaces one`,
  ];
}

function ageNote(items: readonly ListedToken[], { olderThanMs }: TokenFilter): readonly string[] {
  if (olderThanMs === undefined) return [];
  const ageless = items.filter(
    ({ status, createdAt, unreadable }) =>
      status === 'active' && createdAt === null && !unreadable?.createdAt,
  );
  if (ageless.length === 0) return [];
  const which = ageless.length === 1 ? '1 token is' : `${ageless.length} tokens are`;
  return [`${which} skipped: the provider does not tell when it was made`];
}
