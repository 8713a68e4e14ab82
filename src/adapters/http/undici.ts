import type { buildConnector, Client, Pool } from 'undici';

/** The parts of undici that the transport uses. */
export interface Undici {
  readonly Client: typeof Client;
  readonly Pool: typeof Pool;
  readonly buildConnector: typeof buildConnector;
}

/**
 * Imports the parts, not the package: the index also loads fetch, web sockets, mocks and caches, and costs about 80 ms
 * where these three cost 25. Without the index a dispatcher has `dispatch` only (no `request`, no `connect`).
 */
export async function loadUndici(): Promise<Undici> {
  const [client, pool, connect] = await Promise.all([
    import('undici/lib/dispatcher/client.js'),
    import('undici/lib/dispatcher/pool.js'),
    import('undici/lib/core/connect.js'),
  ]);
  return { Client: client.default, Pool: pool.default, buildConnector: connect.default };
}
