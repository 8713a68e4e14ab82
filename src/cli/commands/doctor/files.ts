import { describeInactive, profilesOf, renewal } from '../../../core/saved-credentials.ts';
import { type Credential, type StoreKind, stateOf } from '../../../domain/credential.ts';
import { SOON_MS } from '../../../domain/time.ts';
import type { Finding } from '../../documents/doctor.ts';
import type { Services } from '../../services/services.ts';
import { counted, ok, runCheck, warning } from './finding.ts';

const HOW: Readonly<Record<StoreKind, string>> = {
  keychain: 'sealed under a key in the keychain',
  passphrase: 'sealed under a passphrase',
  file: 'in clear',
};

const SEALED = 'set KEYTURN_STORE to "keychain" or "passphrase"';

/** Folders, modes, whether each file parses; the saved credentials, and which of them end soon. */
export async function examineFiles(
  app: Pick<Services, 'disk' | 'loadProvider' | 'paths' | 'profiles' | 'runtime' | 'store' | 'unlockStore'>,
): Promise<readonly Finding[]> {
  const paths = await app.paths();
  const disk = await app.disk();
  const { checkFolders } = await import('../../../adapters/disk/make-folders.ts');
  const { findOwnUid } = await import('../../../adapters/disk/own-uid.ts');
  const { checkPrivateFolder } = await import('../../../adapters/disk/private.ts');
  const folders = await Promise.all(
    [paths.configDir, paths.state].map((folder) =>
      runCheck('files', async () => {
        if ((await disk.facts(folder)) === null) {
          await checkFolders(folder, findOwnUid);
          return [ok('files', `${folder} is not there yet; it is made when it is needed`)];
        }
        await checkPrivateFolder(disk, folder);
        const { describeOpenFolder } = await import('../../services/open-folder.ts');
        const open = await describeOpenFolder(disk, folder);
        return open === null
          ? [ok('files', `${folder} can be read by you alone`)]
          : [warning('files', open.message, open.fix)];
      }),
    ),
  );
  const config = await runCheck('configuration', async () => {
    const profiles = await (await app.profiles()).list();
    return [ok('configuration', `${paths.configFile}: ${counted(profiles.length, 'profile')}`)];
  });
  const store = await runCheck('credentials', () => examineStore(app));
  const key = await runCheck('key', () => examineKey(app));
  return [...folders.flat(), ...config, ...store, ...key];
}

/** A file that parses may still be locked: its key is in the keychain, or is a passphrase. */
async function examineKey(
  app: Pick<Services, 'runtime' | 'store' | 'unlockStore'>,
): Promise<readonly Finding[]> {
  const { kind } = await (await app.store()).facts();
  if (kind === null || kind === 'file') return [];
  if (kind === 'passphrase' && !app.runtime.env['KEYTURN_PASSPHRASE'])
    return [ok('key', 'not tried: KEYTURN_PASSPHRASE is not set')];
  await app.unlockStore();
  return [ok('key', 'opens the credentials')];
}

async function examineStore(
  app: Pick<Services, 'loadProvider' | 'profiles' | 'runtime' | 'store'>,
): Promise<readonly Finding[]> {
  const store = await app.store();
  const { kind, path } = await store.facts();
  if (kind === null) {
    const nothing = ok('credentials', 'nothing is saved yet');
    return app.runtime.env['KEYTURN_STORE'] === 'file'
      ? [nothing, warning('credentials', 'KEYTURN_STORE is "file": secrets will be saved in clear', SEALED)]
      : [nothing];
  }
  const credentials = await store.list();
  const now = app.runtime.clock.now();
  const findings: Finding[] = [
    ok('credentials', `${path}: ${counted(credentials.length, 'credential')}, ${HOW[kind]}`),
  ];
  if (kind === 'file')
    findings.push(
      warning(
        'credentials',
        'the secrets are not encrypted: every program that you run can read them',
        'keyturn credentials migrate --from file --to keychain, or --to passphrase',
      ),
    );
  const profiles = await (await app.profiles()).list();
  for (const credential of credentials) {
    const what = describeInactive(credential, now) ?? endsSoon(credential, now);
    const state = stateOf(credential.current, now);
    const [profile] = profilesOf(credential, profiles);
    if (what !== null)
      findings.push(
        warning('credentials', what, await renewal(app, credential, { state, profile: profile ?? null })),
      );
  }
  return findings;
}

function endsSoon({ name, current: { expiresAt } }: Credential, now: number): string | null {
  if (expiresAt === null || Date.parse(expiresAt) - now >= SOON_MS) return null;
  return `"${name}" ends at ${expiresAt}`;
}
