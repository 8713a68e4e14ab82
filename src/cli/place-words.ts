import { placeText } from '../core/where.ts';
import { isAppError } from '../domain/errors.ts';
import type { App } from './app.ts';

/** A provider's name for people; its id where this version does not know the provider. */
export async function titleOf(app: App, provider: string): Promise<string> {
  try {
    return (await app.loadProvider(provider)).title;
  } catch (error) {
    if (!isAppError(error)) throw error;
    return provider;
  }
}

/** `Devo, profile work` */
export async function placeWords(
  app: App,
  { provider, profile }: { readonly provider: string; readonly profile: string | null },
): Promise<string> {
  return placeText(await titleOf(app, provider), profile);
}
