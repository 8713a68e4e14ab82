import { AppError, ERROR_CODES, isAppError } from '../../../domain/errors.ts';
import type { Json } from '../../../domain/json.ts';
import { parseJson, parseJsonBytes } from '../../../domain/parse-json.ts';
import { SeveralSecrets } from '../../../domain/schema-drift.ts';
import type { Secret } from '../../../domain/secret.ts';
import type { Token } from '../../../domain/token.ts';
import { vendorText } from '../../../domain/vendor-text.ts';
import type { Captured } from '../../../ports/journal.ts';
import type { Issued, TokenTarget } from '../../../ports/provider.ts';
import type { Client } from '../../client.ts';
import { refusalHint } from '../../refusal-hint.ts';
import { issueCall } from '../calls.ts';
import { type Answer, NO_BYTES, type Refusal } from '../facts.ts';
import type { Operation } from '../operation.ts';
import { markerOf } from '../operation.ts';
import {
  type Item,
  readFlag,
  readKey,
  readObject,
  readObjectOrNull,
  readOneOf,
  readTextOrNull,
  readToken,
  writeItem,
} from '../records.ts';
import { isKnownPrior, notBelieved, wasThereBefore } from '../recovery/ownership.ts';
import { issueStep, readStep } from '../step-names.ts';
import { completeJson } from './complete-json.ts';

/**
 * Finds the secret in what was captured of the nth answer, and stashes it in the journal. An answer in which no secret was found is
 * read again by a resume: a later keyturn may know its form, and a provider may show the secret by then.
 */
export async function readAnswer(operation: Operation, nth: number): Promise<Answer> {
  const wasRead = operation.journal.has(readStep(nth));
  const recorded = await operation.journal.step<Json>(readStep(nth), async () => {
    const answer = await find(operation, nth);
    return answer.kind === 'issued'
      ? { ...answer, item: answer.item && writeItem(answer.item) }
      : { ...answer };
  });
  const answer = readRecorded(operation, recorded);
  if (!wasRead || answer.kind !== 'none' || !answer.isTold) return answer;
  const again = await find(operation, nth);
  return again.kind === 'issued' ? again : answer;
}

async function find(operation: Operation, nth: number): Promise<Answer> {
  const { journal, memory } = operation;
  const captured = await journal.captured(issueStep(nth));
  const answer = memory.answer && !captured?.complete ? memory.answer : captured;
  // What was rescued came from the whole answer: no guess from a part of it is better.
  const rescued = answer?.complete ? null : await findRescued(operation);
  if (rescued) return rescued;
  if (!answer || answer.bytes.length === 0) return none(answer?.complete ? NO_BYTES.empty : NO_BYTES.lost);
  // Of a captive portal or a firewall: the provider may have acted or not, and the page tells nothing of it.
  if (isWebPage(answer.bytes)) return none('a web page came in place of the answer');
  const decoded = decode(operation, answer);
  if (decoded instanceof SeveralSecrets) return several(operation, decoded);
  const isNothing = isAppError(decoded) || (decoded.secret === null && decoded.item === null);
  // What came with another status is no success, and was classified by it.
  const isSuccess = answer.complete && answer.status !== null && answer.status >= 200 && answer.status < 300;
  const refusal = isNothing && isSuccess ? findRefusal(operation, answer.bytes) : null;
  if (refusal) return refusal;
  // What breaks off in the middle of its JSON was cut by something on the way: a repeat may tell the rest.
  const isCut = isCutJson(answer.bytes);
  if (isAppError(decoded)) return { ...none(decoded.message), isTold: isSuccess && !isCut };
  const kept = await keep(operation, decoded, answer.complete && !isCut);
  return kept.kind === 'none' ? { ...kept, isTold: isSuccess && !isCut } : kept;
}

/** A success whose body says no, in the provider's words. What holds a secret is no refusal. */
function findRefusal({ deps }: Operation, bytes: Uint8Array): Refusal | null {
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

async function keep(operation: Operation, issued: Issued<Item>, whole: boolean): Promise<Answer> {
  const { journal, plan } = operation;
  const { item } = issued;
  if (issued.secret) {
    const secret = checkSecret(operation, issued.secret);
    if (isAppError(secret)) return none(secret.message, item?.id);
    await journal.stash(secret);
    return { kind: 'issued', item, proven: whole };
  }
  if (plan.key?.type === 'browser_public') return { kind: 'issued', item, proven: whole };
  if (item) {
    const shown = await readBack(operation, item);
    if (shown) return shown;
  }
  return none(issued.drift?.message ?? 'the answer holds no secret', item?.id);
}

/** Devo tells the value only when one token is asked for. Null where the provider does not show a secret again. */
export async function readBack(
  operation: Operation,
  item: Pick<Item, 'id' | 'name'>,
): Promise<Answer | null> {
  const { client } = operation.deps;
  const { facts } = client.connection.provider;
  if (operation.plan.thing !== 'token' || facts.secretShown !== 'again') return null;
  const shown = await show(client, { id: item.id, name: item.name });
  if (!shown) return null;
  if (shown instanceof SeveralSecrets) return several(operation, shown);
  if (shown.item && (await wasThereBefore(operation, client, shown.item, shown.item))) {
    operation.deps.note(notBelieved(item.id));
    return none('the answer names a token that was there before');
  }
  if (!shown.secret) return none('the provider does not show the secret', item.id);
  const secret = checkSecret(operation, shown.secret);
  if (isAppError(secret)) return none(secret.message, item.id);
  await operation.journal.stash(secret);
  operation.memory.shown = shown.item;
  return { kind: 'issued', item: shown.item, proven: true };
}

async function show(client: Client, target: TokenTarget): Promise<Issued<Token> | SeveralSecrets | null> {
  const { get } = client.connection.provider.tokens;
  try {
    return get ? await client.call(get, target) : null;
  } catch (error) {
    if (error instanceof SeveralSecrets) return error;
    throw error;
  }
}

/** When the journal's disk was full, the secret may have gone straight to the store; see `rescue.ts`. */
async function findRescued(operation: Operation): Promise<Answer | null> {
  const { deps, journal, plan } = operation;
  if (!plan.entry) return null;
  const version = markerOf(journal.header);
  const entry = await deps.store.find(plan.entry.name);
  if (!entry?.versions.some((one) => one.version === version)) return null;
  const secret = checkSecret(operation, await deps.store.open(plan.entry.name, version));
  if (isAppError(secret)) return null;
  await journal.stash(secret);
  return { kind: 'issued', item: null, proven: true };
}

/** The decoded answer, or the error that says why it cannot be read. */
export function decode(operation: Operation, answer: Captured): Issued<Item> | AppError {
  const call = issueCall(operation.deps.client, operation.plan);
  try {
    return believe(operation, call.decode(parseJsonBytes(answer.bytes)));
  } catch (error) {
    if (!isAppError(error)) throw error;
    if (answer.complete && !isCutJson(answer.bytes)) return decodeText(operation, answer) ?? error;
    const part = decodePart(call, answer);
    return part === null || isAppError(part) ? (part ?? error) : believe(operation, part);
  }
}

/** A whole answer that is no JSON may be the bare secret. Null where it is not. */
function decodeText(operation: Operation, { bytes }: Captured): Issued<Item> | null {
  const text = new TextDecoder().decode(bytes).trim();
  if (!/^[\x21-\x7e]+$/.test(text)) return null;
  try {
    const issued = issueCall(operation.deps.client, operation.plan).decode(text);
    return issued.secret === null ? null : issued;
  } catch (error) {
    if (isAppError(error)) return null;
    throw error;
  }
}

function isWebPage(bytes: Uint8Array): boolean {
  return /^\s*<(?:!doctype html|html)\b/i.test(new TextDecoder().decode(bytes.subarray(0, 64)));
}

function isCutJson(bytes: Uint8Array): boolean {
  return /^\s*[[{]/.test(new TextDecoder().decode(bytes.subarray(0, 64))) && parseOrNull(bytes) === null;
}

/** An id that was there before is dropped: the list tells what was made. */
function believe(operation: Operation, issued: Issued<Item>): Issued<Item> {
  const { item } = issued;
  if (!item || !isKnownPrior(operation, item.id)) return issued;
  operation.deps.note(notBelieved(item.id));
  return { ...issued, item: null };
}

function decodePart(
  call: ReturnType<typeof issueCall>,
  answer: Captured,
): Issued<Item> | SeveralSecrets | null {
  const text = completeJson(new TextDecoder().decode(answer.bytes));
  if (text === null) return null;
  try {
    return call.decode(parseJson(text));
  } catch (error) {
    if (error instanceof SeveralSecrets) return error;
    if (isAppError(error)) return null;
    throw error;
  }
}

/** A mask, or the very credential that the request was sent with, is no new secret. */
export function checkSecret(operation: Operation, secret: Secret): Secret | AppError {
  const { connection } = operation.deps.client;
  if (secret.equals(connection.secret) && !operation.plan.self) {
    return new AppError({
      code: 'failure',
      message: 'the answer holds the managing credential instead of a new secret',
    });
  }
  try {
    return connection.provider.checkIssued(secret);
  } catch (error) {
    if (isAppError(error)) return error;
    throw error;
  }
}

function none(why: string, id?: string): Extract<Answer, { kind: 'none' }> {
  return { kind: 'none', id: id ?? null, why, isTold: false };
}

function several(operation: Operation, { itemId, message }: SeveralSecrets): Answer {
  const id = itemId !== null && isKnownPrior(operation, itemId) ? null : itemId;
  return { kind: 'several', id, why: message };
}

function readRecorded(operation: Operation, recorded: Json): Answer {
  const from = readObject(recorded);
  const kind = readOneOf(from['kind'], ['issued', 'none', 'several', 'refused']);
  const why = readTextOrNull(from['why']) ?? '';
  const id = readTextOrNull(from['id']);
  if (kind === 'several') return { kind, id, why };
  if (kind === 'none') return { kind, id, why, isTold: from['isTold'] === true };
  if (kind === 'refused') {
    const code = readOneOf(from['code'], ERROR_CODES);
    return { kind, id: null, code, why, hint: readTextOrNull(from['hint']) };
  }
  const item = readObjectOrNull(from['item']);
  const read = operation.plan.thing === 'token' ? readToken : readKey;
  return { kind: 'issued', item: item && read(item), proven: readFlag(from['proven']) };
}
