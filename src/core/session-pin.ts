import { AppError } from '../domain/errors.ts';
import type { Origin } from '../domain/origin.ts';
import type { Secret } from '../domain/secret.ts';
import { safeText } from '../domain/text.ts';
import type { Profile, SessionPin, VendorCliSource } from '../ports/profiles.ts';
import type { Provider } from '../ports/provider.ts';
import type { SessionSeals } from '../ports/session-seals.ts';
import { checkCredential, loginCommand } from './create-command.ts';

/** A vendor CLI's session as it was just read. */
export interface ReadSession {
  readonly secret: Secret;
  /** The origin that the session's own file names; null where it names none. */
  readonly origin: Origin | null;
  readonly path: string;
}

/** What a login agrees to, and nothing that a renewed session of the same account changes. */
type Agreed = Pick<Profile, 'provider' | 'origin' | 'settings' | 'tokenId'> & {
  readonly session: string | null;
  readonly file: string;
  readonly account: string | null;
};

/** Binds a profile to the file, account and origin of the session that a person logs in with. */
export async function pinSession(seals: SessionSeals, agreed: Agreed, secret: Secret): Promise<SessionPin> {
  const { file, account } = agreed;
  return { file, account, seal: await seals.make(contentOf(agreed, secret)) };
}

export interface SessionDeps {
  readonly now: number;
  /** The session that the vendor's own command keeps in `file`; read at each use, never written. */
  vendorSession(provider: string, profile: string | null, file: string): Promise<ReadSession>;
  sessionSeals(): Promise<SessionSeals>;
}

interface Wanted {
  readonly provider: Provider;
  readonly profile: Profile | null;
  readonly source: VendorCliSource;
}

/** The session of a profile's vendor CLI, if it is still the one that a login agreed to (`auth`). Nothing is sent before. */
export async function openPinned(
  { provider, profile, source }: Wanted,
  deps: SessionDeps,
): Promise<ReadSession> {
  const refuse = (message: string, url?: Origin) => refusal(provider, profile, message, url);
  if (!profile || !source.pin) {
    throw refuse(
      `no login on this machine says which session of ${commandOf(provider)} this profile may use`,
    );
  }
  const { account, file, seal } = source.pin;
  const session = await deps.vendorSession(provider.id, source.profile, file);
  const place = `the session in "${safeText(session.path, 300)}"`;
  if (session.origin !== null && session.origin !== profile.origin)
    throw refuse(`${place} is for ${session.origin}, and is not sent to ${profile.origin}`, session.origin);
  const found =
    checkCredential({ provider, profile: profile.name, fromCli: true }, session.secret, deps.now).account ??
    null;
  if (found !== account)
    throw refuse(`${place} is of ${nameOf(found)}, not of ${nameOf(account)} as at login`);
  const agreed = { ...profile, session: source.profile, file, account };
  if (await (await deps.sessionSeals()).verify(contentOf(agreed, session.secret), seal)) return session;
  throw refuse(
    account === null
      ? `${place} is another one than at login, or the profile "${profile.name}" was changed since`
      : `the profile "${profile.name}" was changed since its login (its file, account, origin or settings), or the key of its seal was`,
  );
}

/** A session that does not tell whose it is stays the very same secret. */
function contentOf(agreed: Agreed, secret: Secret): string {
  const { provider, origin, settings, tokenId, session, file, account } = agreed;
  const sorted = Object.entries(settings).sort(([a], [b]) => (a < b ? -1 : 1));
  const itself = account === null ? secret.reveal() : null;
  return JSON.stringify([provider, origin, sorted, tokenId, session, file, account, itself]);
}

function nameOf(account: string | null): string {
  return account === null ? 'an unnamed account' : `"${safeText(account, 200)}"`;
}

function commandOf({ credential, title }: Provider): string {
  return credential.vendorCli === undefined ? title : `\`${credential.vendorCli}\``;
}

function refusal(provider: Provider, profile: Profile | null, message: string, url?: Origin): AppError {
  const { settings, name = null, origin } = profile ?? {};
  const again = loginCommand({ provider, profile: name, settings, origin: url ?? origin, fromCli: true });
  return new AppError({
    code: 'auth',
    message,
    hint: `nothing was sent; to agree to the session as it is now, run \`${again}\``,
    provider: provider.id,
  });
}
