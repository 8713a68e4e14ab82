import type { LoginResult } from '../../core/login.ts';
import type { LogoutResult } from '../../core/logout.ts';
import type { JsonObject } from '../../domain/json.ts';
import type { Identity } from '../../domain/token.ts';
import type { ListReport } from '../../output/report.ts';
import type { Profile } from '../../ports/profiles.ts';
import { LOGIN_COLUMNS, PROFILE_COLUMNS, WHOAMI_COLUMNS } from './columns.ts';
import { many, type OneDocument, one } from './document.ts';

function profileJson(profile: Profile, current: string | null): JsonObject {
  const { name, provider, origin, credential, settings, tokenId } = profile;
  return {
    name,
    current: name === current,
    provider,
    origin,
    settings: { ...settings },
    credential: credential.kind === 'store' ? credential.name : `${provider} command’s session`,
    credentialKind: credential.kind,
    tokenId,
  };
}

/** `current` is the name of the current profile. */
export function profileDocument(profile: Profile, current: string | null): OneDocument {
  const data = { profile: profileJson(profile, current) };
  return one('keyturn.profile/1', data, { key: 'profile', columns: PROFILE_COLUMNS });
}

export function profilesDocument(profiles: readonly Profile[], current: string | null): ListReport {
  return many({
    schema: 'keyturn.profiles/1',
    key: 'profiles',
    columns: PROFILE_COLUMNS,
    items: profiles.map((profile) => profileJson(profile, current)),
    empty: 'no profiles; run `keyturn login --help`',
  });
}

interface LoginFacts {
  readonly result: LoginResult;
  /** The kind of store; null where nothing was saved. */
  readonly store: string | null;
  /** The name of the current profile. */
  readonly current: string | null;
  /** The vendor command's file that the session is read from. */
  readonly file: string | null;
  /** What became of the token that the profile had before. */
  readonly old: { readonly id: string | null; readonly state: string } | null;
}

export function loginDocument({ result, store, current, file, old }: LoginFacts): OneDocument {
  const { profile, identity, kind, expiresAt, unproved } = result;
  const login = {
    profile: profile.name,
    provider: profile.provider,
    origin: profile.origin,
    credential: kind,
    account: identity.account,
    scopes: identity.scopes === null ? null : [...identity.scopes],
    expiresAt,
    tokenId: profile.tokenId,
    store,
    proved: unproved === null,
    current,
    file,
    old: old && { id: old.id, state: old.state },
  };
  return one('keyturn.login/1', { login }, { key: 'login', columns: LOGIN_COLUMNS });
}

export function logoutDocument(profile: Profile, { result, revoked, forgotten }: LogoutResult): OneDocument {
  return one('keyturn.logout/1', { profile: profileJson(profile, null), result, revoked, forgotten });
}

interface WhoamiFacts extends Identity {
  readonly profile: string | null;
  readonly provider: string;
  readonly origin: string;
  readonly settings: Readonly<Record<string, string>>;
  readonly tokenId: string | null;
  /** What kind of credential it is, and where it comes from. */
  readonly credential: string;
  /** Whether the provider accepted it just now. */
  readonly proved: boolean;
  /** Where each part was said: `{"profile":"--profile", …}`. */
  readonly sources: Readonly<Record<string, string>>;
}

export function whoamiDocument(facts: WhoamiFacts): OneDocument {
  const { profile, provider, origin, settings, account, subject, scopes, tokenId, expiresAt } = facts;
  const { credential, proved, sources } = facts;
  const data = {
    ...{ profile, provider, origin, settings: { ...settings }, account, subject },
    ...{ scopes: scopes && [...scopes], tokenId, expiresAt, credential, proved, sources: { ...sources } },
  };
  return one('keyturn.whoami/1', data, { columns: WHOAMI_COLUMNS });
}
