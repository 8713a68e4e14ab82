import { checkCredential, loginCommand, placeOf } from '../../../core/create-command.ts';
import { probe, unprovedNote } from '../../../core/inferred-lists.ts';
import { SOON_MS } from '../../../domain/time.ts';
import type { Profile } from '../../../ports/profiles.ts';
import type { Finding } from '../../documents/doctor.ts';
import type { Services } from '../../services/services.ts';
import { ok, runCheck, warning } from './finding.ts';

/** A clock that is further off than this gets times of expiry wrong. */
const SKEW_MS = 5 * 60_000;

/** Sends one read with each profile's credential; checks the proxy and the clocks, too. */
export async function examineProfiles(
  app: Pick<Services, 'clientFor' | 'profiles' | 'resolveProfile' | 'runtime' | 'serverSkewMs'>,
  { offline }: { readonly offline: boolean },
): Promise<readonly Finding[]> {
  const profiles = await (await app.profiles()).list();
  const findings: Finding[] = [];
  for (const profile of profiles) {
    findings.push(...(await describeWay(app, profile)));
    if (!offline) findings.push(...(await runCheck(`login ${profile.name}`, () => proveLogin(app, profile))));
  }
  if (profiles.length === 0) findings.push(ok('profiles', 'none yet: begin with `keyturn login --help`'));
  const skew = app.serverSkewMs;
  if (skew !== null && Math.abs(skew) > SKEW_MS) {
    findings.push(
      warning(
        'clock',
        `this machine’s clock is ${Math.round(Math.abs(skew) / 60_000)} minutes ${skew > 0 ? 'behind' : 'ahead of'} the provider’s`,
        'set this machine’s clock: keyturn compares times of expiry with it',
      ),
    );
  } else if (skew !== null) findings.push(ok('clock', 'agrees with the provider’s'));
  return findings;
}

async function describeWay(app: Pick<Services, 'runtime'>, profile: Profile): Promise<readonly Finding[]> {
  const { describeProxy } = await import('../../../adapters/http/proxy.ts');
  const proxy = describeProxy(app.runtime.env, profile.origin);
  return proxy
    ? [
        warning(
          `proxy for ${profile.name}`,
          `${profile.origin} is reached through the proxy ${proxy.address}`,
          `to avoid the proxy, add "${new URL(profile.origin).hostname}" to NO_PROXY`,
        ),
      ]
    : [];
}

async function proveLogin(
  app: Pick<Services, 'clientFor' | 'resolveProfile' | 'runtime'>,
  profile: Profile,
): Promise<readonly Finding[]> {
  const resolved = await app.resolveProfile(profile.name);
  const client = await app.clientFor(resolved);
  const { provider, secret } = client.connection;
  const note = checkCredential(client.connection, secret, app.runtime.clock.now());
  const probed = await probe(client);
  const check = `login ${profile.name}`;
  if (probed.kind === 'unproved') return [warning(check, unprovedNote(provider, probed.why), null)];
  const expiresAt = probed.identity.expiresAt ?? note.expiresAt;
  const left = expiresAt === null ? null : Date.parse(expiresAt) - app.runtime.clock.now();
  if (left !== null && left < SOON_MS)
    return [
      warning(
        check,
        `${provider.title} accepts the credential, which ends at ${expiresAt}`,
        loginCommand(placeOf(resolved)),
      ),
    ];
  return [
    ok(
      check,
      `${provider.title} accepts the credential${expiresAt === null ? '' : `, which ends at ${expiresAt}`}`,
    ),
  ];
}
