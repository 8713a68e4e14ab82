import type { Credential } from '../../domain/credential.ts';
import { isAppError } from '../../domain/errors.ts';
import { Secret } from '../../domain/secret.ts';
import { chooseEntry, type HelperChoice, type HelperStore, readServer } from './choose-entry.ts';

/** What to write to stdout and the exit code. Docker reads errors from stdout too. */
export interface DockerAnswer {
  readonly output: Secret | null;
  readonly exit: 0 | 1;
}

/** The text that Docker takes for "there is none", and goes on without a password. */
const NOT_FOUND = 'credentials not found in native keychain';

/**
 * Docker's credential helper protocol: `get`, `store`, `erase`, `list`. `erase` (`docker logout`) never deletes, and
 * `store` (`docker login`) is refused, so that nobody takes a password for kept.
 * Source: https://github.com/docker/docker-credential-helpers
 */
export async function answerDocker(
  store: HelperStore,
  choice: HelperChoice,
  request: { readonly action: string; readonly input: string },
): Promise<DockerAnswer> {
  switch (request.action) {
    case 'get':
      return get(store, choice, request.input.replace(/\r?\n$/, ''));
    case 'list':
      return { output: Secret.of(JSON.stringify(await list(store, choice))), exit: 0 };
    case 'erase':
      return { output: null, exit: 0 };
    case 'store':
      return refuse('keyturn keeps no passwords for docker: use `keyturn credentials import`');
    default:
      return refuse('unknown action: get, store, erase or list');
  }
}

async function get(store: HelperStore, choice: HelperChoice, asked: string): Promise<DockerAnswer> {
  const entry = await findEntry(store, choice, asked);
  if (!entry) return refuse(NOT_FOUND);
  const secret = await store.open(entry.name);
  const answer = { ServerURL: asked, Username: choice.username, Secret: secret.reveal() };
  return { output: Secret.of(JSON.stringify(answer)), exit: 0 };
}

/** Docker leaves the scheme out, also of a registry on this machine that it asks over plain HTTP. */
async function findEntry(
  store: HelperStore,
  choice: HelperChoice,
  asked: string,
): Promise<Credential | null> {
  const servers = asked.includes('://') ? [asked] : [`https://${asked}`, `http://${asked}`];
  for (const text of servers) {
    // Only a loopback address is an origin over plain HTTP.
    const server = readServer(text);
    const entry = server === null ? null : await chooseEntry(store, choice, server);
    if (entry) return entry;
  }
  return null;
}

/** Only servers that `get` would answer for. */
async function list(store: HelperStore, choice: HelperChoice): Promise<Record<string, string>> {
  const servers = new Set<string>();
  for (const entry of await store.list()) {
    const named = entry.name === choice.credential;
    if (entry.kind === 'managing' && !(named && choice.allowManaging)) continue;
    if (choice.credential !== null && !named) continue;
    const server = entry.origin ?? (choice.host === null ? null : toServer(choice.host));
    if (server !== null && (named || entry.origin !== null) && (await fits(store, choice, server)))
      servers.add(server);
  }
  return Object.fromEntries([...servers].map((server) => [server, choice.username]));
}

async function fits(store: HelperStore, choice: HelperChoice, server: string): Promise<boolean> {
  try {
    return (await chooseEntry(store, choice, server)) !== null;
  } catch (error) {
    if (isAppError(error, 'conflict')) return false;
    throw error;
  }
}

/** Docker names servers with and without a scheme: `ghcr.io`, `https://index.docker.io/v1/`. */
function toServer(text: string): string | null {
  return readServer(text.includes('://') ? text : `https://${text}`);
}

function refuse(text: string): DockerAnswer {
  return { output: Secret.of(text), exit: 1 };
}
