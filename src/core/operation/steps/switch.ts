import { connectedAccount } from '../../connected-account.ts';
import { audit } from '../audit.ts';
import type { Made } from '../facts.ts';
import type { Operation } from '../operation.ts';
import { markerOf } from '../operation.ts';
import { idOf } from '../records.ts';

/**
 * From here on everybody who asks gets the new one: the store's current version moves, and profiles and aliases that
 * name the old token name the new one. Each part may run again.
 */
export async function switchOver(operation: Operation, made: Made): Promise<void> {
  const { deps, journal, plan } = operation;
  await journal.step('switch', async () => {
    const { entry } = plan;
    if (entry) await deps.store.promote(entry.name, entry.from, markerOf(journal.header));
    await pointTo(operation, { from: plan.target?.id ?? null, to: idOf(made.item) });
    if (plan.way !== 'create')
      await audit(operation, 'switch', { id: made.item.id, target: entry?.name ?? null });
    return { id: made.item.id };
  });
}

interface Move {
  readonly from: string | null;
  /** Null for a token whose id nobody knows. */
  readonly to: string | null;
}

/** Profiles and aliases follow the token. */
export async function pointTo({ deps, plan }: Operation, { from, to }: Move): Promise<void> {
  const { profiles, client } = deps;
  const place = connectedAccount(client.connection);
  if (plan.login) await profiles.save({ ...plan.login, tokenId: to });
  for (const profile of await profiles.list()) {
    const { credential } = profile;
    const follows =
      credential.kind === 'store' && credential.name === plan.entry?.name && plan.entry.kind === 'managing';
    if (follows && profile.tokenId !== to) await profiles.save({ ...profile, tokenId: to });
  }
  if (plan.alias !== null && to !== null) {
    await profiles.saveAlias({ ...place, name: plan.alias, id: to });
  }
  if (from === null || to === null || from === to) return;
  for (const alias of await profiles.aliases(place)) {
    if (alias.id === from) await profiles.saveAlias({ ...place, name: alias.name, id: to });
  }
}
