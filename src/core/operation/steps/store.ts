import { AppError } from '../../../domain/errors.ts';
import type { Secret } from '../../../domain/secret.ts';
import type { NewVersion } from '../../../ports/store.ts';
import { audit } from '../audit.ts';
import type { Made } from '../facts.ts';
import { markerOf, type Operation, secretOf } from '../operation.ts';
import type { PlannedEntry } from '../plan.ts';
import { type Item, idOf, isToken } from '../records.ts';
import { issueStep } from '../step-names.ts';

/** Puts the new secret into the store, beside the old version where there is one, and reads it back. */
export async function saveInStore(operation: Operation, made: Made): Promise<void> {
  const { journal, plan } = operation;
  const { entry } = plan;
  if (!entry) return;
  await journal.step('store', async () => {
    const secret = await secretOf(operation);
    await write(operation, { entry, item: made.item, secret });
    await compare(operation, entry, secret);
    await audit(operation, 'store', {
      id: made.item.id,
      fingerprint: operation.deps.fingerprint(secret),
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
  { deps, plan }: Operation,
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
    id: (item && idOf(item)) ?? (plan.way === 'in-place' ? (plan.target?.id ?? null) : null),
    scopes: (item && isToken(item) ? item.scopes : null) ?? plan.scopes,
    createdAt: item?.createdAt ?? null,
    expiresAt: item?.expiresAt ?? null,
  };
}

/** Writes the secret under a version name that belongs to this operation alone, so that a repeat changes nothing. */
export async function write(operation: Operation, { entry, item, secret }: Write): Promise<void> {
  const { deps, journal } = operation;
  const facts = versionFacts(operation, entry, item);
  const version = markerOf(journal.header);
  await dropStale(operation, entry, secret);
  const kept = await deps.store.stage(facts, version, secret);
  const own = kept.versions.find((one) => one.version === version);
  if (!own || own.id === facts.id) return;
  // It was rescued before its id was known; the secret is sealed in the journal meanwhile.
  await deps.store.dropVersion(entry.name, version);
  await deps.store.stage(facts, version, secret);
}

/** In place the newest secret wins: what an earlier request left under the operation's own version works no more. */
async function dropStale(operation: Operation, { name }: PlannedEntry, secret: Secret): Promise<void> {
  const { deps, journal, plan } = operation;
  if (plan.way !== 'in-place' || !isIssuedAgain(operation) || !(await hasOwnVersion(operation))) return;
  const version = markerOf(journal.header);
  if (!(await deps.store.open(name, version)).equals(secret)) await deps.store.dropVersion(name, version);
}

/** The first answer held no secret, and a repeat was sent. */
function isIssuedAgain({ journal, memory }: Operation): boolean {
  return memory.sends > 1 || journal.has(issueStep(2));
}

/** Takes away what the operation itself put into the store, where that is not current: its secret opens nothing now. */
export async function dropOwn(operation: Operation): Promise<void> {
  const { deps, journal, plan } = operation;
  if (plan.entry && (await hasOwnVersion(operation)))
    await deps.store.dropVersion(plan.entry.name, markerOf(journal.header));
}

async function hasOwnVersion({ deps, journal, plan }: Operation): Promise<boolean> {
  const kept = plan.entry && (await deps.store.find(plan.entry.name));
  return kept?.versions.some(({ version }) => version === markerOf(journal.header)) ?? false;
}

async function compare({ deps, journal }: Operation, entry: PlannedEntry, secret: Secret): Promise<void> {
  if ((await deps.store.open(entry.name, markerOf(journal.header))).equals(secret)) return;
  throw new AppError({
    code: 'unavailable',
    message: 'the store gave back another value than was put in',
    hint: 'the secret is safe in the journal: see `keyturn doctor`, then `keyturn rotations resume`',
  });
}

/** The store forgets the version that was replaced; its secret no longer works. */
export async function dropOld({ deps, journal, plan, resumed }: Operation): Promise<void> {
  const { entry } = plan;
  if (!entry || entry.from === null || plan.retainOld) return;
  const { from, name } = entry;
  // Only the command that began a login says what becomes of the token before; a resumed one has nobody to ask.
  if (plan.login && resumed) {
    const old = (await deps.store.find(name))?.versions.find(({ version }) => version === from);
    if (old?.id) deps.note(stillLive(old.id, plan.login.name));
  }
  await journal.step('drop old', async () => {
    await deps.store.dropVersion(name, from);
    return { version: from };
  });
}

function stillLive(id: string, profile: string): string {
  return `the token "${id}" that "${profile}" had before still works, and its secret is no longer saved here: \`keyturn tokens revoke id:${id} --profile ${profile}\` ends it`;
}
