import { Socket } from 'node:net';
import { Secret } from '../../domain/secret.ts';
import type { HostProcess } from './host-process.ts';
import type { RelayRequest } from './leave-to-relay.ts';
import { startPump } from './pump.ts';

/** Masks what comes out of the pipes, until those who write there have ended or `stop` is aborted. */
export function relayOutput(
  host: Pick<HostProcess, 'stdout' | 'stderr'>,
  input: Uint8Array,
  stop: AbortSignal,
): void {
  const { secrets, pipes } = decode(Buffer.from(input).toString('utf8'));
  const hidden = secrets.map((text) => Secret.of(text));
  for (const { fd, to, pending, ...rest } of pipes) {
    const target = to === 1 ? host.stdout : host.stderr;
    target.on('error', () => undefined);
    const state = { ...rest, pending: Buffer.from(pending, 'base64') };
    const pump = startPump(new Socket({ fd, readable: true, writable: false }), hidden, target, state);
    stop.addEventListener('abort', () => pump.stop());
  }
}

function decode(text: string): RelayRequest {
  // Our own parent wrote it.
  return JSON.parse(text) as RelayRequest;
}
