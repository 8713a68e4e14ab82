import { BoundedBuffer } from './bounded-buffer.ts';
import { MAX_HEADER_BYTES } from './headers.ts';

/** A proxy's answer to CONNECT. `hasMore`: bytes follow its headers. */
export type TunnelAnswer =
  | { readonly kind: 'answered'; readonly status: number; readonly hasMore: boolean }
  | { readonly kind: 'too-large' | 'invalid' };

const START = 'HTTP/1.';
const LF = 0x0a;
const CR = 0x0d;

/**
 * Reads the answer as it arrives: null until it is there. Provisional answers (1xx) are skipped, and count for the size.
 * Headers are not looked at: a 2xx has no body (RFC 9110 section 9.3.6), and the connection ends with anything else.
 */
export function readTunnelAnswer(): (chunk: Uint8Array) => TunnelAnswer | null {
  const bytes = new BoundedBuffer(MAX_HEADER_BYTES);
  /** Where the answer begins that is being read, where its line begins, and how far it was read. */
  let [start, line, at] = [0, 0, 0];
  return (chunk) => {
    const fits = bytes.append(chunk);
    const view = bytes.view();
    for (; at < view.length; at += 1) {
      if (view[at] !== LF) continue;
      const isEmpty = at === line || (at === line + 1 && view[line] === CR);
      line = at + 1;
      if (!isEmpty) continue;
      const status = statusOf(view.subarray(start));
      if (status === null) return { kind: 'invalid' };
      if (status >= 200) return { kind: 'answered', status, hasMore: line < view.length || !fits };
      start = line;
    }
    if (!isStart(view.subarray(start))) return { kind: 'invalid' };
    return fits ? null : { kind: 'too-large' };
  };
}

function statusOf(answer: Uint8Array): number | null {
  const [, status] = /^HTTP\/1\.[01] +([1-5]\d\d)(?:[ \r\n])/.exec(textOf(answer)) ?? [];
  return status === undefined ? null : Number(status);
}

/** False as soon as it cannot be HTTP any more: a server of another protocol may say no more and wait. */
function isStart(answer: Uint8Array): boolean {
  const text = textOf(answer.subarray(0, START.length));
  return START.startsWith(text);
}

function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.subarray(0, 40)).toString('latin1');
}
