import type { Credential } from '../../domain/credential.ts';
import { AppError } from '../../domain/errors.ts';
import { mayBeShownAs, withoutMark } from '../../domain/marked-name.ts';
import type { PolicyToken } from '../../domain/policy.ts';
import { matchAccount } from '../../domain/saved-token.ts';
import type { ListedToken } from '../../domain/token.ts';
import type { OperationSummary } from '../../ports/journal.ts';
import type { Connection } from '../client.ts';
import { CannotBeSure } from '../listing.ts';
import { nextOfListed } from '../operation/resume-command.ts';
import { waitsUntil } from '../operation/waiting.ts';
import type { Decision } from './decision.ts';
import { whyDue } from './due.ts';
import type { PolicyFacts } from './facts.ts';

export interface Question {
  readonly token: PolicyToken;
  readonly facts: PolicyFacts;
  readonly connection: Connection;
  readonly now: number;
}

/**
 * What is to be done, from what is known. An unfinished operation comes first. A token is the one whose id the store has
 * under the policy's name, never one that merely carries the name: that may be somebody else's. A secret is thrown away only
 * where its end is proven; that a token is not listed proves nothing. Throws `conflict` for what a person must decide.
 */
export function decide(question: Question): Decision {
  const { operations, entry } = question.facts;
  const told = operations.find(({ state }) => state === 'attention');
  if (told) throw needsPerson(told);
  const [open] = operations;
  if (open) {
    const dueAt = waitsUntil(open, question.now);
    if (dueAt === null) {
      return {
        action: 'resume',
        why: open.dueAt === null ? 'it is unfinished' : 'its grace is over',
        operation: open,
      };
    }
    if (question.facts.replaced !== 'ended') return { action: 'wait', operation: open, dueAt };
    return { action: 'resume', why: 'the replaced token has ended already', operation: open };
  }
  if (entry) return decideKept(question, entry);
  return question.token.save === null ? decideNamed(question) : decideNew(question);
}

function decideKept(question: Question, entry: Credential): Decision {
  const { facts, connection, now } = question;
  const isOfPlace = matchAccount(entry, connection) !== 'other';
  const isOthersManager = entry.kind === 'managing' && entry.name !== connection.credentialName;
  if (!isOfPlace || isOthersManager || entry.kind === 'key' || entry.current.id === null)
    throw otherEntry(entry.name);
  const { kept, sameNamed } = facts;
  const { expiresAt } = entry.current;
  // A managing credential has an option of its own.
  if (kept && entry.kind !== 'managing') refuseOtherName(question.token, kept);
  if (kept?.status === 'disabled') throw isPaused(kept, entry.name);
  if (kept?.status === 'active') {
    const isInPlace = connection.provider.facts.rotation === 'in-place';
    const bornAt = isInPlace ? null : (kept.createdAt ?? entry.current.createdAt);
    const unreadable = kept.unreadable ?? {};
    const isBirthKnown = isInPlace || bornAt !== null;
    const life = {
      bornAt: bornAt ?? entry.current.savedAt,
      endsAt: kept.expiresAt ?? expiresAt,
      ...(!isBirthKnown && { unreadableBirth: unreadable.createdAt }),
      unreadableEnd: unreadable.expiresAt,
    };
    return replaceWhenDue(kept, whyDue(question.token, life, now));
  }
  if (kept === null) requireWhole(question, `no token of the credential "${entry.name}"`);
  if (entry.kind === 'managing') throw otherEntry(entry.name);
  const isOver = kept !== null || (expiresAt !== null && Date.parse(expiresAt) <= now);
  if (!isOver) throw isGone(entry.name, entry.current.id);
  refuseLive(question);
  return {
    action: 'create',
    why: `the one before is ${kept?.status ?? 'expired'}`,
    replaces: true,
    sameNamed,
  };
}

function decideNew(question: Question): Decision {
  refuseLive(question);
  const { sameNamed } = question.facts;
  return { action: 'create', why: 'there is none', replaces: false, sameNamed };
}

/** Without an entry the name must do; it is stable here, or the policy would have been refused. */
function decideNamed(question: Question): Decision {
  const { facts, token, now } = question;
  const exact = facts.sameNamed.filter(({ name }) => name === token.name);
  const [live, another] = exact.filter(({ status }) => status === 'active');
  if (live && another) throw severalLive(token.name, exact);
  const paused = exact.find(({ status }) => status === 'disabled');
  if (!live && paused) throw isPaused(paused, null);
  if (!live) requireWhole(question, `no token "${token.name}"`);
  refuseUnlistedAlias(question);
  if (!live) return { action: 'create', why: 'there is none', replaces: false, sameNamed: exact };
  const life = {
    bornAt: live.createdAt,
    endsAt: live.expiresAt,
    unreadableBirth: live.unreadable?.createdAt,
    unreadableEnd: live.unreadable?.expiresAt,
  };
  return replaceWhenDue(live, whyDue(token, life, now));
}

function replaceWhenDue(live: ListedToken, why: string | null): Decision {
  return why === null ? { action: 'nothing', live } : { action: 'rotate', why, live };
}

/** A living token of the name whose secret is not ours to know: making another one would hide it. */
function refuseLive(question: Question): void {
  refuseUnlistedAlias(question);
  const { facts, token, connection } = question;
  const live = facts.sameNamed.find(
    ({ id, status }) => status === 'active' && id !== facts.entry?.current.id,
  );
  if (!live) {
    requireWhole(question, `no token "${token.name}"`);
    return;
  }
  throw new AppError({
    code: 'conflict',
    message: `"${live.name ?? live.id}" lives at ${connection.provider.title}, and its secret is not saved as "${token.save ?? ''}"`,
    hint: `\`keyturn tokens rotate id:${live.id} --save ${token.save ?? ''}\` takes it over; or revoke it`,
  });
}

/** A token is made because it is not listed only where the list is proven to be whole. */
function requireWhole({ facts }: Question, claim: string): void {
  if (facts.unlisted !== null) throw new CannotBeSure(claim, facts.unlisted);
}

/** A name that stands for a token of another account would be taken from it. */
function refuseUnlistedAlias({ facts, token }: Question): void {
  if (facts.unlistedAlias === null || facts.unlisted !== null) return;
  throw new AppError({
    code: 'conflict',
    message: `the name "${token.name}" stands for id ${facts.unlistedAlias}, which is not listed here`,
    hint: 'check the profile, choose another name, or take the name out of `aliases` in config.yaml',
  });
}

function needsPerson(operation: OperationSummary): AppError {
  const { header, reason } = operation;
  return new AppError({
    code: 'conflict',
    message: `an operation needs a person: ${reason ?? 'it stopped'}`,
    hint: `\`${nextOfListed(operation)}\` says what to do`,
    operation: header.id,
    next: nextOfListed(operation),
  });
}

function otherEntry(name: string): AppError {
  return new AppError({
    code: 'conflict',
    message: `the credential "${name}" holds something else`,
    hint: 'choose another name for `save`',
  });
}

/** A person who agrees to a change of "docs" must not change the token "billing", because `save` names its entry. */
function refuseOtherName({ name, save }: PolicyToken, kept: ListedToken): void {
  if (save === null || save === name || kept.name === null) return;
  if (withoutMark(kept.name) === name || mayBeShownAs(name, kept.name)) return;
  throw new AppError({
    code: 'conflict',
    message: `the credential "${save}" holds the token "${kept.name}" (id ${kept.id}), not "${name}"`,
    hint: 'give the policy the name of that token, or choose another name for `save`',
  });
}

function isPaused({ id, name }: ListedToken, entry: string | null): AppError {
  const renew = entry === null ? '' : '; or give `save` another name to have a new one made';
  return new AppError({
    code: 'conflict',
    message: `"${name ?? id}" is disabled, and a policy enables nothing`,
    hint: `\`keyturn tokens enable id:${id}\`${renew}`,
  });
}

function isGone(entry: string, id: string): AppError {
  return new AppError({
    code: 'conflict',
    message: `the token of "${entry}", id ${id}, is not listed here; its secret may work elsewhere`,
    hint: `check the profile; where it is gone for good, give \`save\` another name and apply again`,
  });
}

function severalLive(name: string, tokens: readonly ListedToken[]): AppError {
  const ids = tokens.slice(0, 5).map(({ id }) => `id:${id}`);
  return new AppError({
    code: 'conflict',
    message: `"${name}" fits ${tokens.length} tokens: ${ids.join(', ')}`,
    hint: 'rename or revoke all but one, or keep it with `save`',
  });
}
