import { findBusSockets, toBusAddress } from './bus-address.ts';
import { type BusConnection, connectBus } from './dbus-connection.ts';
import { readText, readVariantBoolean } from './dbus-wire.ts';

/** What stands between us and the default keyring. */
export type ServiceState =
  | 'no-bus'
  | 'no-service'
  | 'no-default-collection'
  | 'locked'
  | 'unlocked'
  | 'unresponsive';

export interface ServiceReport {
  readonly state: ServiceState;
  /** The address of the bus that answered, for another program's environment; null when none did. */
  readonly busAddress: string | null;
}

/** For all steps together. A service that is started on demand takes some 60 ms. */
const LIMIT_MS = 1_000;
const SERVICE = 'org.freedesktop.secrets';
const SERVICE_PATH = '/org/freedesktop/secrets';
const NO_ANSWER = /\.(NoReply|Timeout|TimedOut|Disconnected)$/;

/**
 * Asks the Secret Service whether its default keyring is there and unlocked. Never prompts, never throws, ends within
 * a second. Source: https://specifications.freedesktop.org/secret-service-spec/latest/
 */
export async function probeSecretService(
  env: Readonly<Record<string, string | undefined>>,
  limitMs = LIMIT_MS,
): Promise<ServiceReport> {
  const limit = new AbortController();
  const timer = setTimeout(() => limit.abort(), limitMs);
  try {
    for (const socket of findBusSockets(env)) {
      const bus = await connectBus(socket, limit.signal).catch(() => null);
      if (limit.signal.aborted) return { state: 'unresponsive', busAddress: toBusAddress(socket) };
      if (!bus) continue;
      const state = await askService(bus).catch(() => 'unresponsive' as const);
      bus.close();
      return { state, busAddress: toBusAddress(socket) };
    }
    return { state: 'no-bus', busAddress: null };
  } finally {
    clearTimeout(timer);
  }
}

async function askService(bus: BusConnection): Promise<ServiceState> {
  // The bus starts the service for this call where it can. Asking it to do so first (`StartServiceByName`) fails for a
  // service that runs already but has no file to be started by.
  const alias = await bus.call({
    destination: SERVICE,
    path: SERVICE_PATH,
    interface: 'org.freedesktop.Secret.Service',
    member: 'ReadAlias',
    args: ['default'],
  });
  if (alias.kind === 'error') return refusal(alias.error);
  const collection = readText(alias);
  if (collection === null) return 'no-service';
  if (collection === '/') return 'no-default-collection';
  const property = await bus.call({
    destination: SERVICE,
    path: collection,
    interface: 'org.freedesktop.DBus.Properties',
    member: 'Get',
    args: ['org.freedesktop.Secret.Collection', 'Locked'],
  });
  if (property.kind === 'error') return refusal(property.error);
  const locked = readVariantBoolean(property);
  return locked === null ? 'no-service' : locked ? 'locked' : 'unlocked';
}

function refusal(error: string | null): ServiceState {
  return error !== null && NO_ANSWER.test(error) ? 'unresponsive' : 'no-service';
}
