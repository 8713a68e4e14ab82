import type { OldOutcome } from '../core/operation/old-outcome.ts';
import { safeText } from '../domain/text.ts';

/** What became of the token or key that a rotation replaced, in one sentence. */
export function oldLine({ id, name, outcome, at }: OldOutcome): string {
  const label = name === null ? '' : `"${safeText(name, 200)}", `;
  const old = `the old one (${label}id ${safeText(id, 200)})`;
  const when = at === null ? '' : ` at ${at}`;
  switch (outcome) {
    case 'replaced':
      return `id ${safeText(id, 200)} has a new secret${when}; whether the old one still works was not tried`;
    case 'kept':
      return `${old} goes on working`;
    case 'valid-until':
      return `${old} works until ${at}`;
    case 'unknown':
      return `whether ${old} still works could not be looked up`;
    default:
      return `${old} was ${outcome}${when}`;
  }
}
