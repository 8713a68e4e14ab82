import { ANSWER_SWITCHES } from '../../src/sandbox/answer-shape.ts';
import { ASSUMPTION_SWITCHES } from '../../src/sandbox/assumptions.ts';
import { FAULT_ACTIONS } from '../../src/sandbox/fault-actions.ts';
import type { SwitchTable } from '../../src/sandbox/switch.ts';

/** The parts of `docs/sandbox.md` that are made from the sandbox's own tables, by name. */
export function sandboxTables(): Readonly<Record<string, string>> {
  return {
    faults: faultTable(),
    assumptions: switchTable(ASSUMPTION_SWITCHES),
    'answer shapes': switchTable(ANSWER_SWITCHES),
  };
}

function faultTable(): string {
  const rows = Object.values(FAULT_ACTIONS).map(
    ({ forms, acts, sees }) => `| ${forms.map((form) => `\`${form}\``).join(', ')} | ${acts} | ${sees} |\n`,
  );
  return `| action | the vendor acts | the client sees |\n|---|---|---|\n${rows.join('')}`;
}

function switchTable(table: SwitchTable): string {
  const rows = Object.entries(table).map(
    ([name, { initial, values, usual, otherwise }]) =>
      `| \`${name}\` | \`${initial}\`: ${usual} | ${otherwise} | ${values} |\n`,
  );
  return `| name | usually | otherwise | values |\n|---|---|---|---|\n${rows.join('')}`;
}
