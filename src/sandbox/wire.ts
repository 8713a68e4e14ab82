import type { ServerResponse } from 'node:http';
import { STATUS_CODES } from 'node:http';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import type { FaultyAnswer } from './fault-answer.ts';
import type { SandboxResponse } from './vendor.ts';

type HeaderList = Readonly<Record<string, string>>;

interface Message {
  readonly status: number;
  readonly headers: HeaderList;
  readonly body: Buffer;
}

type Socket = NonNullable<ServerResponse['socket']>;

// Long enough for the client to have read the bytes before the connection breaks.
const SETTLE_MS = 20;

/** Writes an answer the way its delivery says. Faulty ones go to the bare socket, where `node:http` has no say. */
export function deliver({ response, delivery }: FaultyAnswer, to: ServerResponse, date: string): void {
  const message = encode(response, date);
  const { socket } = to;
  if (delivery.kind === 'whole') {
    to.sendDate = false;
    to.writeHead(message.status, message.headers);
    to.end(message.body);
    return;
  }
  if (socket === null || delivery.kind === 'hang') return;
  switch (delivery.kind) {
    case 'reset':
      socket.resetAndDestroy();
      return;
    case 'reset-after-headers':
      socket.write(head(message, message.body.length));
      setTimeout(() => socket.resetAndDestroy(), SETTLE_MS);
      return;
    case 'truncate': {
      const bytes = Math.min(delivery.bytes ?? Math.floor(message.body.length / 2), message.body.length);
      socket.write(head(message, message.body.length + (bytes === message.body.length ? 1 : 0)));
      socket.end(message.body.subarray(0, bytes));
      return;
    }
    case 'short-length':
      socket.write(head(message, Math.floor(message.body.length / 2)));
      socket.end(message.body);
      return;
    case 'drip':
      socket.write(head(message, message.body.length));
      drip(socket, message.body, delivery.ms);
      return;
    case 'endless':
      socket.write(head(message, undefined));
      pour(socket, message.body);
  }
}

function encode({ status, headers, body }: SandboxResponse, date: string): Message {
  // A text is sent as it is (a web page); everything else is JSON.
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const bytes = coded(Buffer.from(body === null ? '' : text), headers['content-encoding']);
  const type: HeaderList = body === null ? {} : { 'content-type': 'application/json; charset=utf-8' };
  const length: HeaderList = status === 204 ? {} : { 'content-length': String(bytes.length) };
  return { status, headers: { date, ...type, ...length, ...headers }, body: bytes };
}

function coded(bytes: Buffer, coding: string | undefined): Buffer {
  if (coding === 'br') return brotliCompressSync(bytes);
  if (coding === 'deflate') return deflateSync(bytes);
  return coding === 'gzip' ? gzipSync(bytes) : bytes;
}

function head({ status, headers }: Message, length: number | undefined): string {
  const sent: HeaderList = { ...headers, connection: 'close', 'content-length': String(length ?? '') };
  const lines = Object.entries(sent).filter(([, value]) => value !== '');
  const fields = lines.map(([name, value]) => `${name}: ${value}\r\n`).join('');
  return `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? 'Unknown'}\r\n${fields}\r\n`;
}

function drip(socket: Socket, body: Buffer, ms: number, from = 0): void {
  if (socket.destroyed) return;
  if (from >= body.length) {
    socket.end();
    return;
  }
  socket.write(body.subarray(from, from + 1));
  setTimeout(() => drip(socket, body, ms, from + 1), ms);
}

function pour(socket: Socket, chunk: Buffer): void {
  const more = Buffer.alloc(65_536, ' ');
  const next = (): void => {
    if (!socket.destroyed) socket.write(more, () => setImmediate(next));
  };
  socket.write(chunk, next);
}
