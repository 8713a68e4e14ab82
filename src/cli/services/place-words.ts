import { placeText } from '../../core/where.ts';
import { isAppError } from '../../domain/errors.ts';
import type { OperationHeader } from '../../ports/journal.ts';
import type { Services } from './services.ts';

/** A provider's name for people; its id where this version does not know the provider. */
export async function titleOf(app: Pick<Services, 'loadProvider'>, provider: string): Promise<string> {
  try {
    return (await app.loadProvider(provider)).title;
  } catch (error) {
    if (!isAppError(error)) throw error;
    return provider;
  }
}

/** `Devo, profile work` */
export async function placeWords(
  app: Pick<Services, 'loadProvider'>,
  { provider, profile }: { readonly provider: string; readonly profile: string | null },
): Promise<string> {
  return placeText(await titleOf(app, provider), profile);
}

/** Where an unfinished operation belongs, in words; what fails from now on is about that place. */
export async function whereOfOperation(
  app: Pick<Services, 'loadProvider' | 'place'>,
  { provider, profile }: Pick<OperationHeader, 'provider' | 'profile'>,
): Promise<string> {
  app.place = { provider, profile };
  return placeText((await app.loadProvider(provider)).title, profile);
}

/** With several profiles and none named, a new secret must not come from the wrong one unseen. */
export async function noteProfile(app: Pick<Services, 'note' | 'profiles' | 'resolved'>): Promise<void> {
  const { profile, provider, sources } = await app.resolved();
  if (profile === null || sources['profile'] !== 'current profile') return;
  const count = (await (await app.profiles()).list()).length;
  if (count < 2) return;
  app.note(
    `using the current profile, ${profile.name} (${provider.title}), of ${count}; \`-p NAME\` chooses another`,
  );
}
