import { findBusSockets } from './bus-address.ts';
import { type BusConnection, connectBus } from './dbus-connection.ts';
import { readBody } from './dbus-wire.ts';

/** What stands between us and the default keyring. */
export type ServiceState =
  | 'no-bus'
  | 'no-service'
  | 'no-default-collection'
  | 'locked'
  | 'unlocked'
  | 'unresponsive';

/** A Secret Service that has a default collection. */
export interface SecretService {
  readonly bus: BusConnection;
  /** The unique name of the connection that answered. Another program that takes the service's name over is not asked. */
  readonly owner: string;
  /** The object path of the default collection. */
  readonly collection: string;
  readonly isLocked: boolean;
}

export const SERVICE_PATH = '/org/freedesktop/secrets';
export const SERVICE_INTERFACE = 'org.freedesktop.Secret.Service';

/** For all steps together. A service that is started on demand takes some 60 ms. */
export const PROBE_MS = 1_000;
const NO_ANSWER = /\.(NoReply|Timeout|TimedOut|Disconnected)$/;

/**
 * Asks the Secret Service whether its default keyring is there and unlocked. Never prompts, never throws, ends within
 * a second.
 */
export async function probeSecretService(
  env: Readonly<Record<string, string | undefined>>,
  limitMs = PROBE_MS,
): Promise<ServiceState> {
  const limit = new AbortController();
  const timer = setTimeout(() => limit.abort(), limitMs);
  try {
    const found = await findSecretService(env, limit.signal);
    if (typeof found === 'string') return found;
    found.bus.close();
    return found.isLocked ? 'locked' : 'unlocked';
  } finally {
    clearTimeout(timer);
  }
}

/**
 * The Secret Service on the first bus that answers, or what is in the way. The caller closes the bus; `signal` ends
 * everything on it, at any time. Never prompts, never throws.
 * Source: https://specifications.freedesktop.org/secret-service-spec/latest/
 */
export async function findSecretService(
  env: Readonly<Record<string, string | undefined>>,
  signal: AbortSignal,
): Promise<SecretService | Exclude<ServiceState, 'locked' | 'unlocked'>> {
  for (const socket of findBusSockets(env)) {
    const bus = await connectBus(socket, signal).catch(() => null);
    if (signal.aborted) return 'unresponsive';
    if (!bus) continue;
    const found = await askService(bus).catch(() => 'unresponsive' as const);
    if (typeof found === 'string') bus.close();
    return found;
  }
  return 'no-bus';
}

async function askService(
  bus: BusConnection,
): Promise<SecretService | 'no-service' | 'no-default-collection' | 'unresponsive'> {
  // The bus starts the service for this call where it can. Asking it to do so first (`StartServiceByName`) fails for a
  // service that runs already but has no file to be started by.
  const alias = await bus.call({
    destination: 'org.freedesktop.secrets',
    path: SERVICE_PATH,
    interface: SERVICE_INTERFACE,
    member: 'ReadAlias',
    signature: 's',
    write: (body) => body.text('default'),
  });
  if (alias.kind === 'error') return refusal(alias.error);
  const owner = alias.sender;
  if (alias.signature !== 'o' || !owner.startsWith(':')) return 'no-service';
  const collection = readBody(alias, 'o', (body) => body.path());
  if (collection === '/') return 'no-default-collection';
  const property = await bus.call({
    destination: owner,
    path: collection,
    interface: 'org.freedesktop.DBus.Properties',
    member: 'Get',
    signature: 'ss',
    write(body) {
      body.text('org.freedesktop.Secret.Collection');
      body.text('Locked');
    },
  });
  if (property.kind === 'error') return refusal(property.error);
  if (property.signature !== 'v') return 'no-service';
  const isLocked = readBody(property, 'v', (body) => (body.signature() === 'b' ? body.boolean() : null));
  return isLocked === null ? 'no-service' : { bus, owner, collection, isLocked };
}

function refusal(error: string | null): 'no-service' | 'unresponsive' {
  return error !== null && NO_ANSWER.test(error) ? 'unresponsive' : 'no-service';
}
