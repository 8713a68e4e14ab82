import { constants } from 'node:os';
import type { ChildEnd } from '../../ports/child.ts';

/** What Node tells of a child that ended, as a value. */
export function readEnd(code: number | null, signal: NodeJS.Signals | null): ChildEnd {
  if (signal) return { kind: 'signal', name: signal, number: constants.signals[signal] ?? 0 };
  return { kind: 'exit', code: code ?? 1 };
}

/** What Node tells of a child that never began. */
export function readStartError(error: unknown): ChildEnd {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : null;
  return { kind: code === 'ENOENT' || code === 'ENOTDIR' ? 'not-found' : 'not-executable' };
}
