import type { Token } from '../../../domain/token.ts';
import type { OperationPlan } from '../plan.ts';
import { type Item, UNNAMED } from '../records.ts';

/** What the answer of a request in place tells, under the id that was asked for. */
export function withId(
  issued: Item | null,
  target: { readonly id: string; readonly name: string | null },
): Item {
  if (issued) return { ...issued, id: target.id };
  return { ...UNKNOWN, ...target };
}

const UNKNOWN: Token = {
  id: UNNAMED,
  name: null,
  status: 'active',
  scopes: null,
  createdAt: null,
  expiresAt: null,
  lastUsedAt: null,
  createdBy: null,
  attributes: {},
};

/** What was made, without an id: its secret is there, and a person finds the rest at the provider. */
export function unnamed({ key, spec }: OperationPlan): Item {
  if (key) {
    const { scopes, createdBy, lastUsedAt, ...rest } = UNKNOWN;
    return { ...rest, id: UNNAMED, name: key.name, type: key.type, publicKey: null };
  }
  return { ...UNKNOWN, id: UNNAMED, name: spec?.name ?? null };
}
