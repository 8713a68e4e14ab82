import { aboutOperation } from '../../../core/operation/plan.ts';
import { nextOfListed, resumeListed } from '../../../core/operation/resume-command.ts';
import { waitsUntil } from '../../../core/operation/waiting.ts';
import { isAppError } from '../../../domain/errors.ts';
import type { OperationSummary } from '../../../ports/journal.ts';
import type { Finding } from '../../documents/doctor.ts';
import { titleOf } from '../../services/place-words.ts';
import type { Services } from '../../services/services.ts';
import { examineFiles } from './files.ts';
import { counted, ok, runCheck, warning, wrong } from './finding.ts';
import { examineProfiles } from './profiles.ts';

/** Checks each part in turn. Changes nothing but a probe item in the keychain, which it deletes again. */
export async function examine(
  app: Services,
  options: { readonly offline: boolean },
): Promise<readonly Finding[]> {
  const environment = await runCheck('environment', () => examineEnvironment(app));
  // The other parts open secrets.
  if (environment.some(({ result }) => result === 'wrong')) return environment;
  const parts = [
    runCheck('files', () => examineFiles(app)),
    runCheck('keychain', () => examineKeychain(app)),
    runCheck('rotations', () => examineRotations(app)),
    runCheck('audit log', () => examineAudit(app)),
    runCheck('profiles', () => examineProfiles(app, options)),
  ];
  const findings: Finding[] = [...environment];
  for (const part of parts) findings.push(...(await part));
  return findings;
}

async function examineEnvironment(app: Pick<Services, 'runtime'>): Promise<readonly Finding[]> {
  const { env } = app.runtime;
  const { refuseUnsafeSurroundings } = await import('../../../domain/surroundings.ts');
  refuseUnsafeSurroundings(app.runtime);
  const findings = [ok('environment', 'no variable weakens TLS or makes Node load foreign code')];
  if (env['NODE_EXTRA_CA_CERTS']) {
    findings.push(
      warning(
        'certificates',
        `NODE_EXTRA_CA_CERTS adds certificates to trust: ${env['NODE_EXTRA_CA_CERTS']}`,
        'unset it unless a proxy or a private certificate authority needs it',
      ),
    );
  }
  return findings;
}

async function examineKeychain(
  app: Pick<Services, 'keychainOptions' | 'runtime' | 'store'>,
): Promise<readonly Finding[]> {
  const { kind } = await (await app.store()).facts();
  const { describeKeychain } = await import('../../../adapters/keychain/describe-keychain.ts');
  const report = await describeKeychain(app.keychainOptions());
  if (report.roundTrip === 'done') {
    const binding = report.binding === null ? '' : ` (binding ${report.binding})`;
    return [ok('keychain', `works: an item was written, read back and deleted${binding}`)];
  }
  if (kind === 'keychain') return [wrong('keychain', report.text, report.hint)];
  if (kind !== null) {
    const what = `${report.text}; the store in use, "${kind}", does not need it`;
    return [warning('keychain', what, report.hint)];
  }
  const chosen = app.runtime.env['KEYTURN_STORE'];
  if (chosen === 'passphrase' || chosen === 'file')
    return [
      warning('keychain', `${report.text}; KEYTURN_STORE is "${chosen}", which does not need it`, null),
    ];
  // Nothing is saved yet, and the first login would fail.
  const instead = 'log in with `--store passphrase` or `--store file`';
  const fix = report.hint === null ? instead : `${report.hint}; or ${instead}`;
  return [wrong('keychain', `${report.text}; new credentials would be saved there, so a login fails`, fix)];
}

async function examineRotations(
  app: Pick<Services, 'journalHost' | 'loadProvider' | 'runtime'>,
): Promise<readonly Finding[]> {
  const { operations, broken } = await (await app.journalHost()).list();
  const findings: Finding[] = broken.map(({ id, reason }) =>
    wrong(
      'rotations',
      `the record of operation ${id} cannot be trusted: ${reason}`,
      `compare the provider’s list of tokens with \`keyturn credentials list\`, then \`keyturn rotations abort ${id}\` sets the record aside`,
    ),
  );
  for (const summary of operations) {
    const { header, state, reason } = summary;
    const { id } = header;
    const what = `${aboutOperation(header)} at ${await titleOf(app, header.provider)} (operation ${id})`;
    if (state === 'attention')
      findings.push(
        wrong(
          'rotations',
          `${what} needs a person: ${reason ?? 'it stopped'}`,
          `${nextOfListed(summary)}, or keyturn rotations abort ${id}`,
        ),
      );
    if (state !== 'open') continue;
    const locked = await whyKeyMissing(app, summary);
    if (locked) {
      findings.push(wrong('rotations', `${what} cannot go on: ${locked.reason}`, locked.fix));
      continue;
    }
    const dueAt = waitsUntil(summary, app.runtime.clock.now());
    findings.push(
      dueAt !== null
        ? warning(
            'rotations',
            `${what} waits: the old token works until ${dueAt}`,
            `keyturn rotations resume ${id}, after that time or at once with --now`,
          )
        : warning('rotations', `${what} is unfinished`, resumeListed(summary)),
    );
  }
  return findings.length > 0 ? findings : [ok('rotations', 'nothing is unfinished')];
}

/** Why the key of an operation is not at hand. A store is not unlocked for it. */
async function whyKeyMissing(
  app: Pick<Services, 'journalHost'>,
  { header: { id }, keyId }: OperationSummary,
): Promise<{ readonly reason: string; readonly fix: string } | null> {
  if (keyId.startsWith('store-')) return null;
  try {
    const unreadable = await (await app.journalHost()).whyUnreadable(id);
    return unreadable && { reason: unreadable.reason, fix: `keyturn rotations resume ${id} says what to do` };
  } catch (error) {
    if (!isAppError(error)) throw error;
    return { reason: error.message, fix: error.facts.hint ?? '' };
  }
}

async function examineAudit(app: Pick<Services, 'audit'>): Promise<readonly Finding[]> {
  const { records, brokenAt } = await (await app.audit()).verify();
  if (brokenAt !== null)
    return [
      wrong(
        'audit log',
        `record ${brokenAt} does not fit the one before it: another program changed the file`,
        'see `keyturn audit list`; what stands before that record can be trusted',
      ),
    ];
  return [
    ok(
      'audit log',
      records === 0 ? 'nothing is recorded yet' : `${counted(records, 'record')}, all in order`,
    ),
  ];
}
