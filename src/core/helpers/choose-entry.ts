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
  /** `--allow-managing`. */
  readonly allowManaging?: boolean;
}

/** A path of plain letters may follow (`https://index.docker.io/v1/`); no query, user, escape or control character may. */
const SERVER = /^(https?):\/\/([^/]+)(?:\/[\w.~%+:-]*)*$/i;

/** The origin of a server that another tool names as an address; null when a secret must not be sent there. */
export function readServer(text: string): Origin | null {
  const [, protocol, host] = SERVER.exec(text) ?? [];
  return protocol === undefined || host === undefined ? null : originOf(protocol.toLowerCase(), host);
}

/** As {@link readServer}, of its parts. A host is a host and a port: nothing else is read out of it. */
export function originOf(protocol: string, host: string): Origin | null {
  if (protocol !== 'https' && protocol !== 'http') return null;
  if (!/^(?:\[[0-9a-f:.]+\]|[a-z0-9.-]+)(?::\d{1,5})?$/i.test(host)) return null;
  try {
    return parseOrigin(`${protocol}://${host}`);
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
export function boundServer(entry: Credential, host: string | null): Origin | null {
  if (entry.origin !== null) return entry.origin;
  if (host === null) {
    throw usage(`"${entry.name}" is bound to no server`, 'say which one may have it: `--host HOST`');
  }
  return readServer(host.includes('://') ? host : `https://${host}`);
}
