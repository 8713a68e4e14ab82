import type { LoginResult } from '../core/login.ts';
import { isAppError } from '../domain/errors.ts';
import { safeText } from '../domain/text.ts';
import type { Report } from '../output/report.ts';
import type { Provider } from '../ports/provider.ts';
import type { App } from './app.ts';
import { loginDocument } from './documents/profile.ts';
import type { Settled } from './login-again.ts';
import { currentNote, nextStep, unguarded, unproved } from './login-notes.ts';

/** What a login did. */
export interface LoggedIn {
  readonly result: LoginResult;
  readonly settled: Settled;
  /** The vendor command's file that the session is in; null for any other way. */
  readonly file: string | null;
}

/** Who it is, as the provider told it, and where it is kept. */
export async function loginReport(
  app: App,
  provider: Provider,
  { result, settled, file }: LoggedIn,
): Promise<Report> {
  const { profile } = result;
  const kept = profile.credential.kind === 'store' ? (await (await app.store()).facts()).kind : null;
  const names = await keptNames(app);
  const current = await (await app.profiles()).current();
  return {
    ...loginDocument({ result, store: kept, current, file, old: settled.outcome }),
    notes: [
      `logged in to ${provider.title} as profile "${profile.name}"${withToken(profile)}`,
      ...(file === null ? [] : [`the session is read from "${file}" at each use`]),
      ...unproved(provider, result),
      ...settled.notes,
      currentNote(profile.name, current),
      ...unguarded(provider, profile),
      nextStep(provider, profile.name, names),
    ],
    ...(settled.failed && { exit: 'partial' as const }),
  };
}

/** The login is done: a store that cannot be read costs it no more than a better proposal. */
async function keptNames(app: App): Promise<readonly string[]> {
  try {
    return (await (await app.store()).list()).map(({ name }) => name);
  } catch (error) {
    if (!isAppError(error)) throw error;
    return [];
  }
}

function withToken({ tokenId }: LoginResult['profile']): string {
  return tokenId === null ? '' : ` with the token id ${safeText(tokenId, 200)}`;
}
