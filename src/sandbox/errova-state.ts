import { Ledger } from './ledger.ts';
import { isoSeconds } from './message.ts';
import type { Saved } from './saved.ts';
import { openSaved } from './saved.ts';
import type { Json } from './vendor.ts';

export type MachineToken = {
  readonly id: string;
  readonly label: string;
  readonly scopes: readonly string[];
  readonly createdAt: number;
  readonly hash: string;
  /** The secret before the last rotation, which may go on working for a while. */
  readonly previousHash: string | null;
  readonly previousUntil: number;
};

export type Session = { readonly hash: string; readonly expiresAt: number };

export type Project = {
  readonly id: string;
  readonly slug: string;
  readonly name: string;
  readonly platform: string;
  readonly environment: string;
  readonly createdAt: number;
};

export type DsnKey = {
  readonly id: string;
  readonly project: string;
  readonly label: string;
  readonly keyType: string;
  readonly publicKey: string;
  /** Null for a key of the browser, which has no secret. */
  readonly hash: string | null;
  readonly createdAt: number;
  readonly expiresAt: number | null;
};

export function createErrovaState(org: string) {
  return {
    org,
    sessions: new Ledger<Session, string>({ key: (it) => it.hash, fingerprints: (it) => [it.hash] }),
    tokens: new Ledger<MachineToken, string>({
      key: (it) => it.id,
      fingerprints: (it) => (it.previousHash === null ? [it.hash] : [it.hash, it.previousHash]),
    }),
    projects: new Ledger<Project, string>({ key: (it) => it.slug, fingerprints: () => [] }),
    keys: new Ledger<DsnKey, string>({ key: (it) => it.id, fingerprints: () => [] }),
  };
}

export type ErrovaState = ReturnType<typeof createErrovaState>;

export function saveErrova(state: ErrovaState): Json {
  const { org, sessions, tokens, projects, keys } = state;
  return { org, sessions: sessions.all(), tokens: tokens.all(), projects: projects.all(), keys: keys.all() };
}

export function loadErrova(state: ErrovaState, saved: unknown): void {
  const from = openSaved(saved, 'errova');
  state.org = from.text('org');
  state.sessions.replaceAll(
    from.list('sessions').map((it) => ({ hash: it.text('hash'), expiresAt: it.number('expiresAt') })),
  );
  state.tokens.replaceAll(from.list('tokens').map(readToken));
  state.projects.replaceAll(from.list('projects').map(readProject));
  state.keys.replaceAll(from.list('keys').map(readKey));
}

export function showToken(token: MachineToken): Record<string, Json> {
  return { id: token.id, label: token.label, scopes: token.scopes, createdAt: isoSeconds(token.createdAt) };
}

export function showProject(project: Project): Record<string, Json> {
  return { ...project, createdAt: isoSeconds(project.createdAt) };
}

export function showKey(key: DsnKey): Record<string, Json> {
  return {
    id: key.id,
    label: key.label,
    keyType: key.keyType,
    publicKey: key.publicKey,
    createdAt: isoSeconds(key.createdAt),
    expiresAt: key.expiresAt === null ? null : isoSeconds(key.expiresAt),
  };
}

function readToken(it: Saved): MachineToken {
  return {
    id: it.text('id'),
    label: it.text('label'),
    scopes: it.texts('scopes'),
    createdAt: it.number('createdAt'),
    hash: it.text('hash'),
    previousHash: it.textOrNull('previousHash'),
    previousUntil: it.number('previousUntil'),
  };
}

function readProject(it: Saved): Project {
  return {
    id: it.text('id'),
    slug: it.text('slug'),
    name: it.text('name'),
    platform: it.text('platform'),
    environment: it.text('environment'),
    createdAt: it.number('createdAt'),
  };
}

function readKey(it: Saved): DsnKey {
  return {
    id: it.text('id'),
    project: it.text('project'),
    label: it.text('label'),
    keyType: it.text('keyType'),
    publicKey: it.text('publicKey'),
    hash: it.textOrNull('hash'),
    createdAt: it.number('createdAt'),
    expiresAt: it.numberOrNull('expiresAt'),
  };
}
