import { Agent, type ClientRequest, type IncomingMessage, request as requestOf } from 'node:http';
import type { Socket } from 'node:net';
import { type ClientOptions, type HttpClient, IDLE_MS, type Listener, type OpenRequest } from './client.ts';
import { headerReader, MAX_HEADER_BYTES } from './headers.ts';
import type { WireRequest } from './wire.ts';

type CreateConnection = (options: object, callback: (error: Error | null, socket?: Socket) => void) => void;
/** Where a request gets its connection from. */
type From = { readonly agent: Agent } | { readonly createConnection: CreateConnection };

/** Errors as Node gives them, where it ends without one: the connection was lost, and the protocol was changed (101). */
const CLOSED = { code: 'ECONNRESET' };
const UNASKED = { code: 'HPE_UPGRADE' };

/** Node's own client. Its parser is native code, so that one request costs little. */
export function makeNodeClient({ connector, once }: ClientOptions): HttpClient {
  const createConnection: CreateConnection = (_options, callback) => {
    connector.connect().then((socket) => callback(null, socket), callback);
  };
  const agent = once ? null : makeAgent(createConnection);
  const from = agent === null ? { createConnection } : { agent };
  return {
    send: (wire, listener) => {
      const request = new NodeRequest(makeRequest(from, wire), listener);
      request.start(wire.body);
      return request;
    },
    close: async () => {
      connector.cancel();
      agent?.destroy();
    },
  };
}

/** Headers are not among the options: Node prints these where NODE_DEBUG asks for it (A25). */
function makeRequest(from: From, wire: WireRequest): ClientRequest {
  const { origin, method, target, headers, body } = wire;
  const options = {
    method,
    path: target,
    setHost: false,
    maxHeaderSize: MAX_HEADER_BYTES,
    // Whatever `--insecure-http-parser` says.
    insecureHTTPParser: false,
  };
  // Node's types know only a `createConnection` that gives its socket at once.
  const request: ClientRequest = Reflect.apply(requestOf, null, [{ ...options, ...from }]);
  // Node would leave out the headers after the 2,000th.
  request.maxHeadersCount = 0;
  request.setHeader('host', new URL(origin).host);
  request.setHeader('connection', 'agent' in from ? 'keep-alive' : 'close');
  for (const [name, value] of Object.entries(headers)) request.setHeader(name, value);
  if (body !== null) request.setHeader('content-length', body.length);
  else if (method !== 'GET' && method !== 'DELETE') request.setHeader('content-length', 0);
  return request;
}

/** Its connections do not keep the process alive between requests, and end when the other side says something unasked. */
function makeAgent(createConnection: CreateConnection): Agent {
  const agent = new Agent({ keepAlive: true, timeout: IDLE_MS });
  const keep = agent.keepSocketAlive.bind(agent);
  const reuse = agent.reuseSocket.bind(agent);
  // Bytes that nobody asked for would be read as the answer to the next request.
  function distrust(this: Socket): void {
    this.destroy();
  }
  return Object.assign(agent, {
    createConnection,
    keepSocketAlive: (socket: Socket): unknown => {
      socket.on('data', distrust);
      return keep(socket);
    },
    reuseSocket: (socket: Socket, request: ClientRequest): void => {
      socket.off('data', distrust);
      reuse(socket, request);
    },
  });
}

class NodeRequest implements OpenRequest {
  readonly #request: ClientRequest;
  readonly #listener: Listener;
  #response: IncomingMessage | null = null;
  #isOver = false;

  constructor(request: ClientRequest, listener: Listener) {
    this.#request = request;
    this.#listener = listener;
  }

  start(body: Buffer | null): void {
    this.#request
      // The socket is connected, and Node writes the headers to it right after this event.
      .on('socket', ({ destroyed }) => {
        if (!destroyed) this.#listener.onSent();
      })
      .on('information', () => this.#listener.onProvisional())
      .on('response', (response) => this.#read(response))
      .on('upgrade', (_response, socket) => {
        socket.destroy();
        this.#fail(UNASKED);
      })
      .on('error', (error) => this.#fail(error))
      .on('close', () => {
        if (this.#response === null) this.#fail(CLOSED);
      })
      .end(body ?? undefined);
  }

  abort(): void {
    this.#isOver = true;
    this.#request.destroy();
  }

  pause(): void {
    this.#response?.pause();
  }

  resume(): void {
    this.#response?.resume();
  }

  #read(response: IncomingMessage): void {
    this.#response = response;
    response
      .on('data', this.#onData)
      .on('end', () => {
        if (response.complete) this.#end(() => this.#listener.onEnd());
        else this.#fail(CLOSED);
      })
      .on('error', (error) => this.#fail(error))
      .on('close', () => this.#fail(CLOSED));
    const { statusCode: status = 0, rawHeaders } = response;
    // A 101 that names no protocol: Node takes it for the final answer.
    if (status < 200) this.#fail(UNASKED);
    else this.#listener.onHead({ status, header: headerReader(pairsOf(rawHeaders)) });
  }

  #onData = (chunk: Buffer): void => {
    if (!this.#isOver) this.#listener.onData(chunk);
  };

  /** Node reports an error before it hands over the rest of what has arrived. */
  #fail(error: unknown): void {
    this.#response?.off('data', this.#onData);
    for (let rest: unknown; !this.#isOver; this.#onData(rest)) {
      rest = this.#response?.read();
      if (!Buffer.isBuffer(rest)) break;
    }
    this.#end(() => this.#listener.onError(error));
    this.#request.destroy();
  }

  #end(tell: () => void): void {
    if (this.#isOver) return;
    this.#isOver = true;
    tell();
  }
}

function pairsOf(rawHeaders: readonly string[]): readonly (readonly [string, string])[] {
  const pairs: (readonly [string, string])[] = [];
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
    pairs.push([rawHeaders[at] ?? '', rawHeaders[at + 1] ?? '']);
  }
  return pairs;
}
