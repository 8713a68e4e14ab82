import type { Json } from '../../domain/json.ts';
import type { Instant } from '../../domain/time.ts';
import type { OperationHeader, OperationState, OperationSummary } from '../../ports/journal.ts';
import { broken } from './decode-line.ts';
import type { OperationLog } from './read-operation.ts';
import type { Entry, SealedKey } from './records.ts';

/** What a `once` captured, still sealed. */
export interface SealedCapture {
  head: { readonly status: number; readonly requestId: string | null } | null;
  readonly chunks: string[];
  whole: boolean;
}

/** What the records of an operation add up to. Kept up to date by its owner. */
export interface State {
  readonly header: OperationHeader;
  readonly sealedKey: SealedKey;
  readonly intents: Set<string>;
  readonly results: Map<string, Json>;
  readonly captures: Map<string, SealedCapture>;
  keeps: number;
  stashed: { readonly index: number; readonly sealed: string } | null;
  lastStep: string | null;
  dueAt: Instant | null;
  state: OperationState;
  reason: string | null;
  endedAt: Instant | null;
}

export function replay(log: OperationLog): State {
  const first = log.lines[0]?.entry;
  if (first?.type !== 'header' && first?.type !== 'ended')
    throw broken('it does not begin with its own header');
  const state = newState(first.header, { keyId: first.keyId, key: first.key });
  for (const { entry } of log.lines) apply(state, entry);
  return state;
}

export function newState(header: OperationHeader, sealedKey: SealedKey): State {
  return {
    header,
    sealedKey,
    intents: new Set(),
    results: new Map(),
    captures: new Map(),
    keeps: 0,
    stashed: null,
    lastStep: null,
    dueAt: null,
    state: 'open',
    reason: null,
    endedAt: null,
  };
}

export function apply(state: State, entry: Entry): void {
  switch (entry.type) {
    case 'intent':
      state.intents.add(entry.step);
      return;
    case 'head':
      captureOf(state, entry.step).head = { status: entry.status, requestId: entry.requestId };
      return;
    case 'chunk':
      captureOf(state, entry.step).chunks.push(entry.sealed);
      return;
    case 'whole':
      captureOf(state, entry.step).whole = true;
      return;
    case 'result':
      state.results.set(entry.step, entry.value);
      state.lastStep = entry.step;
      state.dueAt = dueAtIn(entry.value) ?? state.dueAt;
      return;
    case 'stash':
      state.stashed = { index: entry.index, sealed: entry.sealed };
      state.keeps = entry.index + 1;
      return;
    case 'attention':
      state.state = 'attention';
      state.reason = entry.reason;
      return;
    case 'ended':
      state.state = entry.state;
      state.reason = entry.reason;
      state.lastStep = entry.lastStep;
      state.endedAt = entry.at;
      return;
    case 'header':
    case 'owner':
      return;
  }
}

export function summarize(state: State): OperationSummary {
  const { header, lastStep, reason, endedAt, dueAt, sealedKey } = state;
  return { header, state: state.state, lastStep, reason, endedAt, dueAt, keyId: sealedKey.keyId };
}

/** Whether no other operation for the subject may begin. */
export function isUnfinished(state: { readonly state: OperationState }): boolean {
  return state.state === 'open' || state.state === 'attention';
}

export function isSameSubject(a: OperationHeader, b: OperationHeader): boolean {
  return a.provider === b.provider && a.origin === b.origin && a.subject === b.subject;
}

function captureOf(state: State, step: string): SealedCapture {
  const known = state.captures.get(step);
  if (known) return known;
  const fresh = { head: null, chunks: [], whole: false };
  state.captures.set(step, fresh);
  return fresh;
}

function dueAtIn(value: Json): Instant | null {
  if (typeof value !== 'object' || value === null || !('dueAt' in value)) return null;
  return typeof value.dueAt === 'string' ? value.dueAt : null;
}
