import type { Connection } from './client.ts';

/** Where a command acts: `Errova, profile errova`. Questions and results of what changes something name it. */
export function whereOf({ provider, profile }: Pick<Connection, 'provider' | 'profile'>): string {
  return placeText(provider.title, profile);
}

/** Without a profile it was KEYTURN_TOKEN that acted. */
export function placeText(title: string, profile: string | null): string {
  return profile === null ? `${title}, credential from KEYTURN_TOKEN` : `${title}, profile ${profile}`;
}
