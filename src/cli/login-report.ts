import type { LoginResult } from '../core/login.ts';
import type { Column, Report } from '../output/report.ts';
import type { Provider } from '../ports/provider.ts';
import type { App } from './app.ts';
import { nextStep, unguarded } from './login-notes.ts';

const COLUMNS: readonly Column[] = [
  { title: 'PROFILE', field: 'profile', kind: 'text' },
  { title: 'PROVIDER', field: 'provider', kind: 'text' },
  { title: 'ORIGIN', field: 'origin', kind: 'text' },
  { title: 'CREDENTIAL', field: 'credential', kind: 'text' },
  { title: 'ACCOUNT', field: 'account', kind: 'text' },
  { title: 'SCOPES', field: 'scopes', kind: 'list' },
  { title: 'EXPIRES', field: 'expiresAt', kind: 'time' },
  { title: 'STORE', field: 'store', kind: 'text' },
];

/** Who it is, as the provider told it, and where it is kept. */
export async function loginReport(app: App, provider: Provider, result: LoginResult): Promise<Report> {
  const { profile, identity } = result;
  const kept = profile.credential.kind === 'store' ? (await (await app.store()).facts()).kind : null;
  const login = {
    profile: profile.name,
    provider: provider.id,
    origin: profile.origin,
    credential: result.kind,
    account: identity.account,
    scopes: identity.scopes === null ? null : [...identity.scopes],
    expiresAt: result.expiresAt,
    tokenId: profile.tokenId,
    store: kept,
  };
  return {
    shape: 'one',
    schema: 'keyturn.login/1',
    data: { login },
    key: 'login',
    columns: COLUMNS,
    notes: [
      `logged in to ${provider.title} as "${profile.name}"`,
      ...unguarded(provider, profile),
      nextStep(provider, profile.name),
    ],
  };
}
