import { parseDuration, parseLongDuration } from '../../domain/duration.ts';
import { type AppError, usage } from '../../domain/errors.ts';
import type { Policy, PolicyToken } from '../../domain/policy.ts';
import { parseYaml } from '../yaml/yaml-file.ts';
import { type NamedItem, readMap, type YamlFile, type YamlNode } from '../yaml/yaml-tree.ts';
import { absoluteDestination } from './absolute-destination.ts';
import { DuplicateCheck } from './duplicate-check.ts';
import { type Field, readFlagOrText, readList, readPattern, refuseUnknown } from './policy-fields.ts';

/** A policy that was read, and a way to point at a part of its file. */
export interface PolicyFile {
  readonly policy: Policy;
  /** A usage error at the place of a token; `what` continues `"policy.yaml" …`. */
  fail(token: PolicyToken, what: string, hint: string | undefined): AppError;
}

export interface PolicySource {
  /** The file as the person named it, for messages. */
  readonly shown: string;
  /** What relative paths of destinations start from: the folder of the file, whatever folder cron starts us in. */
  readonly folder: string;
}

const SCHEMA = 1;
const MOST_TOKENS = 1_000;
/** Of YAML: names, values, punctuation. 1,000 tokens with six fields each have about 70,000. */
const MOST_YAML_TOKENS = 100_000;
const FILE_KEYS = ['schema', 'tokens'];
const TOKEN_KEYS = [
  'name',
  'profile',
  'scopes',
  'options',
  'lifetime',
  'maximumAge',
  'renewBefore',
  'grace',
  'deliver',
  'save',
];

/**
 * Reads a policy strictly: an unknown key, another type, a duplicate, a newer schema is a usage error with line and
 * column, and a file with one mistake is no policy at all. The shape is that of `schemas/policy.schema.json`.
 */
export async function readPolicy(bytes: Uint8Array, source: PolicySource): Promise<PolicyFile> {
  const file = await parseYaml(bytes, source.shown, { mostTokens: MOST_YAML_TOKENS });
  const root = file.root;
  const items = readMap(file, root, 'the policy');
  refuseSchema(file, items.get('schema'), root);
  refuseUnknown({ file, items, known: FILE_KEYS, where: 'the policy' });
  const nodes = readList({ file, node: items.get('tokens')?.value, what: 'the tokens', near: root });
  if (nodes.length === 0 || nodes.length > MOST_TOKENS) {
    throw file.fail(items.get('tokens')?.key ?? root, `has ${nodes.length} tokens, not 1 to ${MOST_TOKENS}`);
  }
  const duplicates = new DuplicateCheck(file);
  const places = new Map<PolicyToken, YamlNode>();
  for (const node of nodes) {
    const token = readToken(file, node, source.folder);
    duplicates.add(token, node);
    places.set(token, node);
  }
  return {
    policy: { tokens: [...places.keys()] },
    fail: (token, what, hint) => file.fail(places.get(token), what).with({ hint }),
  };
}

function refuseSchema(file: YamlFile, item: NamedItem | undefined, root: YamlNode): void {
  const node = item?.value;
  const schema = node?.kind === 'scalar' ? node.value : undefined;
  if (schema === SCHEMA) return;
  if (typeof schema === 'number' && schema > SCHEMA) {
    throw file
      .fail(node, 'is a policy of a newer schema')
      .with({ hint: 'install a newer keyturn; nothing was sent' });
  }
  throw file.fail(item?.key ?? root, 'does not say "schema: 1"').with({ hint: 'write `schema: 1` first' });
}

function readToken(file: YamlFile, node: YamlNode, folder: string): PolicyToken {
  if (node?.kind !== 'mapping') throw file.fail(node, 'has a token that is no mapping');
  const items = readMap(file, node, 'a token');
  refuseUnknown({ file, items, known: TOKEN_KEYS, where: 'a token' });
  const field = (key: string): Field => ({ file, item: items.get(key), key });
  const nameItem = items.get('name');
  const name = readPattern(field('name'), 'name');
  if (name === null) throw file.fail(node, 'has a token without a name');
  const token = {
    name,
    profile: readPattern(field('profile'), 'profile'),
    scopes: readTexts(field('scopes'), 'scope'),
    options: readOptions(field('options')),
    lifetimeMs: readDuration(field('lifetime'), parseLongDuration),
    maximumAgeMs: readDuration(field('maximumAge'), parseLongDuration),
    renewBeforeMs: readDuration(field('renewBefore'), parseLongDuration),
    graceMs: readDuration(field('grace'), parseDuration),
    deliver: readTexts(field('deliver'), 'destination').map((label) => absoluteDestination(label, folder)),
    save: readSave(field('save'), name),
  };
  if (token.save === null && token.deliver.length === 0) {
    throw file
      .fail(items.get('save')?.key ?? nameItem?.key, 'has a token whose secret goes nowhere')
      .with({ hint: 'leave `save: false` out, or add a destination to `deliver`' });
  }
  if (token.lifetimeMs !== null && token.renewBeforeMs !== null && token.renewBeforeMs >= token.lifetimeMs) {
    throw file
      .fail(items.get('renewBefore')?.key, 'has a renewBefore that is not shorter than the lifetime')
      .with({ hint: 'such a token would be replaced at every run' });
  }
  return token;
}

function readTexts(field: Field, pattern: 'scope' | 'destination'): readonly string[] {
  const { file, item, key } = field;
  if (!item) return [];
  const texts = readList({ file, node: item.value, what: key, near: item.key }).map((node) => {
    const text = readPattern({ file, item: { key: item.key, value: node }, key }, pattern);
    return { node, text: text ?? '' };
  });
  const seen = new Set<string>();
  for (const { node, text } of texts) {
    if (seen.has(text)) throw file.fail(node, `has the same thing twice in ${key}`);
    seen.add(text);
  }
  return [...seen];
}

function readOptions({ file, item, key }: Field): Readonly<Record<string, string>> {
  if (!item) return {};
  if (item.value?.kind !== 'mapping') throw file.fail(item.value ?? item.key, `has no mapping for ${key}`);
  const entries = [...readMap(file, item.value, key)].map(([name, each]) => {
    readPattern({ file, item: { key: each.key, value: each.key }, key: 'a name in options' }, 'optionName');
    return [name, readPattern({ file, item: each, key: `options.${name}` }, 'optionValue') ?? ''] as const;
  });
  return Object.fromEntries(entries);
}

function readDuration(field: Field, parse: typeof parseLongDuration): number | null {
  const text = readPattern(field, 'duration');
  return text === null ? null : parse(text, field.key);
}

/** `true`, and nothing said, is the token's own name. */
function readSave(field: Field, name: string): string | null {
  if (!field.item) return name;
  const value = readFlagOrText(field);
  return value === true ? name : value === false ? null : value;
}

export function noSuchFile(shown: string): AppError {
  return usage(`there is no file "${shown}"`, 'give the path of a policy: `keyturn plan policy.yaml`');
}
