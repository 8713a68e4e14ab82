import { posix } from 'node:path';

/**
 * The sockets of the session bus to try, in order; an abstract one begins with NUL. From `DBUS_SESSION_BUS_ADDRESS`
 * (several addresses, percent-encoded values), else `$XDG_RUNTIME_DIR/bus`. Buses over TCP and `autolaunch:` are left
 * out: they would need a program or another kind of authentication.
 * Source: https://dbus.freedesktop.org/doc/dbus-specification.html#addresses
 */
export function findBusSockets(env: Readonly<Record<string, string | undefined>>): string[] {
  const runtime = env['XDG_RUNTIME_DIR'];
  const fallback = runtime && posix.isAbsolute(runtime) ? [posix.join(runtime, 'bus')] : [];
  const addresses = env['DBUS_SESSION_BUS_ADDRESS'];
  if (!addresses) return fallback;
  return addresses.split(';').flatMap((address) => readAddress(address, fallback));
}

function readAddress(address: string, runtimeBus: readonly string[]): string[] {
  if (!address.startsWith('unix:')) return [];
  const values = new Map<string, string>();
  for (const pair of address.slice('unix:'.length).split(',')) {
    const equals = pair.indexOf('=');
    const value = equals < 0 ? null : decode(pair.slice(equals + 1));
    if (value !== null) values.set(pair.slice(0, equals), value);
  }
  const path = values.get('path');
  const abstract = values.get('abstract');
  if (path) return [path];
  if (abstract) return [`\0${abstract}`];
  return values.get('runtime') === 'yes' ? [...runtimeBus] : [];
}

function decode(value: string): string | null {
  try {
    return decodeURIComponent(value);
  } catch {
    return null;
  }
}
