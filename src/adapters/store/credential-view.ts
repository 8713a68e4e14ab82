import type { Credential, CredentialVersion } from '../../domain/credential.ts';
import { AppError } from '../../domain/errors.ts';
import { safeText } from '../../domain/text.ts';
import type { Entry, StoredVersion } from './format.ts';

/** What may be shown of an entry. While nothing was promoted yet, the version that was staged first stands as current. */
export function toCredential(entry: Entry): Credential {
  const { name, kind, provider, origin, settings, project } = entry;
  const current = toFacts(currentVersion(entry));
  return { name, kind, provider, origin, settings, project, current, versions: entry.versions.map(toFacts) };
}

export function currentVersion(entry: Entry): StoredVersion {
  return requireVersion(entry, entry.current ?? entry.versions[0]?.version ?? '');
}

export function requireVersion(entry: Entry, version: string): StoredVersion {
  const found = entry.versions.find((candidate) => candidate.version === version);
  if (found) return found;
  throw new AppError({
    code: 'not-found',
    message: `credential "${entry.name}" has no version "${safeText(version, 80)}"`,
    hint: `see \`keyturn credentials get ${entry.name}\``,
  });
}

function toFacts(version: StoredVersion): CredentialVersion {
  const { stored: _, ...facts } = version;
  return facts;
}
