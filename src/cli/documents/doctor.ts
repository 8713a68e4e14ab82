import type { JsonObject } from '../../domain/json.ts';
import { safeText } from '../../domain/text.ts';
import type { Column, ListReport } from '../../output/report.ts';
import { many } from './document.ts';

/** `ok`, `warning` (works, but look at it), `wrong` (does not work). */
export interface Finding {
  readonly check: string;
  readonly result: 'ok' | 'warning' | 'wrong';
  readonly message: string;
  /** How to fix it, as a command where there is one. */
  readonly fix: string | null;
}

const COLUMNS: readonly Column[] = [
  { title: 'CHECK', field: 'check', kind: 'text' },
  { title: 'RESULT', field: 'result', kind: 'status' },
  { title: 'MESSAGE', field: 'message', kind: 'text' },
  { title: 'FIX', field: 'fix', kind: 'text' },
];

export function doctorDocument(findings: readonly Finding[]): ListReport {
  return many({
    schema: 'keyturn.doctor/1',
    head: { healthy: !findings.some(({ result }) => result === 'wrong') },
    key: 'checks',
    columns: COLUMNS,
    lines: findingLine,
    items: findings.map(({ check, result, message, fix }) => ({ check, result, message, fix })),
    empty: '',
  });
}

function findingLine({ check, result, message, fix }: JsonObject): string {
  const next = fix === null ? '' : `\n${' '.repeat(9)}→ ${safeText(String(fix))}`;
  return `${String(result).padEnd(8)} ${check}: ${safeText(String(message))}${next}`;
}
