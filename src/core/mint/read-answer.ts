import { AppError, ERROR_CODES, type ErrorCode, isAppError } from '../../domain/errors.ts';
import type { Json } from '../../domain/json.ts';
import { parseJson, parseJsonBytes } from '../../domain/parse-json.ts';
import { SeveralSecrets } from '../../domain/schema-drift.ts';
import type { Secret } from '../../domain/secret.ts';
import type { Token } from '../../domain/token.ts';
import { vendorText } from '../../domain/vendor-text.ts';
import type { Captured } from '../../ports/journal.ts';
import type { Minted, TokenTarget } from '../../ports/provider.ts';
import type { Client } from '../client.ts';
import { refusalHint } from '../refusal-hint.ts';
import type { Attempt } from './attempt.ts';
import { nonceOf } from './attempt.ts';
import type { Item } from './item.ts';
import { readKey, readToken, writeItem } from './item.ts';
import { isKnown } from './known.ts';
import { mintOperation } from './operation.ts';
import { readFlag, readObject, readObjectOrNull, readOneOf, readTextOrNull } from './read-json.ts';
import { completeJson } from './salvage.ts';
import { mintName } from './send.ts';

/** What a mint's answer held. */
export type Answer =
  /** The secret is sealed in the journal. `proven`: read from a whole answer, not from a part of one. */
  | { readonly kind: 'minted'; readonly item: Item | null; readonly proven: boolean }
  /**
   * No secret. `id` is set when the answer named what was made all the same: it is ours beyond doubt. `isTold`: something
   * whole arrived, and a repeat would tell the same.
   */
  | { readonly kind: 'none'; readonly id: string | null; readonly why: string; readonly isTold: boolean }
  /** The provider refused in the body of a success. */
  | Refusal
  /** More than one value may be it. None is chosen; what arrived stays sealed in the journal. */
  | { readonly kind: 'several'; readonly id: string | null; readonly why: string };

export interface Refusal {
  readonly kind: 'refused';
  readonly id: null;
  readonly code: ErrorCode;
  readonly why: string;
  readonly hint: string | null;
}

/** Finds the secret in what was captured of the nth mint, and keeps it. */
export async function readAnswer(attempt: Attempt, nth: number): Promise<Answer> {
  const name = nth === 1 ? 'read' : `read ${nth}`;
  const recorded = await attempt.journal.step<Json>(name, async () => {
    const answer = await find(attempt, nth);
    return answer.kind === 'minted'
      ? { ...answer, item: answer.item && writeItem(answer.item) }
      : { ...answer };
  });
  return readRecorded(attempt, recorded);
}

async function find(attempt: Attempt, nth: number): Promise<Answer> {
  const { journal, memory } = attempt;
  const captured = await journal.captured(mintName(nth));
  const answer = memory.answer && !captured?.complete ? memory.answer : captured;
  // What was rescued came from the whole answer: no guess from a part of it is better.
  const rescued = answer?.complete ? null : await findRescued(attempt);
  if (rescued) return rescued;
  if (!answer || answer.bytes.length === 0)
    return none(answer?.complete ? 'the answer is empty' : 'the answer was lost');
  const decoded = decode(attempt, answer);
  if (decoded instanceof SeveralSecrets) return several(attempt, decoded);
  const isNothing = isAppError(decoded) || (decoded.secret === null && decoded.item === null);
  // What came with another status is no success, and was classified by it.
  const isSuccess = answer.complete && answer.status !== null && answer.status >= 200 && answer.status < 300;
  const refusal = isNothing && isSuccess ? findRefusal(attempt, answer.bytes) : null;
  if (refusal) return refusal;
  // What breaks off in the middle of its JSON was cut by something on the way: a repeat may tell the rest.
  if (isAppError(decoded)) return { ...none(decoded.message), isTold: isSuccess && !isCutJson(answer.bytes) };
  const kept = await keep(attempt, decoded, answer.complete);
  return kept.kind === 'none' ? { ...kept, isTold: isSuccess } : kept;
}

/** A success whose body says no, in the provider's words. What holds a secret is no refusal. */
function findRefusal({ deps }: Attempt, bytes: Uint8Array): Refusal | null {
  const { provider, secret } = deps.client.connection;
  const problem = provider.findRefusal(parseOrNull(bytes));
  if (!problem) return null;
  const why = vendorText(problem.message, [secret.reveal()]) ?? `${provider.title} refused, without a reason`;
  const hint = refusalHint(deps.client.connection, problem) ?? null;
  return { kind: 'refused', id: null, code: problem.code, why, hint };
}

function parseOrNull(bytes: Uint8Array): unknown {
  try {
    return parseJsonBytes(bytes);
  } catch (error) {
    if (isAppError(error)) return null;
    throw error;
  }
}

async function keep(attempt: Attempt, minted: Minted<Item>, whole: boolean): Promise<Answer> {
  const { journal, plan } = attempt;
  const { item } = minted;
  if (minted.secret) {
    const secret = checkSecret(attempt, minted.secret);
    if (isAppError(secret)) return none(secret.message, item?.id);
    await journal.keep(secret);
    return { kind: 'minted', item, proven: whole };
  }
  if (plan.key?.type === 'browser_public') return { kind: 'minted', item, proven: whole };
  if (item) {
    const shown = await readBack(attempt, item);
    if (shown) return shown;
  }
  return none(minted.drift?.message ?? 'the answer holds no secret', item?.id);
}

/** Devo tells the value only when one token is asked for. Null where the provider does not show a secret again. */
export async function readBack(attempt: Attempt, item: Pick<Item, 'id' | 'name'>): Promise<Answer | null> {
  const { client } = attempt.deps;
  const { facts } = client.connection.provider;
  if (attempt.plan.thing !== 'token' || facts.secretShown !== 'again') return null;
  const shown = await show(client, { id: item.id, name: item.name });
  if (!shown) return null;
  if (shown instanceof SeveralSecrets) return several(attempt, shown);
  if (!shown.secret) return none('the provider does not show the secret', item.id);
  const secret = checkSecret(attempt, shown.secret);
  if (isAppError(secret)) return none(secret.message, item.id);
  await attempt.journal.keep(secret);
  return { kind: 'minted', item: shown.item, proven: true };
}

async function show(client: Client, target: TokenTarget): Promise<Minted<Token> | SeveralSecrets | null> {
  const { get } = client.connection.provider.tokens;
  try {
    return get ? await client.call(get, target) : null;
  } catch (error) {
    if (error instanceof SeveralSecrets) return error;
    throw error;
  }
}

/** When the journal's disk was full, the secret may have gone straight to the store; see `rescue.ts`. */
async function findRescued(attempt: Attempt): Promise<Answer | null> {
  const { deps, journal, plan } = attempt;
  if (!plan.entry) return null;
  const version = nonceOf(journal.header);
  const entry = await deps.store.find(plan.entry.name);
  if (!entry?.versions.some((one) => one.version === version)) return null;
  const secret = checkSecret(attempt, await deps.store.open(plan.entry.name, version));
  if (isAppError(secret)) return null;
  await journal.keep(secret);
  return { kind: 'minted', item: null, proven: true };
}

/** The decoded answer, or the error that says why it cannot be read. */
export function decode(attempt: Attempt, answer: Captured): Minted<Item> | AppError {
  const operation = mintOperation(attempt.deps.client, attempt.plan);
  try {
    return believe(attempt, operation.decode(parseJsonBytes(answer.bytes)));
  } catch (error) {
    if (!isAppError(error)) throw error;
    if (answer.complete) return decodeText(attempt, answer) ?? error;
    const part = decodePart(operation, answer);
    return part === null || isAppError(part) ? (part ?? error) : believe(attempt, part);
  }
}

/** A whole answer that is no JSON may be the bare secret. Null where it is not. */
function decodeText(attempt: Attempt, { bytes }: Captured): Minted<Item> | null {
  const text = new TextDecoder().decode(bytes).trim();
  if (!/^[\x21-\x7e]+$/.test(text)) return null;
  try {
    const minted = mintOperation(attempt.deps.client, attempt.plan).decode(text);
    return minted.secret === null ? null : minted;
  } catch (error) {
    if (isAppError(error)) return null;
    throw error;
  }
}

function isCutJson(bytes: Uint8Array): boolean {
  return /^\s*[[{]/.test(new TextDecoder().decode(bytes.subarray(0, 64))) && parseOrNull(bytes) === null;
}

/** An id that was there before is dropped: the list tells what was made. */
function believe(attempt: Attempt, minted: Minted<Item>): Minted<Item> {
  const { item } = minted;
  if (!item || !isKnown(attempt, item.id)) return minted;
  attempt.deps.note(`the answer names "${item.id}", which was there before; that is not believed`);
  return { ...minted, item: null };
}

function decodePart(
  operation: ReturnType<typeof mintOperation>,
  answer: Captured,
): Minted<Item> | SeveralSecrets | null {
  const text = completeJson(new TextDecoder().decode(answer.bytes));
  if (text === null) return null;
  try {
    return operation.decode(parseJson(text));
  } catch (error) {
    if (error instanceof SeveralSecrets) return error;
    if (isAppError(error)) return null;
    throw error;
  }
}

/** A mask, or the very credential that the request was sent with, is no new secret. */
export function checkSecret(attempt: Attempt, secret: Secret): Secret | AppError {
  const { connection } = attempt.deps.client;
  if (secret.equals(connection.secret) && !attempt.plan.self) {
    return new AppError({
      code: 'failure',
      message: 'the answer holds the managing credential instead of a new secret',
    });
  }
  try {
    return connection.provider.checkMinted(secret);
  } catch (error) {
    if (isAppError(error)) return error;
    throw error;
  }
}

function none(why: string, id?: string): Extract<Answer, { kind: 'none' }> {
  return { kind: 'none', id: id ?? null, why, isTold: false };
}

function several(attempt: Attempt, { itemId, message }: SeveralSecrets): Answer {
  const id = itemId !== null && isKnown(attempt, itemId) ? null : itemId;
  return { kind: 'several', id, why: message };
}

function readRecorded(attempt: Attempt, recorded: Json): Answer {
  const from = readObject(recorded);
  const kind = readOneOf(from['kind'], ['minted', 'none', 'several', 'refused']);
  const why = readTextOrNull(from['why']) ?? '';
  const id = readTextOrNull(from['id']);
  if (kind === 'several') return { kind, id, why };
  if (kind === 'none') return { kind, id, why, isTold: from['isTold'] === true };
  if (kind === 'refused') {
    const code = readOneOf(from['code'], ERROR_CODES);
    return { kind, id: null, code, why, hint: readTextOrNull(from['hint']) };
  }
  const item = readObjectOrNull(from['item']);
  const read = attempt.plan.thing === 'token' ? readToken : readKey;
  return { kind: 'minted', item: item && read(item), proven: readFlag(from['proven']) };
}
