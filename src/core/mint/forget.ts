import type { Attempt } from './attempt.ts';

/** The store forgets the version that was replaced; its secret no longer works. */
export async function forgetOld({ deps, journal, plan }: Attempt): Promise<void> {
  const { entry } = plan;
  if (!entry || entry.from === null || plan.keepOld) return;
  const { from, name } = entry;
  await journal.step('forget', async () => {
    await deps.store.dropVersion(name, from);
    return { version: from };
  });
}
