import type { Attempt } from './attempt.ts';

/** The store forgets the version that was replaced; its secret no longer works. */
export async function forgetOld({ deps, journal, plan, resumed }: Attempt): Promise<void> {
  const { entry } = plan;
  if (!entry || entry.from === null || plan.keepOld) return;
  const { from, name } = entry;
  // Only the command that began a login says what becomes of the token before; a resumed one has nobody to ask.
  if (plan.login && resumed) {
    const old = (await deps.store.find(name))?.versions.find(({ version }) => version === from);
    if (old?.id) deps.note(stillLive(old.id, plan.login.name));
  }
  await journal.step('forget', async () => {
    await deps.store.dropVersion(name, from);
    return { version: from };
  });
}

function stillLive(id: string, profile: string): string {
  return `the token "${id}" that "${profile}" had before still works, and its secret is no longer kept here: \`keyturn tokens revoke id:${id} --profile ${profile}\` ends it`;
}
