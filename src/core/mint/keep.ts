import { AppError } from '../../domain/errors.ts';
import type { Secret } from '../../domain/secret.ts';
import type { NewVersion } from '../../ports/store.ts';
import type { Attempt } from './attempt.ts';
import { nonceOf, secretOf } from './attempt.ts';
import type { PlannedEntry } from './attempt-plan.ts';
import { audit } from './audit.ts';
import type { Made } from './identify.ts';
import type { Item } from './item.ts';
import { isToken } from './item.ts';
import { mintName } from './send.ts';

/** Puts the new secret into the store, beside the old version where there is one, and reads it back. */
export async function keepInStore(attempt: Attempt, made: Made): Promise<void> {
  const { journal, plan } = attempt;
  const { entry } = plan;
  if (!entry) return;
  await journal.step('store', async () => {
    const secret = await secretOf(attempt);
    await write(attempt, { entry, item: made.item, secret });
    await compare(attempt, entry, secret);
    await audit(attempt, 'store', {
      id: made.item.id,
      fingerprint: attempt.deps.fingerprint(secret),
      target: entry.name,
    });
    return { name: entry.name };
  });
}

interface Write {
  readonly entry: PlannedEntry;
  readonly item: Item | null;
  readonly secret: Secret;
}

/** What the store is told of the new secret. */
export function versionFacts(
  { deps, plan }: Attempt,
  entry: Pick<PlannedEntry, 'name' | 'kind'>,
  item: Item | null,
): NewVersion {
  const { provider, origin, settings } = deps.client.connection;
  return {
    name: entry.name,
    kind: entry.kind,
    provider: provider.id,
    origin,
    settings,
    project: plan.project,
    id: item?.id ?? (plan.way === 'in-place' ? (plan.target?.id ?? null) : null),
    scopes: (item && isToken(item) ? item.scopes : null) ?? plan.scopes,
    createdAt: item?.createdAt ?? null,
    expiresAt: item?.expiresAt ?? null,
  };
}

/** Writes the secret under a version name that belongs to this attempt alone, so that a repeat changes nothing. */
export async function write(attempt: Attempt, { entry, item, secret }: Write): Promise<void> {
  const { deps, journal } = attempt;
  const facts = versionFacts(attempt, entry, item);
  const version = nonceOf(journal.header);
  await dropStale(attempt, entry, secret);
  const kept = await deps.store.stage(facts, version, secret);
  const own = kept.versions.find((one) => one.version === version);
  if (!own || own.id === facts.id) return;
  // It was rescued before its id was known; the secret is sealed in the journal meanwhile.
  await deps.store.dropVersion(entry.name, version);
  await deps.store.stage(facts, version, secret);
}

/** In place the newest secret wins: what a mint before this one left under the attempt's own version works no more. */
async function dropStale(attempt: Attempt, { name }: PlannedEntry, secret: Secret): Promise<void> {
  const { deps, journal, plan } = attempt;
  if (plan.way !== 'in-place' || !isMintedAgain(attempt) || !(await hasOwnVersion(attempt))) return;
  const version = nonceOf(journal.header);
  if (!(await deps.store.open(name, version)).equals(secret)) await deps.store.dropVersion(name, version);
}

/** The first mint's answer held no secret, and a repeat was sent. */
function isMintedAgain({ journal, memory }: Attempt): boolean {
  return memory.sends > 1 || journal.has(mintName(2));
}

/** Takes away what the attempt itself put into the store, where that is not current: its secret opens nothing now. */
export async function dropOwn(attempt: Attempt): Promise<void> {
  const { deps, journal, plan } = attempt;
  if (plan.entry && (await hasOwnVersion(attempt)))
    await deps.store.dropVersion(plan.entry.name, nonceOf(journal.header));
}

async function hasOwnVersion({ deps, journal, plan }: Attempt): Promise<boolean> {
  const kept = plan.entry && (await deps.store.find(plan.entry.name));
  return kept?.versions.some(({ version }) => version === nonceOf(journal.header)) ?? false;
}

async function compare({ deps, journal }: Attempt, entry: PlannedEntry, secret: Secret): Promise<void> {
  if ((await deps.store.open(entry.name, nonceOf(journal.header))).equals(secret)) return;
  throw new AppError({
    code: 'unavailable',
    message: 'the store gave back another value than was put in',
    hint: 'the secret is safe in the journal: see `keyturn doctor`, then `keyturn rotations resume`',
  });
}
