import type { ClientOptions, HttpClient } from './client.ts';

/** The two libraries that speak HTTP: Node's own client, and undici. */
export const CLIENTS = ['node', 'undici'] as const;
export type ClientName = (typeof CLIENTS)[number];

/** Below this number undici costs more CPU than Node's client; docs/decisions/0006 has the measurement. */
const MANY = 20_000;

/**
 * The client for the nth request of a process. `once`: the request has a connection of its own, where Node's client costs
 * less for any number of requests.
 */
export function chooseClient({
  count,
  once,
}: {
  readonly count: number;
  readonly once: boolean;
}): ClientName {
  return once || count <= MANY ? 'node' : 'undici';
}

export type ChooseClient = typeof chooseClient;

export async function makeClient(name: ClientName, options: ClientOptions): Promise<HttpClient> {
  if (name === 'undici') return (await import('./undici-client.ts')).makeUndiciClient(options);
  return (await import('./node-client.ts')).makeNodeClient(options);
}
