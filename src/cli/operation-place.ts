import { placeText } from '../core/where.ts';
import type { OperationHeader } from '../ports/journal.ts';
import type { App } from './app.ts';

/** Where an unfinished operation belongs, in words; what fails from now on is about that place. */
export async function whereOfOperation(
  app: App,
  { provider, profile }: Pick<OperationHeader, 'provider' | 'profile'>,
): Promise<string> {
  app.place = { provider, profile };
  return placeText((await app.loadProvider(provider)).title, profile);
}
