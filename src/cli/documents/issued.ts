import type { DeliveredItem, DeliveryReport } from '../../core/delivery.ts';
import type { OldOutcome } from '../../core/operation/old-outcome.ts';
import type { OperationResult } from '../../core/operation/result.ts';
import type { JsonObject } from '../../domain/json.ts';
import type { Secret } from '../../domain/secret.ts';
import { safeText } from '../../domain/text.ts';
import type { ReportObject } from '../../output/report.ts';
import { deliveryJson } from './credential.ts';

/** `none`: nothing was unfinished. `nothing-due`: no token had to be rotated. `set-aside`: the record could not be read. */
export type IssuedState = OperationResult['kind'] | 'none' | 'nothing-due' | 'set-aside';

/** What a creation, a rotation or a resumed operation did, as every document about one says it. */
export interface Issued {
  readonly operation: string | null;
  /** Null in a document that is written with the secret in it, before the operation has ended. */
  readonly state: IssuedState | null;
  readonly dueAt: string | null;
  readonly old: OldOutcome | null;
  readonly differences: readonly string[];
  readonly delivery: DeliveryReport | null;
  /** Shown by the presenter alone, when it writes the document. */
  readonly secret: Secret | null;
}

/** Of a document about a token or key that this command did not create or rotate. */
export const NOT_ISSUED: Issued = {
  operation: null,
  state: null,
  dueAt: null,
  old: null,
  differences: [],
  delivery: null,
  secret: null,
};

export function issuedOf(result: OperationResult<unknown>): Issued {
  const { operation, kind, dueAt, old, differences, delivery } = result;
  return { operation, state: kind, dueAt, old, differences, delivery, secret: null };
}

/** Of the document that carries the secret: it is written while the operation goes on. */
export function issuedWhilePrinting(
  { operation, differences = [], delivered }: DeliveredItem,
  secret: Secret,
  more: Partial<Issued> = {},
): Issued {
  const delivery = delivered === undefined ? null : { ...delivered, printed: true };
  return { ...NOT_ISSUED, operation: operation ?? null, differences, delivery, secret, ...more };
}

export function issuedJson(issued: Issued): ReportObject {
  const { operation, state, dueAt, old, differences, delivery, secret } = issued;
  return {
    attempt: operation,
    state,
    dueAt,
    old: oldJson(old),
    differences: [...differences],
    delivery: delivery && deliveryJson(delivery),
    tokenSecret: secret,
  };
}

/** What became of the token or key that a rotation replaced. */
export function oldJson(old: OldOutcome | null): JsonObject | null {
  return old && { id: old.id, name: old.name, outcome: old.outcome, at: old.at };
}

/** What became of the token or key that a rotation replaced, in one sentence. */
export function oldLine({ id, name, outcome, at }: OldOutcome): string {
  const label = name === null ? '' : `"${safeText(name, 200)}", `;
  const old = `the old token (${label}id ${safeText(id, 200)})`;
  const when = at === null ? '' : ` at ${at}`;
  switch (outcome) {
    case 'replaced':
      return `id ${safeText(id, 200)} has a new secret${when}; keyturn did not try whether the old secret still works`;
    case 'kept':
      return `${old} stays valid`;
    case 'valid-until':
      return `${old} is valid until ${at}`;
    case 'unknown':
      return `keyturn could not look up whether ${old} still works`;
    default:
      return `${old} was ${outcome}${when}`;
  }
}
