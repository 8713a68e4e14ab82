import { type AppError, usage } from '../../domain/errors.ts';
import { safeText } from '../../domain/text.ts';
import type { OperationHeader } from '../../ports/journal.ts';
import type { Profiles } from '../../ports/profiles.ts';

interface Around {
  /** `--provider`. `--profile` names no token: it chooses the profile's own credential. */
  readonly provider: string | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly profiles: Profiles;
}

/**
 * KEYTURN_TOKEN is sent to an operation only where the provider or profile that is named with the token is the operation's
 * own. Jobs share a state folder, so that `rotations resume --all` meets operations of other vendors and accounts.
 * Null where the token may be sent, and where none is set.
 */
export async function refuseForeignToken(header: OperationHeader, around: Around): Promise<AppError | null> {
  const { env } = around;
  // An unfinished login acts as KEYTURN_SESSION.
  if (env['KEYTURN_TOKEN'] === undefined || header.kind === 'login') return null;
  const profile = env['KEYTURN_PROFILE'] || undefined;
  const provider =
    around.provider ??
    (env['KEYTURN_PROVIDER'] || undefined) ??
    (profile === undefined ? undefined : (await around.profiles.find(profile))?.provider);
  const isOwnProfile = profile === undefined || header.profile === null || profile === header.profile;
  if (provider === header.provider && isOwnProfile) return null;
  const named = profile === undefined ? provider : `the profile "${safeText(profile, 80)}"`;
  return usage(
    `KEYTURN_TOKEN is ${named === undefined ? 'set without its provider' : `for ${safeText(named, 100)}`}, and the operation ${header.id} is of ${ownerOf(header)}`,
    `nothing was sent; ${instead(header)}`,
  );
}

function ownerOf({ profile, provider }: OperationHeader): string {
  return profile === null ? provider : `the profile "${safeText(profile, 80)}"`;
}

function instead({ profile, provider }: OperationHeader): string {
  return profile === null
    ? `set KEYTURN_PROVIDER=${provider} and KEYTURN_TOKEN to a token of ${provider}`
    : `unset KEYTURN_TOKEN to resume with the credential of the profile, or set KEYTURN_PROFILE=${safeText(profile, 80)} and KEYTURN_TOKEN to a token for it`;
}
