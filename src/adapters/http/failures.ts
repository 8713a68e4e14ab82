import { AppError, isAppError } from '../../domain/errors.ts';

/** Why no complete answer was had. `transient`: the connection broke in a way that may go away by itself. */
export interface Failure {
  readonly error: AppError;
  readonly transient: boolean;
}

/** An `Error` of Node or undici, read by its code only: their messages and causes may hold headers and bodies. */
export function toFailure(error: unknown, host: string): Failure {
  if (isAppError(error)) return { error, transient: false };
  const code = codeOf(error);
  const known = NETWORK[code] ?? TLS[code];
  if (known !== undefined) return known(host);
  if (isParserError(error, code)) return lasting(`"${host}" gave an answer that is not valid HTTP`);
  if (/NO_APPLICATION_PROTOCOL/.test(code)) {
    return lasting(`"${host}" does not speak HTTP/1.1`, 'keyturn speaks HTTP/1.1 only: check the address');
  }
  if (/^(?:ERR_SSL_|ERR_TLS_|EPROTO$|ERR_OSSL)/.test(code)) return noCommonTls(host);
  if (/^(?:CERT_|UNABLE_TO_|CRL_|INVALID_|HOSTNAME_MISMATCH)/.test(code)) return untrusted(host);
  return lasting(`the connection to "${host}" failed`);
}

export function lasting(message: string, hint?: string): Failure {
  return { error: new AppError({ code: 'unavailable', message, hint }), transient: false };
}

export function transient(message: string, hint?: string): Failure {
  return { error: new AppError({ code: 'unavailable', message, hint }), transient: true };
}

/** `60_000` → `60 s`, `250` → `0.25 s`. */
export function secondsText(ms: number): string {
  return `${Math.round(ms / 10) / 100} s`;
}

const CHECK_NETWORK = 'check the address and the network, then try again';
const closed = (host: string) => transient(`"${host}" closed the connection before its answer was complete`);
const unreachable = (host: string) => transient(`there is no route to "${host}"`, CHECK_NETWORK);
const notInTime = (host: string) => transient(`"${host}" took no connection in time`, CHECK_NETWORK);
const tooLarge = (host: string) => lasting(`the headers of the answer of "${host}" are too large`);
const noCommonTls = (host: string) =>
  lasting(`"${host}" could not agree on a secure connection`, 'TLS 1.2 or later is needed');
const untrusted = (host: string) =>
  lasting(
    `the certificate of "${host}" is not signed by an authority that this machine trusts`,
    'a private authority is trusted with NODE_EXTRA_CA_CERTS=/path/to/ca.pem',
  );
const selfSigned = (host: string) =>
  lasting(
    `the certificate of "${host}" is self-signed`,
    'a private authority is trusted with NODE_EXTRA_CA_CERTS=/path/to/ca.pem',
  );

type Table = Readonly<Record<string, ((host: string) => Failure) | undefined>>;

const NETWORK: Table = {
  ENOTFOUND: (host) => lasting(`the name of "${host}" was not found`, CHECK_NETWORK),
  EAI_AGAIN: (host) => transient(`the name of "${host}" could not be looked up`, CHECK_NETWORK),
  ECONNREFUSED: (host) => transient(`"${host}" refused the connection`, CHECK_NETWORK),
  ENETUNREACH: unreachable,
  ENETDOWN: unreachable,
  EHOSTUNREACH: unreachable,
  EADDRNOTAVAIL: unreachable,
  ETIMEDOUT: notInTime,
  ECONNRESET: closed,
  ECONNABORTED: closed,
  EPIPE: closed,
  UND_ERR_SOCKET: closed,
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: (host) =>
    transient(`the answer of "${host}" has another length than it says`),
  UND_ERR_HEADERS_OVERFLOW: tooLarge,
  HPE_HEADER_OVERFLOW: tooLarge,
};

const TLS: Table = {
  CERT_HAS_EXPIRED: (host) =>
    lasting(
      `the certificate of "${host}" has expired`,
      'check the clock of this machine; else tell the provider',
    ),
  CERT_NOT_YET_VALID: (host) =>
    lasting(`the certificate of "${host}" is not valid yet`, 'check the clock of this machine'),
  DEPTH_ZERO_SELF_SIGNED_CERT: selfSigned,
  SELF_SIGNED_CERT_IN_CHAIN: untrusted,
  ERR_TLS_CERT_ALTNAME_INVALID: (host) =>
    lasting(
      `the certificate of "${host}" is for another host`,
      'check the address; something may be in between',
    ),
};

function codeOf(error: unknown): string {
  if (typeof error !== 'object' || error === null || !('code' in error)) return '';
  return typeof error.code === 'string' ? error.code : '';
}

/** Node's parser errors have a code; those of undici have none, only a name. */
function isParserError(error: unknown, code: string): boolean {
  return code.startsWith('HPE_') || (error instanceof Error && error.name === 'HTTPParserError');
}
