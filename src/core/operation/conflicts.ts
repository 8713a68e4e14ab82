import { commandLine } from '../../domain/command-line.ts';
import type { Credential, CredentialKind } from '../../domain/credential.ts';
import { AppError } from '../../domain/errors.ts';
import type { ListedToken } from '../../domain/token.ts';
import type { JournalHost, OperationHeader, OperationList, OperationSummary } from '../../ports/journal.ts';
import { isUnfinished } from '../../ports/journal.ts';
import type { AliasPlace, Profiles } from '../../ports/profiles.ts';
import type { Connection } from '../client.ts';
import type { Ownership } from '../own-token.ts';
import type { OperationDeps } from './deps.ts';
import { isOfPlace } from './operation.ts';
import { aboutOperation, readPlanOrNull } from './plan.ts';
import { nextOfListed } from './resume-command.ts';
import { waitsUntil } from './waiting.ts';

// Every reason for which a command may not do now what it was asked, each with its one code: `locked` (13) while an
// unfinished operation needs the thing, `conflict` (6) for all else.

/** What a new operation would work on. */
export interface Claim {
  /** The store's entry. */
  readonly entry: string | null;
  /** The token that would be replaced. */
  readonly target: { readonly id: string; readonly name: string | null } | null;
}

/**
 * `locked` for what an unfinished operation still needs: the entry that it saves to, the token that it replaces, and the one
 * that it made. The journal itself knows only what is replaced; a token in its grace period has a successor that could be
 * rotated before its own rotation is over, and then there would be no way back from either.
 */
export async function refuseInTheWay(deps: OperationDeps, claim: Claim): Promise<void> {
  const { connection } = deps.client;
  const found = await findUnfinished(deps.host, ({ header }) => isInTheWay(connection, claim, header));
  if (found) throw await needed(deps.host, found, deps.clock.now());
}

/** `locked` where an unfinished operation concerns what would be thrown away. */
export async function refuseNeeded(
  host: JournalHost,
  now: number,
  concerns: (header: OperationHeader) => boolean,
): Promise<void> {
  const found = await findUnfinished(host, ({ header }) => concerns(header));
  if (found) throw await needed(host, found, now);
}

async function findUnfinished(
  host: JournalHost,
  is: (operation: OperationSummary) => boolean,
): Promise<OperationSummary | undefined> {
  const { operations } = await host.list({ only: 'unfinished' });
  return operations.find((operation) => isUnfinished(operation) && is(operation));
}

function isInTheWay(connection: Connection, { entry, target }: Claim, header: OperationHeader): boolean {
  // A plan that cannot be read claims nothing that is known; the journal refuses what it may be for.
  const plan = readPlanOrNull(header.plan);
  if (!plan) return false;
  if (entry !== null && plan.entry?.name === entry) return true;
  if (!target || !isOfPlace(header, plan, connection)) return false;
  if (plan.target?.id === target.id && plan.thing === 'token') return true;
  return plan.marked && target.name !== null && plan.spec?.name === target.name;
}

async function needed(host: JournalHost, operation: OperationSummary, now: number): Promise<AppError> {
  const { id, kind, profile, provider, startedAt } = operation.header;
  const facts = { code: 'locked', operation: id, provider, profile: profile ?? undefined } as const;
  if (await host.isRunning(id)) {
    return new AppError({
      ...facts,
      message: `another keyturn is working on it now: ${aboutOperation(operation.header)}, since ${startedAt}`,
      hint: 'wait until it is done, then run the command again',
    });
  }
  const next = nextOfListed(operation);
  const due = waitsUntil(operation, now);
  if (operation.state === 'attention') {
    return new AppError({
      ...facts,
      next,
      message: `an unfinished operation (${kind}, ${id}) needs it, and waits for a person`,
      hint: `\`${next}\` says what to do; \`keyturn rotations abort ${id}\` takes it back`,
    });
  }
  if (due === null) {
    return new AppError({
      ...facts,
      next,
      message: `an unfinished operation (${kind}, ${id}) needs it`,
      hint: `run \`${next}\` or \`keyturn rotations abort ${id}\` first`,
    });
  }
  return new AppError({
    ...facts,
    next,
    message: `it was rotated already, and the old token works until ${due} (operation ${id})`,
    hint: `\`keyturn rotations resume ${id} --now\` ends that grace period, \`keyturn rotations abort ${id}\` goes back`,
  });
}

/**
 * `conflict` for what would take away the key that unfinished operations are sealed under. An operation that cannot be read
 * counts as unfinished: it may hold the only copy of a secret.
 */
export function refuseUnfinished({ operations, broken }: OperationList, what: string): void {
  const unfinished = operations.filter(isUnfinished);
  const [first] = unfinished;
  const count = unfinished.length + broken.length;
  if (count === 0) return;
  const lines = [
    ...unfinished.map(howToEnd),
    ...broken.map(({ id }) => `${id} (its record cannot be read): \`${abortOf(id)}\` sets it aside`),
  ];
  throw new AppError({
    code: 'conflict',
    message: `${count} ${count === 1 ? 'operation is' : 'operations are'} unfinished; ${what} would make ${count === 1 ? 'its' : 'their'} secrets unreadable`,
    hint: `finish ${count === 1 ? 'it' : 'them'} first. ${lines.join('. ')}`,
    operation: first?.header.id ?? broken[0]?.id,
    profile: first?.header.profile ?? undefined,
    next: first
      ? commandLine(['rotations', 'resume', first.header.id], first.header.profile)
      : abortOf(broken[0]?.id ?? ''),
  });
}

/**
 * `conflict` for making a sealed store while operations are unfinished that are sealed under the key file: beside a sealed store
 * that key does not count, and they could not be finished.
 */
export function refuseUnderKeyFile({ operations }: OperationList): void {
  const under = operations.filter((each) => isUnfinished(each) && each.keyId.startsWith('file-'));
  const [first] = under;
  if (!first) return;
  const { id, profile } = first.header;
  throw new AppError({
    code: 'conflict',
    message: `${under.length === 1 ? 'an operation was' : `${under.length} operations were`} begun without a credential store, and could not be finished after a sealed store is made`,
    hint: `finish ${under.length === 1 ? 'it' : 'them'} first. ${under.map(howToEnd).join('. ')}`,
    operation: id,
    profile: profile ?? undefined,
    next: commandLine(['rotations', 'resume', id], profile),
  });
}

function abortOf(id: string): string {
  return commandLine(['rotations', 'abort', id]);
}

function howToEnd({ header }: OperationSummary): string {
  const { id, profile } = header;
  const [resume, abort] = ['resume', 'abort'].map((verb) => commandLine(['rotations', verb, id], profile));
  return `${aboutOperation(header)}: \`${resume}\` or \`${abort}\``;
}

/** `conflict` for ending what is, or may be, the credential that keyturn is using, unless the person says that they mean it. */
export function guardOwn(token: ListedToken, ownership: Ownership, verb: string): void {
  const refusal = refusalOfOwn(token, ownership, verb);
  if (refusal) throw refusal;
}

/** The same as an error that is not thrown; null where nothing stands against it. */
export function refusalOfOwn(token: ListedToken, ownership: Ownership, verb: string): AppError | null {
  if (ownership === 'other') return null;
  const name = token.name ?? token.id;
  const isSure = ownership === 'own';
  return new AppError({
    code: 'conflict',
    message: isSure
      ? `"${name}" is the credential that keyturn is using`
      : `"${name}" may be the credential that keyturn is using: keyturn does not know which listed token it logged in with`,
    hint: `add "--allow-self" to ${verb} it anyway${isSure ? '' : ', or log in again with "--token-id ID"'}`,
    id: token.id,
  });
}

/** `conflict` for a local name that stands for another token of the account. */
export async function refuseTakenAlias(profiles: Profiles, place: AliasPlace, alias: string): Promise<void> {
  const aliases = await profiles.aliases(place);
  const taken = aliases.find((each) => each.name === alias);
  if (!taken) return;
  throw new AppError({
    code: 'conflict',
    message: `the name "${alias}" is taken by id ${taken.id}`,
    hint: 'choose another name, or `keyturn tokens rename` that one',
  });
}

/** `conflict` for a name in the store that is taken: its secret may be the last copy of a live one. */
export function nameTaken(saved: Credential, wantedBy: string, title = saved.provider): AppError {
  const { kind, name } = saved;
  const owner = title === null ? '' : ` of ${title}`;
  return new AppError({
    code: 'conflict',
    message: `${KIND_WORDS[kind]}${owner} is saved as "${name}" already`,
    hint: `save this one under another name: \`--save ${freeName(name, wantedBy)}\``,
  });
}

const KIND_WORDS: Readonly<Record<CredentialKind, string>> = {
  managing: 'the login',
  token: 'a token',
  key: 'a key',
  imported: 'an imported secret',
};

function freeName(name: string, provider: string): string {
  const other = `${name}-${provider}`;
  return name.endsWith(`-${provider}`) || other.length > 128 ? `${name.slice(0, 120)}-2` : other;
}
