import { AppError } from '../../domain/errors.ts';
import type { AttemptSummary } from '../../ports/journal.ts';
import { isUnfinished } from '../../ports/journal.ts';
import type { Connection } from '../client.ts';
import { aboutAttempt } from './about.ts';
import { isOfPlace } from './attempt.ts';
import { readPlanOrNull } from './attempt-plan.ts';
import type { MintDeps } from './deps.ts';
import { waitsUntil } from './grace.ts';
import { resumeListed } from './resume-command.ts';

/** What a new attempt would work on. */
export interface Claim {
  /** The store's entry. */
  readonly entry: string | null;
  /** The token that would be replaced. */
  readonly target: { readonly id: string; readonly name: string | null } | null;
}

/**
 * Refuses with `locked` what an unfinished attempt still needs: the entry that it goes to, the token that it replaces, and
 * the one that it made. The journal itself knows only what is replaced; a token in its grace has a successor that could
 * be rotated before its own rotation is over, and then there would be no way back from either.
 */
export async function refuseInTheWay(deps: MintDeps, claim: Claim): Promise<void> {
  const { attempts } = await deps.host.list({ only: 'unfinished' });
  const found = attempts.find(
    (attempt) => isUnfinished(attempt) && isInTheWay(deps.client.connection, claim, attempt),
  );
  if (!found) return;
  if (await deps.host.isRunning(found.header.id)) throw running(found);
  throw inTheWay(found, deps.clock.now());
}

function isInTheWay(connection: Connection, { entry, target }: Claim, { header }: AttemptSummary): boolean {
  // A plan that cannot be read claims nothing that is known; the journal refuses what it may be for.
  const plan = readPlanOrNull(header.plan);
  if (!plan) return false;
  if (entry !== null && plan.entry?.name === entry) return true;
  if (!target || !isOfPlace(header, plan, connection)) return false;
  if (plan.target?.id === target.id && plan.thing === 'token') return true;
  return plan.marked && target.name !== null && plan.spec?.name === target.name;
}

/** A live process is at it: there is nothing to resume or abort. */
function running({ header }: AttemptSummary): AppError {
  return new AppError({
    code: 'locked',
    message: `another keyturn is at it now: ${aboutAttempt(header)}, since ${header.startedAt}`,
    hint: 'wait until it is done, then run the command again',
    attempt: header.id,
  });
}

function inTheWay(attempt: AttemptSummary, now: number): AppError {
  const { id, kind, profile } = attempt.header;
  const next = resumeListed(attempt);
  const facts = { attempt: id, profile: profile ?? undefined, next };
  const due = waitsUntil(attempt, now);
  if (due === null) {
    return new AppError({
      code: 'locked',
      message: `an unfinished operation (${kind}, ${id}) needs it`,
      hint: `run \`${next}\` or \`keyturn rotations abort ${id}\` first`,
      ...facts,
    });
  }
  return new AppError({
    code: 'locked',
    message: `it was rotated already, and the old one works until ${due} (operation ${id})`,
    hint: `\`keyturn rotations resume ${id} --now\` ends that grace, \`keyturn rotations abort ${id}\` goes back`,
    ...facts,
  });
}
