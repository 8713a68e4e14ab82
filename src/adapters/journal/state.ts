import type { Json } from '../../domain/json.ts';
import type { Instant } from '../../domain/time.ts';
import type { AttemptHeader, AttemptState, AttemptSummary } from '../../ports/journal.ts';
import { broken } from './decode-line.ts';
import type { AttemptLog } from './read-attempt.ts';
import type { Entry, SealedKey } from './records.ts';

/** What a `once` captured, still sealed. */
export interface SealedCapture {
  head: { readonly status: number; readonly requestId: string | null } | null;
  readonly chunks: string[];
  whole: boolean;
}

/** What the records of an attempt add up to. Kept up to date by its owner. */
export interface State {
  readonly header: AttemptHeader;
  readonly sealedKey: SealedKey;
  readonly intents: Set<string>;
  readonly results: Map<string, Json>;
  readonly captures: Map<string, SealedCapture>;
  keeps: number;
  kept: { readonly index: number; readonly sealed: string } | null;
  lastStep: string | null;
  state: AttemptState;
  reason: string | null;
  endedAt: Instant | null;
}

export function replay(log: AttemptLog): State {
  const first = log.lines[0]?.entry;
  if (first?.type !== 'header' && first?.type !== 'ended')
    throw broken('it does not begin with its own header');
  const state = newState(first.header, { keyId: first.keyId, key: first.key });
  for (const { entry } of log.lines) apply(state, entry);
  return state;
}

export function newState(header: AttemptHeader, sealedKey: SealedKey): State {
  return {
    header,
    sealedKey,
    intents: new Set(),
    results: new Map(),
    captures: new Map(),
    keeps: 0,
    kept: null,
    lastStep: null,
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
      return;
    case 'keep':
      state.kept = { index: entry.index, sealed: entry.sealed };
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

export function summarize(state: State): AttemptSummary {
  const { header, lastStep, reason, endedAt } = state;
  return { header, state: state.state, lastStep, reason, endedAt, dueAt: dueAtOf(state) };
}

/** Whether no other attempt for the subject may begin. */
export function isUnfinished(state: { readonly state: AttemptState }): boolean {
  return state.state === 'open' || state.state === 'attention';
}

export function isSameSubject(a: AttemptHeader, b: AttemptHeader): boolean {
  return a.provider === b.provider && a.origin === b.origin && a.subject === b.subject;
}

function captureOf(state: State, step: string): SealedCapture {
  const known = state.captures.get(step);
  if (known) return known;
  const fresh = { head: null, chunks: [], whole: false };
  state.captures.set(step, fresh);
  return fresh;
}

function dueAtOf(state: State): Instant | null {
  const soak = state.results.get('soak');
  if (typeof soak !== 'object' || soak === null || !('dueAt' in soak)) return null;
  return typeof soak.dueAt === 'string' ? soak.dueAt : null;
}
