import type { App } from './app.ts';

/** With several profiles and none named, a new secret must not come from the wrong one unseen. */
export async function noteProfile(app: App): Promise<void> {
  const { profile, provider, sources } = await app.resolved();
  if (profile === null || sources['profile'] !== 'current profile') return;
  const count = (await (await app.profiles()).list()).length;
  if (count < 2) return;
  app.note(
    `using the current profile, ${profile.name} (${provider.title}), of ${count}; \`-p NAME\` chooses another`,
  );
}
