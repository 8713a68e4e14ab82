import type { Random } from '../../ports/clock.ts';
import { openOrNull, sealAgain } from './entry-secret.ts';
import { SEAL_FORMAT } from './format.ts';
import type { Draft, Expected } from './store-change.ts';

/** Seals what an older keyturn sealed in the newest format. Returns the secrets that must read back. */
export function renewSeals({ document, unlocked }: Draft, random: Random): readonly Expected[] {
  if (unlocked.key === null) return [];
  return [...document.entries.values()].flatMap((entry) => {
    const old = entry.versions.filter(
      ({ stored }) => stored.form === 'sealed' && stored.format < SEAL_FORMAT,
    );
    if (old.length === 0) return [];
    document.put(sealAgain(unlocked, random, entry, entry));
    return old.flatMap((version) => {
      const secret = openOrNull(unlocked, entry, version);
      return secret ? [{ name: entry.name, version: version.version, secret }] : [];
    });
  });
}
