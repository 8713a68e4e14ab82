import type { Credential } from '../../domain/credential.ts';
import { AppError, isAppError, usage } from '../../domain/errors.ts';
import { noCredential } from '../../domain/missing.ts';
import { type Origin, parseOrigin } from '../../domain/origin.ts';
import type { CredentialStore } from '../../ports/store.ts';

/** What a helper needs of the store: it reads, and never writes. */
export type HelperStore = Pick<CredentialStore, 'list' | 'find' | 'open'>;

export interface HelperChoice {
  /** `--credential NAME`; null to choose the entry that was stored for the server. */
  readonly credential: string | null;
  /** `--host HOST[:PORT]`: the server for an entry that is bound to none. */
  readonly host: string | null;
  /** The user's name to answer with where the other tool gives none. */
  readonly username: string;
}

/** The origin of a server that another tool names, path or none; null when a secret must not be sent there. */
export function readServer(text: string): Origin | null {
  const address = /^(https?:\/\/[^/?#\\]+)(?:\/[^\\]*)?$/i.exec(text)?.[1];
  if (address === undefined) return null;
  try {
    return parseOrigin(address);
  } catch (error) {
    if (isAppError(error)) return null;
    throw error;
  }
}

/**
 * The entry to hand over for a server: the one named, if it belongs to that server, else the only one that was stored
 * for it. A managing credential is only ever handed over by name. Null when there is none; conflict when several fit.
 */
export async function chooseEntry(
  store: HelperStore,
  choice: HelperChoice,
  server: Origin,
): Promise<Credential | null> {
  if (choice.credential !== null) {
    const entry = await store.find(choice.credential);
    if (!entry) throw noCredential(choice.credential);
    return boundServer(entry, choice.host) === server ? entry : null;
  }
  const fits = (await store.list()).filter((entry) => entry.kind !== 'managing' && entry.origin === server);
  if (fits.length > 1) {
    const names = fits.slice(0, 5).map((entry) => `"${entry.name}"`);
    throw new AppError({
      code: 'conflict',
      message: `${fits.length} credentials fit "${server}": ${names.join(', ')}`,
      hint: 'name one with `--credential`',
    });
  }
  return fits[0] ?? null;
}

/** An entry without an origin goes to the host that the person named, and to no other: tools ask for any host. */
function boundServer(entry: Credential, host: string | null): Origin | null {
  if (entry.origin !== null) return entry.origin;
  if (host === null) {
    throw usage(`"${entry.name}" is bound to no server`, 'say which one may have it: `--host HOST`');
  }
  return readServer(host.includes('://') ? host : `https://${host}`);
}
