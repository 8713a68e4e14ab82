import type { Document } from 'yaml';
import { usage } from '../../domain/errors.ts';
import { checkLocalName } from '../../domain/name.ts';
import { parseOrigin } from '../../domain/origin.ts';
import { safeText } from '../../domain/text.ts';
import type { Alias, CredentialSource, Profile } from '../../ports/profiles.ts';
import { flowNode, makeRoom, yamlText } from '../yaml/edit-document.ts';
import { parseYaml } from '../yaml/yaml-file.ts';
import {
  isNothing,
  type NamedItem,
  readMap,
  readText,
  readWhole,
  requireText,
  type YamlFile,
  type YamlNode,
} from '../yaml/yaml-tree.ts';

/** The layout of `config.yaml` that this program writes. */
const SCHEMA = 1;

const GREETING = ` Configuration of keyturn. No secrets are kept here.
 You may edit this file; comments and order are kept.`;

/** What `config.yaml` says. */
export interface ConfigDocument {
  /** The document with its comments, to be changed and written back. */
  open(): Promise<Document>;
  readonly generation: number;
  readonly current: string | null;
  readonly profiles: readonly Profile[];
  readonly aliases: readonly Alias[];
}

export function newConfigDocument(): ConfigDocument {
  const open = async (): Promise<Document> => {
    const yaml = await import('yaml');
    const document = new yaml.Document({ schema: SCHEMA, generation: 0 }, { version: '1.2' });
    document.commentBefore = GREETING;
    return document;
  };
  return { open, generation: 0, current: null, profiles: [], aliases: [] };
}

/** Throws usage with line and column for what keyturn would not have written, and for a newer schema. */
export async function readConfigDocument(bytes: Uint8Array, path: string): Promise<ConfigDocument> {
  const file = await parseYaml(bytes, path);
  const top = file.root;
  const root = readMap(file, top, 'the file');
  const schema = root.get('schema')?.value;
  if (!schema) throw file.fail(top, 'has no "schema"');
  const found = readWhole(file, schema, '"schema"');
  const shown = safeText(path, 300);
  if (found > SCHEMA)
    throw usage(`"${shown}" was written by a newer keyturn`, 'update keyturn; the file was left as it is');
  if (found < SCHEMA) throw file.fail(schema, 'has a schema that this keyturn cannot read');
  const generation = root.get('generation')?.value;
  const profiles = [...readMap(file, root.get('profiles')?.value, '"profiles"')].map(([name, item]) =>
    readProfile(file, name, item),
  );
  const current = readText(file, root.get('current')?.value, '"current"');
  if (current !== null && !profiles.some((profile) => profile.name === current)) {
    throw file.fail(root.get('current')?.value, 'names a current profile that is not there');
  }
  return {
    open: file.document,
    generation: generation ? readWhole(file, generation, '"generation"') : 0,
    current,
    profiles,
    aliases: readAliases(file, root.get('aliases')?.value),
  };
}

export function configBytes(document: Document, generation: number): Uint8Array {
  document.set('generation', generation);
  return new TextEncoder().encode(yamlText(document));
}

/** Adds or changes a profile; its place and the comments around it stay. */
export function writeProfile(document: Document, profile: Profile): void {
  const at = ['profiles', profile.name];
  makeRoom(document, 'profiles');
  document.setIn([...at, 'provider'], profile.provider);
  document.setIn([...at, 'origin'], profile.origin);
  document.setIn([...at, 'settings'], flowNode(document, profile.settings));
  document.setIn([...at, 'credential'], flowNode(document, writeSource(profile.credential)));
  if (profile.tokenId !== null) document.setIn([...at, 'tokenId'], profile.tokenId);
  else if (document.hasIn([...at, 'tokenId'])) document.deleteIn([...at, 'tokenId']);
}

/** All aliases anew: they are keyturn's own notes and few. */
export function writeAliases(document: Document, aliases: readonly Alias[]): void {
  if (aliases.length === 0) document.delete('aliases');
  else document.set('aliases', document.createNode(aliases.map(aliasJson)));
}

function aliasJson({ provider, origin, settings, name, id }: Alias): unknown {
  return { provider, origin, ...(settings !== null && { settings }), name, id };
}

function readProfile(file: YamlFile, name: string, item: NamedItem): Profile {
  accept(file, item.key, 'has a profile with a name that keyturn does not accept', () =>
    checkLocalName(name, 'profile'),
  );
  const fields = readMap(file, item.value, 'a profile');
  return {
    name,
    provider: requireText(file, fields.get('provider')?.value, '"provider"', item.key),
    origin: readOrigin(file, fields.get('origin')?.value, item.key),
    settings: readSettings(file, fields.get('settings')?.value),
    credential: readSource(file, fields.get('credential')?.value, item.key),
    tokenId: readText(file, fields.get('tokenId')?.value, '"tokenId"'),
  };
}

function readOrigin(file: YamlFile, node: YamlNode, near: YamlNode): string {
  const text = requireText(file, node, '"origin"', near);
  return accept(file, node, 'has an origin that keyturn does not accept', () => parseOrigin(text));
}

function readSettings(file: YamlFile, node: YamlNode): Profile['settings'] {
  const pairs = [...readMap(file, node, '"settings"')].map(([key, item]): [string, string] => [
    key,
    requireText(file, item.value, 'text for a setting', item.key),
  ]);
  // `fromEntries` defines, so that a key `__proto__` is a key and nothing more.
  return Object.fromEntries(pairs);
}

function readSource(file: YamlFile, node: YamlNode, near: YamlNode): CredentialSource {
  const fields = readMap(file, node, '"credential"');
  const kind = requireText(file, fields.get('kind')?.value, 'kind of "credential"', node ?? near);
  if (kind === 'vendor-cli') {
    const text = (name: string) => readText(file, fields.get(name)?.value, `"${name}"`);
    const [path, account, seal] = [text('file'), text('account'), text('seal')];
    const pin = path === null || seal === null ? {} : { pin: { file: path, account, seal } };
    return { kind, profile: text('profile'), ...pin };
  }
  if (kind !== 'store') throw file.fail(node, 'has a kind of "credential" that is not known');
  const at = fields.get('name')?.value;
  const name = requireText(file, at, 'name of "credential"', node);
  accept(file, at, 'names a credential in a way that keyturn does not accept', () =>
    checkLocalName(name, 'credential'),
  );
  return { kind, name };
}

function readAliases(file: YamlFile, node: YamlNode): readonly Alias[] {
  if (isNothing(node)) return [];
  if (node.kind !== 'list') throw file.fail(node, 'has no list for "aliases"');
  return node.items.map((item) => {
    const at = item ?? node;
    const fields = readMap(file, at, 'an alias');
    const text = (key: string): string =>
      requireText(file, fields.get(key)?.value, `"${key}" of an alias`, at);
    return {
      provider: text('provider'),
      origin: readOrigin(file, fields.get('origin')?.value, at),
      settings: fields.has('settings') ? readSettings(file, fields.get('settings')?.value) : null,
      name: text('name'),
      id: text('id'),
    };
  });
}

function writeSource(source: CredentialSource): Record<string, string> {
  if (source.kind === 'store') return { kind: source.kind, name: source.name };
  const { kind, profile, pin } = source;
  return {
    kind,
    ...(profile !== null && { profile }),
    ...(pin && { file: pin.file, ...(pin.account !== null && { account: pin.account }), seal: pin.seal }),
  };
}

/** The domain's own errors repeat what they refuse; a file's content must not be repeated. */
function accept<T>(file: YamlFile, node: YamlNode, what: string, check: () => T): T {
  try {
    return check();
  } catch {
    throw file.fail(node, what);
  }
}
