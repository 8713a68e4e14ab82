import { SOON_MS } from '../../domain/time.ts';
import type { App } from '../app.ts';
import { attempt, type Finding, ok, warning } from './finding.ts';

/** Folders, modes, whether each file parses; what is kept and what of it ends soon. */
export async function examineFiles(app: App): Promise<readonly Finding[]> {
  const paths = await app.paths();
  const disk = await app.disk();
  const { checkPrivateFolder } = await import('../../adapters/disk/private.ts');
  const folders = await Promise.all(
    [paths.configDir, paths.state].map((folder) =>
      attempt('files', async () => {
        if ((await disk.facts(folder)) === null) return [ok('files', `${folder} is not there yet`)];
        await checkPrivateFolder(disk, folder);
        return [ok('files', `${folder} is yours alone`)];
      }),
    ),
  );
  const config = await attempt('configuration', async () => {
    const profiles = await (await app.profiles()).list();
    return [ok('configuration', `${paths.configFile}: ${profiles.length} profiles`)];
  });
  const store = await attempt('credentials', () => examineStore(app));
  return [...folders.flat(), ...config, ...store];
}

async function examineStore(app: App): Promise<readonly Finding[]> {
  const store = await app.store();
  const { kind, path } = await store.facts();
  if (kind === null) return [ok('credentials', 'nothing is kept yet')];
  const credentials = await store.list();
  const now = app.runtime.clock.now();
  const findings: Finding[] = [ok('credentials', `${path}: ${credentials.length} kept, store "${kind}"`)];
  if (kind === 'file')
    findings.push(
      warning(
        'credentials',
        'the secrets are kept in clear, as asked',
        'keyturn credentials migrate --from file --to keychain',
      ),
    );
  for (const { name, current } of credentials) {
    if (current.expiresAt === null) continue;
    const left = Date.parse(current.expiresAt) - now;
    if (left <= 0)
      findings.push(
        warning(
          'credentials',
          `"${name}" ended at ${current.expiresAt}`,
          `keyturn credentials remove ${name}`,
        ),
      );
    else if (left < SOON_MS)
      findings.push(
        warning('credentials', `"${name}" ends at ${current.expiresAt}`, 'keyturn tokens rotate'),
      );
  }
  return findings;
}
