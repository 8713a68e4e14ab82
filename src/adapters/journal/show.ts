import type { Captured, OperationDetail } from '../../ports/journal.ts';
import type { Sealer } from '../../ports/sealer.ts';
import { contextOf, openSealed } from './operation-key.ts';
import type { SealedCapture, State } from './state.ts';

/** Every step with its result, and a request whose result was never recorded with null. */
export function stepsOf({ intents, results }: State): OperationDetail['steps'] {
  const recorded = [...results].map(([name, result]) => ({ name, result }));
  const begun = [...intents].filter((name) => !results.has(name));
  return [...recorded, ...begun.map((name) => ({ name, result: null }))];
}

export function openAnswers(
  sealer: Sealer,
  { captures, header }: State,
): Awaited<ReturnType<OperationDetail['answers']>> {
  return [...captures].map(([step, found]) => ({
    step,
    captured: openCapture(sealer, header.id, { step, found }),
  }));
}

/** What `once(step)` captured, opened: what was sealed in pieces is one answer again. */
export function openCapture(
  sealer: Sealer,
  id: string,
  { found, step }: { readonly step: string; readonly found: SealedCapture },
): Captured {
  const parts = found.chunks.map((sealed, index) =>
    openSealed(sealer, sealed, contextOf(id, 'chunk', step, index)),
  );
  return {
    status: found.head?.status ?? null,
    requestId: found.head?.requestId ?? null,
    bytes: new Uint8Array(Buffer.concat(parts)),
    complete: found.whole,
  };
}
