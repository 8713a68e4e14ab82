import type { Document } from 'yaml';
import { AppError } from '../../domain/errors.ts';
import { noProfile } from '../../domain/missing.ts';
import { checkLocalName } from '../../domain/name.ts';
import { compareAccounts } from '../../domain/same-settings.ts';
import type { Random } from '../../ports/clock.ts';
import type { Disk } from '../../ports/disk.ts';
import type { Locks } from '../../ports/lock.ts';
import type { Alias, AliasPlace, Profiles } from '../../ports/profiles.ts';
import { commitShared, readShared, type SharedFile } from '../disk/commit-file.ts';
import { ParsedOnce } from '../disk/parsed-once.ts';
import { renameKey } from '../yaml/edit-document.ts';
import {
  type ConfigDocument,
  configBytes,
  newConfigDocument,
  readConfigDocument,
  writeAliases,
  writeProfile,
} from './config-document.ts';

export interface ProfilesOptions {
  readonly disk: Disk;
  readonly random: Random;
  readonly locks: Locks;
  /** `config.yaml`, absolute. */
  readonly path: string;
  readonly waitMs?: number | undefined;
}

const LIMIT = 1024 * 1024;
const USUAL_WAIT_MS = 10_000;

/** Profiles and aliases in `config.yaml`. The first profile that is saved becomes the current one. */
export function createProfiles(options: ProfilesOptions): Profiles {
  const { path } = options;
  const shared: SharedFile = {
    ...options,
    lockName: 'config',
    waitMs: options.waitMs ?? USUAL_WAIT_MS,
    limit: LIMIT,
  };
  const parsed = new ParsedOnce((bytes) => readConfigDocument(bytes, path));
  const read = async (): Promise<ConfigDocument | null> => {
    const bytes = await readShared(shared);
    return bytes && parsed.read(bytes);
  };
  const edit = <T>(change: (config: OpenConfig) => Edited<T>): Promise<T> =>
    commitShared(shared, async (current) => {
      const config = current ? await parsed.read(current) : newConfigDocument();
      const document = await config.open();
      const { result, changed } = change({ ...config, document });
      if (!changed) return { bytes: null, result };
      const check = async (written: Uint8Array): Promise<void> => {
        await parsed.read(written);
      };
      return { bytes: configBytes(document, config.generation + 1), result, check };
    });

  return {
    path,
    list: async () => (await read())?.profiles ?? [],
    find: async (name) => (await read())?.profiles.find((profile) => profile.name === name) ?? null,
    current: async () => (await read())?.current ?? null,
    save: (profile) =>
      edit(({ document, current }) => {
        checkLocalName(profile.name, 'profile');
        writeProfile(document, profile);
        if (current === null) document.set('current', profile.name);
        return CHANGED;
      }),
    use: (name) =>
      edit(({ document, profiles, current }) => {
        if (!profiles.some((profile) => profile.name === name)) throw noProfile(name);
        document.set('current', name);
        return current === name ? UNCHANGED : CHANGED;
      }),
    rename: (name, newName) => edit((config) => renameProfile(config, name, newName)),
    remove: async (name) => {
      if (!(await read())) return false;
      return edit(({ document, profiles, current }) => {
        if (!profiles.some((profile) => profile.name === name)) return { result: false, changed: false };
        document.deleteIn(['profiles', name]);
        if (current === name) document.delete('current');
        return { result: true, changed: true };
      });
    },
    aliases: async (place) =>
      ((await read())?.aliases ?? []).filter((alias) => compareAccounts(alias, place) !== 'other'),
    saveAlias: (alias) => edit((config) => saveAlias(config, alias)),
    removeAlias: async (alias) => {
      if (!(await read())) return;
      await edit(({ document, aliases }) => {
        const kept = aliases.filter((known) => !sameThing(known, alias));
        if (kept.length === aliases.length) return UNCHANGED;
        writeAliases(document, kept);
        return CHANGED;
      });
    },
  };
}

interface OpenConfig extends ConfigDocument {
  readonly document: Document;
}

interface Edited<T> {
  readonly result: T;
  readonly changed: boolean;
}

const CHANGED: Edited<void> = { result: undefined, changed: true };
const UNCHANGED: Edited<void> = { result: undefined, changed: false };

function renameProfile(config: OpenConfig, name: string, newName: string): Edited<void> {
  const { document, profiles, current } = config;
  checkLocalName(newName, 'profile');
  const profile = profiles.find((known) => known.name === name);
  if (!profile) throw noProfile(name);
  if (newName === name) return UNCHANGED;
  if (profiles.some((known) => known.name === newName)) {
    throw conflict(`a profile "${newName}" exists already`, 'choose another name');
  }
  renameKey(document.get('profiles'), name, newName);
  if (current === name) document.set('current', newName);
  return CHANGED;
}

/** The name moves: it stands for one thing in an account, and a thing has one name. */
function saveAlias({ document, aliases }: OpenConfig, alias: Alias): Edited<void> {
  const kept = aliases.filter((known) => !sameThing(known, alias) && !sameName(known, alias));
  writeAliases(document, [...kept, alias]);
  return CHANGED;
}

function sameName(a: Alias, b: Alias): boolean {
  return a.name === b.name && compareAccounts(a, b) !== 'other';
}

function sameThing(a: AliasPlace & Pick<Alias, 'id'>, b: AliasPlace & Pick<Alias, 'id'>): boolean {
  return a.id === b.id && compareAccounts(a, b) !== 'other';
}

function conflict(message: string, hint: string): AppError {
  return new AppError({ code: 'conflict', message, hint });
}
