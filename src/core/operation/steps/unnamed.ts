import { unknownToken } from '../../../domain/token.ts';
import type { TokenTarget } from '../../../ports/provider.ts';
import type { OperationPlan } from '../plan.ts';
import { type Item, UNNAMED } from '../records.ts';

/** What the answer of a request in place tells, under the id that was asked for. */
export function withId(issued: Item | null, { id, name }: TokenTarget): Item {
  return issued ? { ...issued, id } : { ...unknownToken(id), name };
}

/** What was made, without an id: its secret is there, and a person finds the rest at the provider. */
export function unnamed({ key, spec }: OperationPlan): Item {
  const token = { ...unknownToken(UNNAMED), name: spec?.name ?? null };
  if (!key) return token;
  const { scopes, createdBy, lastUsedAt, ...rest } = token;
  return { ...rest, name: key.name, type: key.type, publicKey: null };
}
