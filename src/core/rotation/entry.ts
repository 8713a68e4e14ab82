import { isSameToken } from '../../domain/same-token.ts';
import type { PlannedEntry } from '../mint/attempt-plan.ts';
import { nameTaken } from '../mint/create-token.ts';
import type { MintDeps } from '../mint/deps.ts';
import type { RotationTarget } from './plan.ts';

/**
 * Where the new secret is kept. A secret that the store holds already is replaced there even when only a sink was
 * asked for: otherwise `run` would go on handing out the old one.
 */
export async function findEntry(
  { client, store }: Pick<MintDeps, 'client' | 'store'>,
  target: RotationTarget,
  wanted: string | null,
): Promise<PlannedEntry | null> {
  const { provider, origin } = client.connection;
  const item = target.kind === 'token' ? target.token : target.key;
  const project = target.kind === 'key' ? target.project : null;
  const kept = (await store.list()).filter(
    (entry) =>
      entry.provider === provider.id &&
      entry.origin === origin &&
      entry.project === project &&
      isSameToken(entry.current, item) &&
      (target.kind === 'key') === (entry.kind === 'key'),
  );
  const found = kept.find((entry) => wanted === null || entry.name === wanted);
  if (found) return { name: found.name, kind: found.kind, from: found.current.version };
  if (wanted === null) return null;
  const taken = await store.find(wanted);
  if (!taken) return { name: wanted, kind: target.kind, from: null };
  throw nameTaken(taken, provider.id);
}
