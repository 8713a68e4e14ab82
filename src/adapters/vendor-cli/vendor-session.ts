import { AppError } from '../../domain/errors.ts';
import type { Origin } from '../../domain/origin.ts';
import { safeText } from '../../domain/text.ts';
import { readBricksSession, type VendorSession } from './bricks.ts';
import { type PrefactorDeps, readPrefactorSession } from './prefactor.ts';
import { isInSharedPlace } from './shared-place.ts';

/** A vendor CLI's session; `origin` where the vendor's file names one. */
export interface AnyVendorSession extends VendorSession {
  readonly origin: Origin | null;
  /** Whether the person need not say with `--url` that the session may go to `origin`. */
  readonly isOriginConfirmed: boolean;
  /** Whether the file lies where somebody else may have written it: a login must be told that it is meant. */
  readonly isFromSharedPlace: boolean;
  /** Which of the vendor CLI's own profiles was read; null where it has none. */
  readonly profile: string | null;
}

/** The session that a provider's own CLI has on this machine. Throws unsupported, not-found or usage. */
export async function readVendorSession(provider: string, deps: PrefactorDeps): Promise<AnyVendorSession> {
  const placed = async <T extends VendorSession>(session: T) => ({
    ...session,
    isFromSharedPlace: await isInSharedPlace(deps.disk, session.path, deps.cwd),
  });
  if (provider === 'bluebricks')
    return { ...(await placed(await readBricksSession(deps))), isOriginConfirmed: false, profile: null };
  if (provider === 'prefactor')
    return { ...(await placed(await readPrefactorSession(deps))), isOriginConfirmed: true };
  throw new AppError({
    code: 'unsupported',
    message: `keyturn knows no CLI of "${safeText(provider, 80)}" whose session it could use`,
    hint: 'hand over a token with `--with-token`',
  });
}
