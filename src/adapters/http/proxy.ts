import { usage } from '../../domain/errors.ts';
import { isLoopback } from '../../domain/origin.ts';
import type { Environment } from './environment.ts';
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

/**
 * The proxy for an origin: `HTTPS_PROXY`, else `https_proxy`, unless `NO_PROXY` (else `no_proxy`) names the host.
 * Loopback is never proxied, so that `HTTP_PROXY` has no use here. Throws `AppError` (usage) for a proxy that
 * cannot be used: going round it silently could break a rule of the network.
 */
export function proxyFor(env: Environment, origin: string): ProxyServer | null {
  const url = new URL(origin);
  const text = (env['HTTPS_PROXY'] || env['https_proxy'] || '').trim();
  if (text === '' || url.protocol !== 'https:' || isLoopback(url.hostname)) return null;
  if (isExcluded(env['NO_PROXY'] || env['no_proxy'] || '', url)) return null;
  return readProxy(text);
}

/** Null when connections to the origin are direct. */
export function describeProxy(env: Environment, origin: string): ProxyFacts | null {
  const proxy = proxyFor(env, origin);
  if (proxy === null) return null;
  return { address: `${proxy.url.protocol}//${proxy.host}`, authenticated: proxy.authorization !== null };
}

function readProxy(text: string): ProxyServer {
  const written = text.includes('://') ? text : `http://${text}`;
  const url = URL.canParse(written) ? new URL(written) : null;
  if (url === null || (url.protocol !== 'http:' && url.protocol !== 'https:')) {
    throw usage('"HTTPS_PROXY" is not a proxy that keyturn can use', 'write it as http://host:port');
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
