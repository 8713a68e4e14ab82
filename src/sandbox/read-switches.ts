import { usage } from '../domain/errors.ts';
import type { AnswerShape } from './answer-shape.ts';
import { ANSWER_SWITCHES } from './answer-shape.ts';
import type { Assumptions } from './assumptions.ts';
import { ASSUMPTION_SWITCHES } from './assumptions.ts';
import type { SwitchTable } from './switch.ts';
import type { ProviderId } from './vendor.ts';
import { PROVIDER_IDS } from './vendor.ts';

export type AnswerShapes = Readonly<Partial<Record<ProviderId, Partial<AnswerShape>>>>;

export interface Switched {
  readonly assumptions: Partial<Assumptions>;
  readonly answers: AnswerShapes;
}

/**
 * Reads `NAME=VALUE` of the vendors' assumptions, and `VENDOR.NAME=VALUE` or `NAME=VALUE` of the shapes of answers.
 * A later text wins. Throws a usage error.
 */
export function readSwitches(texts: readonly string[]): Switched {
  const assumptions: Record<string, unknown> = {};
  const answers: Partial<Record<ProviderId, Record<string, unknown>>> = {};
  for (const text of texts) {
    const [, name = '', value = ''] = /^([\w.]+)=(.*)$/s.exec(text) ?? [];
    const [vendor, shape] = vendorAndShape(name);
    if (Object.hasOwn(ASSUMPTION_SWITCHES, name)) {
      assumptions[name] = readValue(ASSUMPTION_SWITCHES, name, value);
    } else if (Object.hasOwn(ANSWER_SWITCHES, shape)) {
      for (const each of vendor)
        answers[each] = { ...answers[each], [shape]: readValue(ANSWER_SWITCHES, shape, value) };
    } else throw usage(`the sandbox has no switch "${name === '' ? text : name}"`, HINT);
  }
  // The tables' own readers made every value.
  return { assumptions, answers } as Switched;
}

const HINT = 'write NAME=VALUE or VENDOR.NAME=VALUE; docs/sandbox.md lists the names';

function vendorAndShape(name: string): readonly [readonly ProviderId[], string] {
  const [first = '', ...rest] = name.split('.');
  const vendor = PROVIDER_IDS.filter((id) => id === first);
  return vendor.length === 0 ? [PROVIDER_IDS, name] : [vendor, rest.join('.')];
}

function readValue(table: SwitchTable, name: string, text: string): unknown {
  const value = table[name]?.read(text);
  if (value !== undefined) return value;
  throw usage(`not a value of "${name}": "${text}"`, `write one of: ${table[name]?.values ?? ''}`);
}
