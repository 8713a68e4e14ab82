import type { CredentialKind } from '../../domain/credential.ts';
import { isAppError } from '../../domain/errors.ts';
import type { JsonObject } from '../../domain/json.ts';
import type { Account } from '../../domain/same-settings.ts';
import type { Instant } from '../../domain/time.ts';
import { KEY_TYPES, type KeyType } from '../../domain/token.ts';
import type { AttemptHeader } from '../../ports/journal.ts';
import type { Profile } from '../../ports/profiles.ts';
import type { Settings, TokenSpec } from '../../ports/provider.ts';
import {
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
} from './read-json.ts';

/** The store's entry that the new secret goes to. */
export interface PlannedEntry {
  readonly name: string;
  readonly kind: CredentialKind;
  /** The version that was current at planning, which the new one replaces; null for a new entry. */
  readonly from: string | null;
}

/** The old token or key of a rotation: the only thing beside its own offspring that an attempt may ever end. */
export interface PlannedTarget {
  readonly id: string;
  readonly name: string | null;
  /** Absent in a journal of an older keyturn. */
  readonly createdAt?: Instant | null;
}

/** Everything that was decided before the first request. Durable in the attempt's header, and never changed. */
export interface AttemptPlan {
  readonly thing: 'token' | 'key';
  /** `create`: nothing is replaced. `in-place`: the vendor gives the old one a new secret. `overlap`: a second one, then the old one ends. */
  readonly way: 'create' | 'in-place' | 'overlap';
  readonly target: PlannedTarget | null;
  /** The specification as it is sent; null for `in-place` and for keys. */
  readonly spec: TokenSpec | null;
  /** Whether a browser session sends the create; the managing credential cannot repeat it. */
  readonly bySession: boolean;
  /** Whether `spec` carries this attempt's nonce. */
  readonly marked: boolean;
  readonly project: string | null;
  /** For a new key. */
  readonly key: { readonly name: string; readonly type: KeyType } | null;
  readonly entry: PlannedEntry | null;
  readonly sinks: readonly string[];
  readonly print: boolean;
  /** Whether the target is the very credential that drives the attempt. */
  readonly self: boolean;
  /** What the new secret must be allowed to do; null where the provider does not tell. */
  readonly scopes: readonly string[] | null;
  /** How long the old one goes on working beside the new one, in ms; null for not at all. */
  readonly graceMs: number | null;
  readonly keepOld: boolean;
  /** The local name that a token without a name gets. */
  readonly alias: string | null;
  /** The profile that a login makes, its token's id still unknown. */
  readonly login: Profile | null;
  /** The account that the attempt belongs to, as the provider's settings name it; it goes on there and nowhere else. */
  readonly settings: Settings;
}

/** The account that an operation belongs to; its settings are null where its plan cannot be read. */
export function accountOf({ provider, origin, plan }: AttemptHeader): Account {
  return { provider, origin, settings: readPlanOrNull(plan)?.settings ?? null };
}

export function writePlan(plan: AttemptPlan): JsonObject {
  return {
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

function bornOf(target: JsonObject): Pick<PlannedTarget, 'createdAt'> {
  const createdAt = target['createdAt'];
  return createdAt === undefined ? {} : { createdAt: readTextOrNull(createdAt) };
}

export function readPlan(from: JsonObject): AttemptPlan {
  const target = readObjectOrNull(from['target']);
  const key = readObjectOrNull(from['key']);
  const entry = readObjectOrNull(from['entry']);
  const spec = readObjectOrNull(from['spec']);
  const login = readObjectOrNull(from['login']);
  return {
    thing: readOneOf(from['thing'], ['token', 'key']),
    way: readOneOf(from['way'], ['create', 'in-place', 'overlap']),
    target: target && { id: readText(target['id']), name: readTextOrNull(target['name']), ...bornOf(target) },
    spec: spec && readSpec(spec),
    // Absent in a journal of an older keyturn.
    bySession: from['bySession'] === true,
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
    sinks: readTexts(from['sinks']),
    print: readFlag(from['print']),
    self: readFlag(from['self']),
    scopes: readTextsOrNull(from['scopes']),
    graceMs: readNumberOrNull(from['graceMs']),
    keepOld: readFlag(from['keepOld']),
    alias: readTextOrNull(from['alias']),
    login: login && readProfile(login),
    settings: readSettings(from['settings']),
  };
}

/** As {@link readPlan}; null for a plan that cannot be read: an older keyturn's, or one that somebody edited. */
export function readPlanOrNull(from: JsonObject): AttemptPlan | null {
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
