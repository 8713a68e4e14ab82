import type { JsonObject } from '../../domain/json.ts';
import { safeText } from '../../domain/text.ts';
import type { Column } from '../../output/report.ts';
import type { Command } from '../command.ts';
import { listReport } from '../reports.ts';

const COLUMNS: readonly Column[] = [
  { title: 'CHECK', field: 'check', kind: 'text' },
  { title: 'RESULT', field: 'result', kind: 'status' },
  { title: 'WHAT', field: 'what', kind: 'text' },
  { title: 'MEND', field: 'mend', kind: 'text' },
];

export const doctor: Command = {
  // It tells what is unsafe, and looks at nothing else then.
  needsNoSecret: true,
  options: [{ flags: '--offline', about: 'ask no provider' }],
  details: 'Exits 1 when anything is wrong. Warnings alone exit 0.',
  async run(app, input) {
    const { examine } = await import('../doctor/examine.ts');
    const findings = await examine(app, { offline: input.flag('offline') });
    const wrong = findings.some((finding) => finding.result === 'wrong');
    const items = findings.map((finding) => ({ ...finding }));
    return {
      ...listReport({
        schema: 'keyturn.doctor/1',
        head: { healthy: !wrong },
        key: 'checks',
        columns: COLUMNS,
        lines: findingLine,
        items,
        empty: '',
      }),
      exit: () => (wrong ? 'failure' : undefined),
    };
  },
};

function findingLine(item: JsonObject): string {
  const mend = item['mend'] === null ? '' : `\n${' '.repeat(9)}→ ${safeText(String(item['mend']))}`;
  return `${String(item['result']).padEnd(8)} ${item['check']}: ${safeText(String(item['what']))}${mend}`;
}
