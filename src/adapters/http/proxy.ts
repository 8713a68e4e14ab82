import { usage } from '../../domain/errors.ts';
import { isLoopback } from '../../domain/origin.ts';
import type { Environment } from '../../domain/surroundings.ts';
import { hostAndPort } from './wire.ts';

/** A proxy that a connection goes through. `authorization` is the header's value and never shown. */
export interface ProxyServer {
  readonly url: URL;
  /** Host and port, without user name and password. */
  readonly host: string;
  readonly authorization: string | null;
}

/** What `doctor` and `whoami` tell about a proxy. */
export interface ProxyFacts {
  /** `http://proxy.example:3128`, without user name and password. */
  readonly address: string;
  readonly authenticated: boolean;
}

/** Where the proxy is taken from, first to last. `HTTP_PROXY` is for plain HTTP, which only loopback speaks here. */
const VARIABLES = ['HTTPS_PROXY', 'https_proxy', 'ALL_PROXY', 'all_proxy'];

/**
 * The proxy for an origin: `HTTPS_PROXY`, else `ALL_PROXY` (each also in lower case), unless `NO_PROXY` (else
 * `no_proxy`) names the host. Loopback is never proxied. Throws `AppError` (usage) for a proxy that cannot be used:
 * going round it silently could break a rule of the network.
 */
export function proxyFor(env: Environment, origin: string): ProxyServer | null {
  const url = new URL(origin);
  const name = VARIABLES.find((variable) => (env[variable] ?? '').trim() !== '');
  if (name === undefined || url.protocol !== 'https:' || isLoopback(url.hostname)) return null;
  if (isExcluded(env['NO_PROXY'] || env['no_proxy'] || '', url)) return null;
  return readProxy(name, (env[name] ?? '').trim());
}

/** Null when connections to the origin are direct. */
export function describeProxy(env: Environment, origin: string): ProxyFacts | null {
  const proxy = proxyFor(env, origin);
  if (proxy === null) return null;
  return { address: `${proxy.url.protocol}//${proxy.host}`, authenticated: proxy.authorization !== null };
}

function readProxy(name: string, text: string): ProxyServer {
  const written = text.includes('://') ? text : `http://${text}`;
  const url = URL.canParse(written) ? new URL(written) : null;
  const scheme = /^(\w+):/.exec(written)?.[1]?.toLowerCase() ?? '';
  if (/^socks/.test(scheme)) {
    throw usage(
      `"${name}" is not a proxy that keyturn can use: it is a SOCKS proxy`,
      'set HTTPS_PROXY=http://host:port, or name the host in NO_PROXY to connect directly',
    );
  }
  // A `#`, `/` or `?` ends the host: what follows would be taken for a part of the address, and the rest for the host.
  const isBroken = url === null || /[#?]|\/.*@/.test(written.slice(written.indexOf('://') + 3));
  if (isBroken || (url.protocol !== 'http:' && url.protocol !== 'https:')) {
    const hint = /[@#]/.test(text)
      ? 'write it as http://USER:PASSWORD@host:port, and percent-encode what is special in the password: %23 for #, %2F for /, %3F for ?, %40 for @'
      : 'write it as http://host:port';
    throw usage(`"${name}" is not a proxy that keyturn can use`, hint);
  }
  return { url, host: hostAndPort(url), authorization: authorizationOf(url) };
}

function authorizationOf(url: URL): string | null {
  if (url.username === '' && url.password === '') return null;
  const pair = `${decode(url.username)}:${decode(url.password)}`;
  return `Basic ${Buffer.from(pair, 'utf8').toString('base64')}`;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** As Go reads it: `*`, `host` (with its subdomains), `.suffix` (subdomains only), either with `:port`. */
function isExcluded(list: string, url: URL): boolean {
  const port = url.port === '' ? '443' : url.port;
  return list
    .toLowerCase()
    .split(/[\s,]+/)
    .filter((rule) => rule !== '')
    .some((rule) => {
      if (rule === '*') return true;
      const match = /^(.*?)(?::(\d+))?$/.exec(isBareIpv6(rule) ? `[${rule}]` : rule);
      const name = (match?.[1] ?? '').replace(/^\*\./, '.');
      if (name === '' || (match?.[2] !== undefined && match[2] !== port)) return false;
      if (name.startsWith('.')) return url.hostname.endsWith(name);
      return url.hostname === name || url.hostname.endsWith(`.${name}`);
    });
}

function isBareIpv6(rule: string): boolean {
  return !rule.startsWith('[') && rule.split(':').length > 2;
}
