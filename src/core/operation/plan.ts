import type { CredentialKind } from '../../domain/credential.ts';
import { isAppError } from '../../domain/errors.ts';
import type { JsonObject } from '../../domain/json.ts';
import type { Account } from '../../domain/same-settings.ts';
import type { Instant } from '../../domain/time.ts';
import { KEY_TYPES, type KeyType } from '../../domain/token.ts';
import type { OperationHeader } from '../../ports/journal.ts';
import type { Profile } from '../../ports/profiles.ts';
import type { TokenSpec } from '../../ports/provider.ts';
import type { Settings } from '../../ports/request.ts';
import type { Connection } from '../client.ts';
import {
  misfit,
  readFlag,
  readNumberOrNull,
  readObject,
  readObjectOrNull,
  readOneOf,
  readSettings,
  readText,
  readTextOrNull,
  readTexts,
  readTextsOrNull,
} from './records.ts';

/** The store's entry that the new secret goes to. */
export interface PlannedEntry {
  readonly name: string;
  readonly kind: CredentialKind;
  /** The version that was current at planning, which the new one replaces; null for a new entry. */
  readonly from: string | null;
}

/** The old token or key of a rotation: an operation may end only this, and what it created itself. */
export interface PlannedTarget {
  readonly id: string;
  readonly name: string | null;
  readonly createdAt: Instant | null;
  /** Its end; absent where that is not known. */
  readonly expiresAt?: Instant | null;
}

/** Everything that was decided before the first request. Durable in the operation's header, and never changed. */
export interface OperationPlan {
  readonly thing: 'token' | 'key';
  /** `create`: nothing is replaced. `in-place`: the vendor replaces the secret. `overlap`: a second token is created, then the old token ends. */
  readonly way: 'create' | 'in-place' | 'overlap';
  readonly target: PlannedTarget | null;
  /** The specification as it is sent; null for `in-place` and for keys. */
  readonly spec: TokenSpec | null;
  /** Whether a browser session sends the create; the managing credential cannot send this request. */
  readonly bySession: boolean;
  /** Whether `spec` carries this operation's marker. */
  readonly marked: boolean;
  readonly project: string | null;
  /** For a new key. */
  readonly key: { readonly name: string; readonly type: KeyType } | null;
  readonly entry: PlannedEntry | null;
  readonly destinations: readonly string[];
  readonly print: boolean;
  /** Whether the target is the very credential that drives the operation. */
  readonly self: boolean;
  /** What the new secret must be allowed to do; null where the provider does not tell. */
  readonly scopes: readonly string[] | null;
  /** How long the old token stays valid beside the new one, in ms; null for not at all. */
  readonly graceMs: number | null;
  readonly retainOld: boolean;
  /** The local name that a token without a name gets. */
  readonly alias: string | null;
  /** The profile that the login saves; the id of its token is not known yet. */
  readonly login: Profile | null;
  /** The account that the operation belongs to, as the provider's settings name it; it goes on there and nowhere else. */
  readonly settings: Settings;
}

/** The account that an operation belongs to; its settings are null where its plan cannot be read. */
export function accountOf({ provider, origin, plan }: OperationHeader): Account {
  return { provider, origin, settings: readPlanOrNull(plan)?.settings ?? null };
}

/** Increases when a step or field changes its name or meaning: an operation of another version cannot be resumed. */
const PLAN_VERSION = 2;

export function writePlan(plan: OperationPlan): JsonObject {
  return {
    version: PLAN_VERSION,
    ...plan,
    target: plan.target && { ...plan.target },
    spec: plan.spec && { ...plan.spec },
    key: plan.key && { ...plan.key },
    entry: plan.entry && { ...plan.entry },
    login: plan.login && { ...plan.login, credential: sourceJson(plan.login.credential) },
    settings: { ...plan.settings },
  };
}

/** A login that creates a token saves it in the store. */
function sourceJson(source: Profile['credential']): JsonObject {
  return source.kind === 'store' ? { ...source } : { kind: source.kind, profile: source.profile };
}

/** Throws `failure` for a plan of another version, and for one that somebody edited. */
export function readPlan(from: JsonObject): OperationPlan {
  if (from['version'] !== PLAN_VERSION) throw misfit();
  const target = readObjectOrNull(from['target']);
  const key = readObjectOrNull(from['key']);
  const entry = readObjectOrNull(from['entry']);
  const spec = readObjectOrNull(from['spec']);
  const login = readObjectOrNull(from['login']);
  return {
    thing: readOneOf(from['thing'], ['token', 'key']),
    way: readOneOf(from['way'], ['create', 'in-place', 'overlap']),
    target: target && {
      id: readText(target['id']),
      name: readTextOrNull(target['name']),
      createdAt: readTextOrNull(target['createdAt']),
      ...(target['expiresAt'] === undefined ? {} : { expiresAt: readTextOrNull(target['expiresAt']) }),
    },
    spec: spec && readSpec(spec),
    bySession: readFlag(from['bySession']),
    marked: readFlag(from['marked']),
    project: readTextOrNull(from['project']),
    key: key && {
      name: readText(key['name']),
      type: readOneOf(key['type'], KEY_TYPES),
    },
    entry: entry && {
      name: readText(entry['name']),
      kind: readOneOf(entry['kind'], ['managing', 'token', 'key', 'imported']),
      from: readTextOrNull(entry['from']),
    },
    destinations: readTexts(from['destinations']),
    print: readFlag(from['print']),
    self: readFlag(from['self']),
    scopes: readTextsOrNull(from['scopes']),
    graceMs: readNumberOrNull(from['graceMs']),
    retainOld: readFlag(from['retainOld']),
    alias: readTextOrNull(from['alias']),
    login: login && readProfile(login),
    settings: readSettings(from['settings']),
  };
}

/** As {@link readPlan}; null for a plan that cannot be read: an older keyturn's, or one that somebody edited. */
export function readPlanOrNull(from: JsonObject): OperationPlan | null {
  try {
    return readPlan(from);
  } catch (error) {
    if (isAppError(error)) return null;
    throw error;
  }
}

function readSpec(from: JsonObject): TokenSpec {
  return {
    name: readTextOrNull(from['name']),
    scopes: readTexts(from['scopes']),
    expiresAt: readTextOrNull(from['expiresAt']),
    options: readSettings(from['options']),
    idempotencyKey: readTextOrNull(from['idempotencyKey']),
  };
}

function readProfile(from: JsonObject): Profile {
  const credential = readObject(from['credential']);
  return {
    name: readText(from['name']),
    provider: readText(from['provider']),
    settings: readSettings(from['settings']),
    origin: readText(from['origin']),
    credential: { kind: 'store', name: readText(credential['name']) },
    tokenId: null,
  };
}

/** A plan that makes something new at this account and replaces nothing. */
export function plainCreate({ settings }: Connection): OperationPlan {
  return {
    thing: 'token',
    way: 'create',
    target: null,
    spec: null,
    bySession: false,
    marked: false,
    project: null,
    key: null,
    entry: null,
    destinations: [],
    print: false,
    self: false,
    scopes: null,
    graceMs: null,
    retainOld: false,
    alias: null,
    login: null,
    settings,
  };
}

/** An operation in words: `rotate token "etl" (id 42)`. A plan that cannot be read says no more than the kind. */
export function aboutOperation({ kind, plan: from }: Pick<OperationHeader, 'kind' | 'plan'>): string {
  const name = nameOf(from);
  return name === null ? kind : `${kind} ${name}`;
}

function nameOf(from: OperationHeader['plan']): string | null {
  const plan = readPlanOrNull(from);
  if (!plan) return null;
  const { alias, key, login, spec, target } = plan;
  const name = alias ?? target?.name ?? spec?.name ?? key?.name ?? login?.name ?? null;
  const id = target && `id ${target.id}`;
  if (name === null) return id;
  return id === null ? `"${name}"` : `"${name}" (${id})`;
}
