import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { IncomingHttpHeaders } from 'node:http';
import type { buildConnector, Dispatcher } from 'undici';
import { type ClientOptions, type HttpClient, IDLE_MS, type Listener, type OpenRequest } from './client.ts';
import type { Connector } from './connect.ts';
import { headerReader, MAX_HEADER_BYTES } from './headers.ts';
import { skipContinue } from './skip-continue.ts';
import type { WireRequest } from './wire.ts';

const CREATE = 'undici:request:create';
const SEND_HEADERS = 'undici:client:sendHeaders';

/**
 * Imports two parts, not the package: the index also loads fetch, web sockets, mocks and caches, and costs about 80 ms
 * where the parts cost 25. Without the index a dispatcher has `dispatch` only (no `request`, no `connect`).
 */
export async function makeUndiciClient({ origin, connector, once }: ClientOptions): Promise<HttpClient> {
  const options = {
    connect: connectWith(connector),
    headersTimeout: 0,
    bodyTimeout: 0,
    keepAliveTimeout: IDLE_MS,
    maxHeaderSize: MAX_HEADER_BYTES,
  };
  const dispatcher = once
    ? new (await import('undici/lib/dispatcher/client.js')).default(origin, { ...options, pipelining: 0 })
    : new (await import('undici/lib/dispatcher/pool.js')).default(origin, options);
  return {
    send: (wire, listener) => {
      const request = new UndiciRequest(listener);
      request.start(dispatcher, wire);
      return request;
    },
    close: async () => {
      connector.cancel();
      await dispatcher.destroy();
    },
  };
}

/** Where undici's `ProxyAgent` tells a proxy's refusal only in the text of an error, keyturn's connector tells its code. */
function connectWith(connector: Connector): buildConnector.connector {
  return (_target, callback) => {
    connector.connect().then(
      (socket) => {
        skipContinue(socket);
        callback(null, socket);
      },
      (error: Error) => callback(error, null),
    );
  };
}

class UndiciRequest implements OpenRequest, Dispatcher.DispatchHandler {
  readonly #listener: Listener;
  #controller: Dispatcher.DispatchController | null = null;
  #request: unknown = null;
  #isAborted = false;

  constructor(listener: Listener) {
    this.#listener = listener;
  }

  start(dispatcher: Dispatcher, wire: WireRequest): void {
    subscribe(SEND_HEADERS, this.#onSendHeaders);
    subscribe(CREATE, this.#onCreate);
    try {
      const { origin, target, method, headers, body } = wire;
      // No `idempotent`: undici repeats nothing by itself, and with one request a connection nothing is pipelined.
      dispatcher.dispatch({ origin, path: target, method, headers: { ...headers }, body }, this);
    } catch (error) {
      this.#listener.onError(error);
    } finally {
      unsubscribe(CREATE, this.#onCreate);
    }
  }

  abort(): void {
    this.#isAborted = true;
    unsubscribe(SEND_HEADERS, this.#onSendHeaders);
    this.#controller?.abort(new Error('given up'));
  }

  pause(): void {
    this.#controller?.pause();
  }

  resume(): void {
    this.#controller?.resume();
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    // Given up while waiting for a connection: nothing may be sent any more.
    if (this.#isAborted) this.abort();
  }

  onResponseStart(
    _controller: Dispatcher.DispatchController,
    status: number,
    headers: IncomingHttpHeaders,
  ): void {
    if (status < 200) this.#listener.onProvisional();
    else this.#listener.onHead({ status, header: headerReader(pairsOf(headers)) });
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#listener.onData(chunk);
  }

  onResponseEnd(): void {
    unsubscribe(SEND_HEADERS, this.#onSendHeaders);
    this.#listener.onEnd();
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    unsubscribe(SEND_HEADERS, this.#onSendHeaders);
    this.#listener.onError(error);
  }

  // The request object is the only thing that undici's channels and our call have in common. It is made within
  // `dispatch`, so that the first one seen there is ours.
  #onCreate = (message: unknown): void => {
    this.#request ??= requestOf(message);
  };

  #onSendHeaders = (message: unknown): void => {
    if (this.#request !== null && requestOf(message) === this.#request) this.#listener.onSent();
  };
}

function pairsOf(headers: IncomingHttpHeaders): readonly (readonly [string, string])[] {
  return Object.entries(headers).flatMap(([name, values = []]) =>
    [values].flat().map((value) => [name, value] as const),
  );
}

function requestOf(message: unknown): unknown {
  return typeof message === 'object' && message !== null && 'request' in message ? message.request : null;
}
