import { POLICY_PATTERNS, type PolicyPattern } from '../../domain/policy.ts';
import type { NamedItem, YamlFile, YamlNode } from '../yaml/yaml-tree.ts';

/** One key of a mapping; `item` is absent where the key is. */
export interface Field {
  readonly file: YamlFile;
  readonly item: NamedItem | undefined;
  readonly key: string;
}

const HINTS: Readonly<Record<PolicyPattern, string>> = {
  name: 'use letters, digits, ".", "_", "@", "+" and "-", 100 characters at most, and no mark of a rotation at the end',
  profile: 'write the name of a profile, as `keyturn profiles list` shows it',
  scope: 'write each scope as a text of its own',
  optionName: 'write the option as `keyturn tokens create --help` names it, without dashes in front',
  optionValue: 'write the value as text, in quotation marks if it looks like a number',
  duration: 'write a number and a unit: 90m, 12h, 30d, 2w',
  destination: 'write file:PATH, env:PATH#NAME, github-output:NAME, github-env:NAME or exec:COMMAND',
};

/** A text that the policy's pattern fits; null where the key is absent. A number or `true` is no text. */
export function readPattern({ file, item, key }: Field, pattern: PolicyPattern): string | null {
  if (!item) return null;
  const text = textOf(item.value);
  if (text === null || !new RegExp(POLICY_PATTERNS[pattern], 'u').test(text)) {
    throw file.fail(item.value ?? item.key, `has no right text for ${key}`).with({ hint: HINTS[pattern] });
  }
  return text;
}

export function readFlagOrText(field: Field): boolean | string {
  const { item } = field;
  const value = item?.value?.kind === 'scalar' ? item.value.value : null;
  return typeof value === 'boolean' ? value : (readPattern(field, 'profile') ?? false);
}

interface List {
  readonly file: YamlFile;
  readonly node: YamlNode;
  readonly what: string;
  /** Where to point when the node itself is absent. */
  readonly near: YamlNode;
}

export function readList({ file, node, what, near }: List): readonly YamlNode[] {
  if (node?.kind !== 'list') throw file.fail(node ?? near, `has no list for ${what}`);
  return node.items;
}

interface Keys {
  readonly file: YamlFile;
  readonly items: ReadonlyMap<string, NamedItem>;
  readonly known: readonly string[];
  readonly where: string;
}

/** The key is repeated only where it can be one: anything else may be a secret in the wrong place. */
export function refuseUnknown({ file, items, known, where }: Keys): void {
  for (const [name, { key }] of items) {
    if (known.includes(name)) continue;
    const shown = /^[A-Za-z]{1,20}([-_][A-Za-z]{1,20})?$/.test(name) ? ` "${name}"` : '';
    throw file
      .fail(key, `has an unknown key${shown} in ${where}`)
      .with({ hint: `the keys are ${known.join(', ')}` });
  }
}

function textOf(node: YamlNode): string | null {
  return node?.kind === 'scalar' && typeof node.value === 'string' ? node.value : null;
}
