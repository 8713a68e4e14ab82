import { resolveConnection } from '../../core/resolve-connection.ts';
import { SOON_MS } from '../../domain/time.ts';
import type { Profile } from '../../ports/profiles.ts';
import type { App } from '../app.ts';
import { attempt, type Finding, ok, warning } from './finding.ts';

/** Beyond this, times of expiry are read wrongly. */
const SKEW_MS = 5 * 60_000;

/** Every profile's login, proved with a read; the way to it; the clocks. */
export async function examineProfiles(
  app: App,
  { offline }: { readonly offline: boolean },
): Promise<readonly Finding[]> {
  const profiles = await (await app.profiles()).list();
  const findings: Finding[] = [];
  for (const profile of profiles) {
    findings.push(...(await describeWay(app, profile)));
    if (!offline) findings.push(...(await attempt(`login ${profile.name}`, () => proveLogin(app, profile))));
  }
  if (profiles.length === 0) findings.push(ok('profiles', 'none yet'));
  const skew = app.serverSkewMs;
  if (skew !== null && Math.abs(skew) > SKEW_MS) {
    findings.push(
      warning(
        'clock',
        `this machine’s clock is ${Math.round(Math.abs(skew) / 60_000)} minutes ${skew > 0 ? 'behind' : 'ahead of'} the provider’s`,
        'set the clock',
      ),
    );
  } else if (skew !== null) findings.push(ok('clock', 'agrees with the provider’s'));
  return findings;
}

async function describeWay(app: App, profile: Profile): Promise<readonly Finding[]> {
  const { describeProxy } = await import('../../adapters/http/proxy.ts');
  const proxy = describeProxy(app.runtime.env, profile.origin);
  return proxy
    ? [
        warning(
          `way to ${profile.name}`,
          `${profile.origin} is reached through the proxy ${proxy.address}`,
          'add the host to NO_PROXY where it should not be',
        ),
      ]
    : [];
}

async function proveLogin(app: App, profile: Profile): Promise<readonly Finding[]> {
  const env = { ...app.runtime.env, KEYTURN_TOKEN: undefined, KEYTURN_URL: undefined };
  const deps = { profiles: await app.profiles(), loadProvider: (id: string) => app.loadProvider(id) };
  const resolved = await resolveConnection({ profile: profile.name, provider: undefined, env }, deps);
  const client = await app.clientFor(resolved);
  const { provider, secret } = client.connection;
  const note = provider.checkCredential(secret, app.runtime.clock.now());
  const identity = await client.call(provider.probe, undefined);
  const expiresAt = identity.expiresAt ?? note.expiresAt;
  const check = `login ${profile.name}`;
  const left = expiresAt === null ? null : Date.parse(expiresAt) - app.runtime.clock.now();
  if (left !== null && left < SOON_MS)
    return [
      warning(
        check,
        `${provider.title} accepts it, until ${expiresAt}`,
        `keyturn login ${provider.id} --profile ${profile.name}`,
      ),
    ];
  return [ok(check, `${provider.title} accepts it${expiresAt === null ? '' : ` until ${expiresAt}`}`)];
}
