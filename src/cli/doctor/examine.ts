import type { App } from '../app.ts';
import { examineFiles } from './files.ts';
import type { Finding } from './finding.ts';
import { attempt, ok, warning, wrong } from './finding.ts';
import { examineProfiles } from './profiles.ts';

/** Proves each part, one after the other; nothing is changed but a probe item in the keychain, which is deleted again. */
export async function examine(app: App, options: { readonly offline: boolean }): Promise<readonly Finding[]> {
  const parts = [
    attempt('environment', () => examineEnvironment(app)),
    attempt('files', () => examineFiles(app)),
    attempt('keychain', () => examineKeychain(app)),
    attempt('rotations', () => examineRotations(app)),
    attempt('audit log', () => examineAudit(app)),
    attempt('profiles', () => examineProfiles(app, options)),
  ];
  const findings: Finding[] = [];
  for (const part of parts) findings.push(...(await part));
  return findings;
}

async function examineEnvironment(app: App): Promise<readonly Finding[]> {
  const { env } = app.runtime;
  const { refuseUnsafeEnvironment } = await import('../../adapters/http/environment.ts');
  refuseUnsafeEnvironment(env);
  const findings = [ok('environment', 'nothing in it weakens TLS or loads foreign code')];
  if (env['NODE_EXTRA_CA_CERTS']) {
    findings.push(
      warning(
        'certificates',
        `NODE_EXTRA_CA_CERTS adds certificates to trust: ${env['NODE_EXTRA_CA_CERTS']}`,
        'unset it where no proxy needs it',
      ),
    );
  }
  return findings;
}

async function examineKeychain(app: App): Promise<readonly Finding[]> {
  const { kind } = await (await app.store()).facts();
  const { describeKeychain } = await import('../../adapters/keychain/describe-keychain.ts');
  const report = await describeKeychain(app.keychainOptions());
  if (report.roundTrip === 'done')
    return [
      ok(
        'keychain',
        `${report.text}; an item was written, read back and deleted (binding ${report.binding})`,
      ),
    ];
  const needed = kind === 'keychain';
  const mend = report.hint ?? 'choose another store: `--store passphrase` or `--store file`';
  if (needed) return [wrong('keychain', report.text, mend)];
  return [
    warning('keychain', `${report.text}; the store in use (${kind ?? 'none yet'}) does not need it`, mend),
  ];
}

async function examineRotations(app: App): Promise<readonly Finding[]> {
  const { attempts, broken } = await (await app.journalHost()).list();
  const findings: Finding[] = broken.map(({ id, reason }) =>
    wrong(
      'rotations',
      `the record of ${id} cannot be trusted: ${reason}`,
      'look at the provider’s list of tokens, then move the file away',
    ),
  );
  for (const { header, state, dueAt, reason } of attempts) {
    const what = `${header.kind} of ${header.subject} at ${header.provider} (${header.id})`;
    if (state === 'attention')
      findings.push(
        wrong('rotations', `${what} needs a person: ${reason ?? 'see the list'}`, 'keyturn rotations list'),
      );
    if (state !== 'open') continue;
    const waiting = dueAt !== null && Date.parse(dueAt) > app.runtime.clock.now();
    findings.push(
      warning(
        'rotations',
        waiting ? `${what} waits until ${dueAt}` : `${what} is unfinished`,
        `keyturn rotations resume ${header.id}`,
      ),
    );
  }
  return findings.length > 0 ? findings : [ok('rotations', 'nothing is unfinished')];
}

async function examineAudit(app: App): Promise<readonly Finding[]> {
  const { records, brokenAt } = await (await app.audit()).verify();
  if (brokenAt !== null)
    return [
      wrong(
        'audit log',
        `record ${brokenAt} does not fit the one before: it was changed`,
        'keyturn audit list',
      ),
    ];
  return [ok('audit log', `${records} records, none changed`)];
}
