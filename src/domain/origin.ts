import { usage } from './errors.ts';
import { isMachineAddress } from './machine-address.ts';

/** Scheme, host and port, as `new URL(…).origin` writes it. A credential is bound to one. */
export type Origin = string;

const HINT = 'write it as https://host or https://host:port';

/**
 * Reads an origin from a person, a file or the environment. Only `https:`; `http:` for loopback addresses
 * written plainly. User names, paths, queries and every trick that makes a host look like another are refused.
 */
export function parseOrigin(text: string): Origin {
  if (/@/.test(text)) throw usage('the address holds a user name or password', HINT);
  if (text.length > 300) throw usage('the address is too long', HINT);
  const match = /^(https?):\/\/(\[[0-9a-f:.]+\]|[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?)(?::(\d{1,5}))?\/?$/i.exec(
    text,
  );
  const url = match && URL.canParse(text) ? new URL(text) : null;
  // Not repeated: what is no address may be a secret in the wrong variable.
  if (!match || !url) throw usage('that is not an address that keyturn accepts', HINT);
  const shown = text.length > 80 ? `${text.slice(0, 80)}…` : text;
  const written = (match[2] ?? '').toLowerCase();
  if (url.hostname !== written) throw usage(`"${shown}" names its host in disguise`, HINT);
  if (match[3] !== undefined && (Number(match[3]) < 1 || Number(match[3]) > 65_535)) {
    throw usage(`"${shown}" has no valid port`, HINT);
  }
  if (url.protocol === 'http:' && !isLoopback(url.hostname)) {
    throw usage(`"${shown}" is not encrypted`, 'use https; http is accepted for loopback addresses only');
  }
  if (isMachineAddress(url.hostname)) {
    throw usage(`"${shown}" is an address of this machine’s own network link or of its cloud`, HINT);
  }
  return url.origin;
}

export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '[::1]' || /^127(?:\.\d{1,3}){3}$/.test(host);
}
