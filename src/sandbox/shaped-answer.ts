import type { AnswerShape } from './answer-shape.ts';
import { withErrorBody } from './error-bodies.ts';
import { isRefusalIn200, type NotDone, notDone } from './not-done.ts';
import { withDates } from './odd-dates.ts';
import type { RequestKind } from './operation-kind.ts';
import { requestKind } from './operation-kind.ts';
import { asText, compressed, without, withSecretIn, wrapped } from './reshape.ts';
import type { SandboxRequest, SandboxResponse } from './vendor.ts';

interface ShapedCall {
  readonly request: SandboxRequest;
  readonly shape: AnswerShape;
  readonly act: () => SandboxResponse;
  /** The answer of `act`, after which everything is as it was. */
  readonly pretend: () => SandboxResponse;
}

/** A vendor's answer in the shape that the switches ask for. What the vendor refuses stays refused. */
export function shapedAnswer(call: ShapedCall): SandboxResponse {
  const kind = requestKind(call.request);
  const response = performed(call, kind);
  const worded =
    response.status < 300
      ? worded2xx(dated(response, call.shape), kind, call.shape)
      : withErrorBody(response, call.shape.errors);
  return isCompressed(call.shape, kind, worded) ? compressed(worded, call.shape.coding) : worded;
}

function dated(response: SandboxResponse, { dates }: AnswerShape): SandboxResponse {
  return dates === 'documented' ? response : { ...response, body: withDates(response.body, dates) };
}

function performed({ request, shape, act, pretend }: ShapedCall, kind: RequestKind): SandboxResponse {
  const how = howDone(kind, shape);
  return how === 'done' ? act() : notDone(pretend(), how, request);
}

function howDone(kind: RequestKind, { creates, endings, changes }: AnswerShape): 'done' | NotDone {
  if (kind === 'issue') return creates;
  if (kind === 'end') return endings;
  return kind === 'change' ? changes : 'done';
}

function worded2xx(response: SandboxResponse, kind: RequestKind, shape: AnswerShape): SandboxResponse {
  if (response.changed === false && isRefusal(kind, shape)) return response;
  if (kind === 'issue' || kind === 'show') return wordedSecret(response, shape);
  if (kind === 'other') return response;
  if (shape.writes === 'text') return asText(response);
  return shape.writes === 'empty' ? { ...response, body: null } : response;
}

function wordedSecret(response: SandboxResponse, shape: AnswerShape): SandboxResponse {
  const plain = shape.ids ? response : without('id', response);
  if (shape.envelope === 'bare') return wrapped('bare', plain);
  const named = shape.secretField === 'documented' ? plain : withSecretIn(shape.secretField, plain);
  return shape.envelope === 'flat' ? named : wrapped(shape.envelope, named);
}

function isRefusal(kind: RequestKind, shape: AnswerShape): boolean {
  return isRefusalIn200(howDone(kind, shape));
}

function isCompressed({ compressed }: AnswerShape, kind: RequestKind, { status }: SandboxResponse): boolean {
  if (compressed === 'errors') return status >= 400;
  if (compressed === 'secrets') return status < 300 && (kind === 'issue' || kind === 'show');
  return compressed === 'all';
}
