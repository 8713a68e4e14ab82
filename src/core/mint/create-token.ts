import type { Credential, CredentialKind } from '../../domain/credential.ts';
import { AppError } from '../../domain/errors.ts';
import type { Token } from '../../domain/token.ts';
import type { TokenSpec } from '../../ports/provider.ts';
import type { Delivery } from '../delivery.ts';
import { makeHeader, newAttemptId, nonceOf, subjectOf } from './attempt.ts';
import type { PlannedEntry } from './attempt-plan.ts';
import { createSteps } from './create-steps.ts';
import type { MintDeps } from './deps.ts';
import { refuseInTheWay } from './in-the-way.ts';
import { isToken } from './item.ts';
import { plainCreate } from './plain-create.ts';
import type { MintResult } from './result.ts';
import { narrowItem } from './result.ts';
import { requireDestination, sinkLabels, startAttempt } from './start.ts';

export interface NewToken {
  readonly spec: TokenSpec;
  readonly delivery: Delivery;
  /** The local name, for a provider without names. */
  readonly alias?: string | null;
  /** Lets the store's entry of that name be replaced: for one whose secret is known to have ended. */
  readonly replaces?: boolean;
}

/**
 * Mints a token and delivers its secret. A result that is `pending` (a closed pipe, a sink that failed) is finished by
 * `resumeAttempt`; nothing is lost meanwhile.
 */
export async function createToken(deps: MintDeps, wanted: NewToken): Promise<MintResult<Token>> {
  const { delivery } = wanted;
  const { connection } = deps.client;
  requireDestination(delivery);
  await refuseInTheWay(deps, { entry: delivery.saveAs, target: null });
  const id = newAttemptId(deps);
  const checked = connection.provider.tokens.checkSpec(wanted.spec);
  const spec = { ...checked, idempotencyKey: idempotencyKey(deps, checked, id) };
  const plan = {
    ...plainCreate(connection),
    thing: 'token',
    spec,
    entry: wanted.replaces
      ? await replacedEntry(deps, delivery.saveAs)
      : await newEntry(deps, delivery.saveAs, 'token'),
    sinks: sinkLabels(delivery),
    print: delivery.print !== null,
    scopes: spec.scopes.length > 0 ? spec.scopes : null,
    alias: wanted.alias ?? null,
  } as const;
  const subject = subjectOf(connection, `create ${spec.name ?? plan.alias ?? id}`);
  const header = makeHeader(deps, { id, kind: 'create token', subject, plan });
  return narrowItem(await startAttempt(deps, { header, plan, delivery }, createSteps), isToken);
}

/** A person chose the name and the end, so only what nobody sees may carry the attempt's mark. */
export function idempotencyKey(deps: MintDeps, spec: TokenSpec, id: string): string | null {
  const { lineage } = deps.client.connection.provider.tokens;
  return lineage?.mark(spec, nonceOf({ id }), deps.clock.now()).idempotencyKey ?? spec.idempotencyKey;
}

export async function newEntry(
  deps: MintDeps,
  name: string | null,
  kind: PlannedEntry['kind'],
): Promise<PlannedEntry | null> {
  if (name === null) return null;
  const saved = await deps.store.find(name);
  if (saved) throw nameTaken(saved, deps.client.connection.provider.id);
  return { name, kind, from: null };
}

/** A kept secret is replaced by its own rotation only: anything else might be the last copy of it. */
export function nameTaken(saved: Credential, wantedBy: string, title = saved.provider): AppError {
  const { kind, name } = saved;
  const owner = title === null ? '' : ` of ${title}`;
  return new AppError({
    code: 'conflict',
    message: `${KIND_WORDS[kind]}${owner} is kept as "${name}" already`,
    hint: `save this one under another name: \`--save ${freeName(name, wantedBy)}\``,
  });
}

const KIND_WORDS: Readonly<Record<CredentialKind, string>> = {
  managing: 'the login',
  token: 'a token',
  key: 'a key',
  imported: 'an imported secret',
};

function freeName(name: string, provider: string): string {
  const other = `${name}-${provider}`;
  return name.endsWith(`-${provider}`) || other.length > 128 ? `${name.slice(0, 120)}-2` : other;
}

async function replacedEntry(deps: MintDeps, name: string | null): Promise<PlannedEntry | null> {
  const kept = name === null ? null : await deps.store.find(name);
  return kept
    ? { name: kept.name, kind: kept.kind, from: kept.current.version }
    : newEntry(deps, name, 'token');
}
