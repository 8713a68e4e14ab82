import { type CredentialKind, STORE_KINDS, type StoreKind } from '../../domain/credential.ts';
import { checkLocalName } from '../../domain/name.ts';
import { parseOrigin } from '../../domain/origin.ts';
import { Secret } from '../../domain/secret.ts';
import { MAX_SECRET_LENGTH } from '../../domain/secret-input.ts';
import { parseInstant } from '../../domain/time.ts';
import {
  type NamedItem,
  readMap,
  readText,
  readTexts,
  readWhole,
  requireText,
  type YamlNode,
  type YamlTree,
} from '../yaml/yaml-tree.ts';
import { kdfProblem } from './data-key.ts';
import {
  type DataKeyFacts,
  type Entry,
  type Header,
  type KdfFacts,
  SEAL_FORMAT,
  type SealFormat,
  type Stored,
  type StoredVersion,
} from './format.ts';
import { fromBase64Url } from './seal.ts';

export const KINDS: readonly CredentialKind[] = ['managing', 'token', 'key', 'imported'];
const VERSION_NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/;

export function isSettingName(name: string): boolean {
  return /^[a-z][a-z0-9-]{0,63}$/.test(name);
}

export function isVersionName(name: string): boolean {
  return VERSION_NAME.test(name);
}

type Items = ReadonlyMap<string, NamedItem>;

/** Generation, kind and data key. Throws usage with line and column. */
export function readHeader(file: YamlTree, root: Items): Header {
  const top = file.root;
  const generation = root.get('generation')?.value;
  if (!generation) throw file.fail(top, 'has no "generation"');
  const kindNode = root.get('store')?.value;
  const kindText = requireText(file, kindNode, '"store"', top);
  const kind = STORE_KINDS.find((known) => known === kindText);
  if (!kind) throw file.fail(kindNode, 'names a store that is not known');
  return {
    generation: readWhole(file, generation, '"generation"'),
    kind,
    dataKey: kind === 'file' ? null : readDataKey(file, root, kind),
  };
}

/** Throws usage with line and column for anything that keyturn would not have written. */
export function readEntry(file: YamlTree, name: string, item: NamedItem, kind: StoreKind): Entry {
  checked(file, item.key, 'has a name that keyturn does not accept', () =>
    checkLocalName(name, 'credential'),
  );
  const fields = readMap(file, item.value, 'a credential');
  const text = (key: string): string | null => readText(file, fields.get(key)?.value, `"${key}"`);
  const kindText = requireText(file, fields.get('kind')?.value, '"kind"', item.key);
  const credentialKind = KINDS.find((known) => known === kindText);
  if (!credentialKind)
    throw file.fail(fields.get('kind')?.value, 'has a kind of credential that is not known');
  const originText = text('origin');
  const origin =
    originText === null
      ? null
      : checked(file, fields.get('origin')?.value, 'has an origin that keyturn does not accept', () =>
          parseOrigin(originText),
        );
  const versions = [...readMap(file, fields.get('versions')?.value, '"versions"')].map(([version, at]) =>
    readVersion(file, version, at, kind),
  );
  if (versions.length === 0) throw file.fail(item.key, 'has a credential without versions');
  const current = text('current');
  if (current !== null && !versions.some((version) => version.version === current)) {
    throw file.fail(fields.get('current')?.value, 'names a current version that is not there');
  }
  return {
    name,
    kind: credentialKind,
    provider: text('provider'),
    origin,
    settings: readSettings(file, fields.get('settings')?.value),
    project: text('project'),
    current,
    versions,
  };
}

/** Null where the account is not recorded. */
function readSettings(file: YamlTree, node: YamlNode): Entry['settings'] {
  if (!node) return null;
  return Object.fromEntries(
    [...readMap(file, node, '"settings"')].map(([name, item]) => {
      if (!isSettingName(name)) throw file.fail(item.key, 'has a setting that is not known');
      return [name, requireText(file, item.value, `"${name}" of "settings"`, item.key)];
    }),
  );
}

function readVersion(file: YamlTree, version: string, item: NamedItem, kind: StoreKind): StoredVersion {
  if (!isVersionName(version)) throw file.fail(item.key, 'has a version name that keyturn does not accept');
  const fields = readMap(file, item.value, 'a version');
  const instant = (key: string): string | null => {
    const node = fields.get(key)?.value;
    const text = readText(file, node, `"${key}"`);
    if (text !== null && parseInstant(text) === null) throw file.fail(node, `has no date for "${key}"`);
    return text;
  };
  const ended = instant('ended');
  const at = ended ?? instant('disabled');
  return {
    version,
    id: readText(file, fields.get('id')?.value, '"id"'),
    scopes: readTexts(file, fields.get('scopes')?.value, '"scopes"'),
    createdAt: instant('createdAt'),
    expiresAt: instant('expiresAt'),
    savedAt: instant('savedAt') ?? fail(file, item.key, 'has no "savedAt"'),
    stored: readStored(file, fields, item.key, kind),
    // Last, as an edit adds it: what is read back is compared as text.
    ...(at === null ? {} : { inactive: { state: ended === null ? 'disabled' : 'ended', at } }),
  };
}

function readStored(file: YamlTree, fields: Items, near: YamlNode, kind: StoreKind): Stored {
  const clear = fields.get('secret');
  const sealed = fields.get('sealed');
  if (kind === 'file') {
    if (sealed) throw file.fail(sealed.key, 'has a sealed secret although "store" is "file"');
    const secret = requireText(file, clear?.value, '"secret"', near);
    const problem = findSecretProblem(secret);
    if (problem !== null) throw file.fail(clear?.value, problem);
    return { form: 'clear', secret: Secret.of(secret) };
  }
  if (clear) throw file.fail(clear.key, `has a secret in clear although "store" is "${kind}"`);
  const bytes = fromBase64Url(requireText(file, sealed?.value, '"sealed"', near));
  if (!bytes) throw file.fail(sealed?.value, 'has a sealed secret that is damaged');
  return { form: 'sealed', format: readSealFormat(file, fields.get('seal')), bytes };
}

/** Older keyturns wrote no "seal". */
function readSealFormat(file: YamlTree, item: NamedItem | undefined): SealFormat {
  if (!item) return 1;
  if (readWhole(file, item.value, '"seal"') !== SEAL_FORMAT)
    throw file.fail(item.value, 'has a "seal" that this keyturn does not know');
  return SEAL_FORMAT;
}

/** A person may have edited the file, or made an entry with a block of YAML, which ends with a line break. */
export function findSecretProblem(secret: string): string | null {
  if (secret.trim() === '') return 'has an empty "secret"';
  if (/[\r\n]$/.test(secret)) return 'has a "secret" that ends with a line break';
  if (/[\r\n]/.test(secret)) return 'has a "secret" with a line break in it';
  if (secret !== secret.trim()) return 'has a "secret" with white space around it';
  if (/[^\x20-\x7e]/.test(secret)) return 'has a "secret" with characters that cannot be part of a token';
  if (secret.length > MAX_SECRET_LENGTH) return `has a "secret" longer than ${MAX_SECRET_LENGTH} characters`;
  return null;
}

function readDataKey(file: YamlTree, root: Items, kind: StoreKind): DataKeyFacts {
  const top = file.root;
  const id = requireText(file, root.get('vault')?.value, '"vault"', top);
  if (!/^[0-9a-f]{32}$/.test(id)) throw file.fail(root.get('vault')?.value, 'has a "vault" that is damaged');
  const check = fromBase64Url(requireText(file, root.get('check')?.value, '"check"', top));
  if (!check) throw file.fail(root.get('check')?.value, 'has a "check" that is damaged');
  return {
    id,
    check,
    kdf: kind === 'passphrase' ? readKdf(file, root.get('kdf')?.value) : null,
    place: kind === 'keychain' ? readText(file, root.get('place')?.value, '"place"') : null,
  };
}

function readKdf(file: YamlTree, node: YamlNode): KdfFacts {
  const fields = readMap(file, node, '"kdf"');
  const whole = (key: string): number => readWhole(file, fields.get(key)?.value ?? node, `"${key}" of "kdf"`);
  if (readText(file, fields.get('name')?.value, 'the name of "kdf"') !== 'scrypt') {
    throw file.fail(node, 'has a "kdf" that is not known');
  }
  const salt = requireText(file, fields.get('salt')?.value, 'salt of "kdf"', node);
  const kdf = { N: whole('N'), r: whole('r'), p: whole('p'), salt };
  const problem = kdfProblem(kdf);
  if (problem !== null) throw file.fail(node, `has a "kdf" that keyturn refuses: ${problem}`);
  return kdf;
}

/** The checkers of the domain repeat what they refuse; the file's content must not be repeated. */
function checked<T>(file: YamlTree, node: YamlNode, what: string, check: () => T): T {
  try {
    return check();
  } catch {
    throw file.fail(node, what);
  }
}

function fail(file: YamlTree, node: YamlNode, what: string): never {
  throw file.fail(node, what);
}
