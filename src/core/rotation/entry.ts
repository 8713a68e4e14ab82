import type { Instant } from '../../domain/time.ts';
import type { PlannedEntry } from '../mint/attempt-plan.ts';
import { nameTaken } from '../mint/create-token.ts';
import type { MintDeps } from '../mint/deps.ts';
import type { RotationRequest } from './plan.ts';

/**
 * Where the new secret is kept. A secret that the store holds already is replaced there even when only a sink was
 * asked for: otherwise `run` would go on handing out the old one.
 */
export async function findEntry(
  deps: MintDeps,
  { target, delivery }: RotationRequest,
): Promise<PlannedEntry | null> {
  const { provider, origin } = deps.client.connection;
  const item = target.kind === 'token' ? target.token : target.key;
  const project = target.kind === 'key' ? target.project : null;
  const kept = (await deps.store.list()).filter(
    (entry) =>
      entry.provider === provider.id &&
      entry.origin === origin &&
      entry.project === project &&
      entry.current.id === item.id &&
      isSameBirth(entry.current.createdAt, item.createdAt) &&
      (target.kind === 'key') === (entry.kind === 'key'),
  );
  const wanted = delivery.saveAs;
  const found = kept.find((entry) => wanted === null || entry.name === wanted);
  if (found) return { name: found.name, kind: found.kind, from: found.current.version };
  if (wanted === null) return null;
  if (!(await deps.store.find(wanted))) return { name: wanted, kind: target.kind, from: null };
  throw nameTaken(wanted);
}

/** Ids repeat between the accounts of one origin (Devo counts from 1 in each domain); the instant of birth does not. */
function isSameBirth(kept: Instant | null, listed: Instant | null): boolean {
  return kept === null || listed === null || Date.parse(kept) === Date.parse(listed);
}
