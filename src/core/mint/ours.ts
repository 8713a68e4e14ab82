import { mayBeShownAs } from '../../domain/marked-name.ts';
import type { Attempt } from './attempt.ts';
import type { Item } from './item.ts';
import { isToken } from './item.ts';

/**
 * How sure it is that a thing which appeared during an attempt was made by it. `alike`: under a name that a provider may
 * have made of ours; it is reported, and neither ended nor taken over.
 */
export type Kinship = 'ours' | 'perhaps' | 'alike' | 'foreign';

/**
 * A token is ours only if it carries this attempt's mark, was not there before and is not the old one. A mark that
 * a stranger's token may carry by chance (the seconds of an expiry), or a name that a person chose, proves nothing:
 * such a token is reported, never ended.
 */
export function kinship(attempt: Attempt, item: Item, before: ReadonlySet<string> | null): Kinship {
  const { plan, deps } = attempt;
  const { facts, tokens } = deps.client.connection.provider;
  if (item.id === plan.target?.id || before === null || before.has(item.id)) return 'foreign';
  if (!isToken(item)) return item.name === plan.key?.name ? 'perhaps' : 'foreign';
  const { spec } = plan;
  if (!spec) return 'foreign';
  const carries = tokens.lineage?.carries(item, spec) ?? false;
  if (facts.names === 'none') return carries || spec.expiresAt === null ? 'perhaps' : 'foreign';
  if (plan.marked) return carries ? 'ours' : alike(item.name, spec.name);
  if (item.name === null || item.name !== spec.name) return 'foreign';
  // A unique name that was free before the mint and is taken after it: only one create can have succeeded.
  return facts.names === 'unique' ? 'ours' : 'perhaps';
}

function alike(shown: string | null, given: string | null): Kinship {
  return shown !== null && given !== null && mayBeShownAs(given, shown) ? 'alike' : 'foreign';
}
