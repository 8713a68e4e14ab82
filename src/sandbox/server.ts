import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import { AppError, usage } from '../domain/errors.ts';
import { answerWithFault } from './fault-answer.ts';
import { createFaultPlan } from './fault-plan.ts';
import type { FaultRule } from './faults.ts';
import { createHistory } from './history.ts';
import { json } from './message.ts';
import { createPauses } from './pauses.ts';
import { readRequest } from './read-request.ts';
import type { Sandbox } from './sandbox.ts';
import type { Json, SandboxRequest } from './vendor.ts';
import { deliver } from './wire.ts';

/** What is kept of a request. Never a header or a body: secrets travel in those. */
export interface RequestLog {
  /** Counts from 1. */
  readonly number: number;
  /** Milliseconds since 1970, in the sandbox's world. */
  readonly at: number;
  readonly method: string;
  readonly path: string;
  /** Without the question mark. */
  readonly query: string;
  /** The vendor's answer, or the one that a fault put in its place, whether or not the client got it. */
  readonly status: number;
  /** The vendor changed something. */
  readonly committed: boolean;
  /** The action of the fault rule that fired. */
  readonly fault: string | null;
}

export interface SandboxServerOptions {
  readonly sandbox: Sandbox;
  /** 0 for any free one. */
  readonly port: number;
  readonly faults?: readonly FaultRule[];
  /** Before each answer. */
  readonly latencyMs?: number;
  /** One line for each request, for people. */
  readonly log?: (line: string) => void;
  readonly onRequest?: (request: RequestLog) => void;
  /** Called with the state after each change; the answer waits for it. */
  readonly persist?: (state: Json) => Promise<void>;
}

export interface SandboxServer {
  /** `http://127.0.0.1:PORT`, to be used instead of any vendor's origin. */
  readonly origin: string;
  readonly port: number;
  readonly requests: readonly RequestLog[];
  /** Replaces the rules; counters start again. */
  setFaults(rules: readonly FaultRule[]): void;
  /** Breaks every connection. */
  close(): Promise<void>;
}

const HOST = '127.0.0.1';

/** Listens on the loopback address only. Throws a usage error where the port is taken. */
export async function startSandboxServer(options: SandboxServerOptions): Promise<SandboxServer> {
  const { sandbox, latencyMs = 0, log, onRequest, persist } = options;
  const vendors = createHistory(sandbox);
  const pauses = createPauses();
  const requests: RequestLog[] = [];
  let plan = createFaultPlan(options.faults ?? []);

  async function answer(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const date = new Date(sandbox.now()).toUTCString();
    const request = await readRequest(incoming);
    if ('refused' in request) {
      const response = {
        ...json(request.refused, { error: 'bad request' }),
        headers: { connection: 'close' },
      };
      deliver({ response, delivery: { kind: 'whole' } }, outgoing, date);
      return;
    }
    const { delay, action } = plan.next(request);
    const commits = vendors.commits;
    const faulty = answerWithFault({ vendors, request, action });
    const committed = vendors.commits > commits;
    record(request, { status: faulty.response.status, committed, fault: action?.kind ?? null });
    if (committed) await persist?.(sandbox.save());
    await pauses.wait(delay + latencyMs);
    deliver(faulty, outgoing, date);
  }

  function record(
    request: SandboxRequest,
    outcome: Pick<RequestLog, 'status' | 'committed' | 'fault'>,
  ): void {
    const { method, path, query } = request;
    const number = requests.length + 1;
    const entry = { number, at: sandbox.now(), method, path, query: query.toString(), ...outcome };
    requests.push(entry);
    onRequest?.(entry);
    log?.(`${method} ${path} ${outcome.status}${outcome.fault === null ? '' : ` (fault: ${outcome.fault})`}`);
  }

  const server = createServer({ keepAliveTimeout: 60_000 }, (incoming, outgoing) => {
    answer(incoming, outgoing).catch(() => {
      log?.(`${incoming.method ?? ''} was broken off`);
      outgoing.destroy();
    });
  });
  const port = await listen(server, options.port);

  return {
    origin: `http://${HOST}:${port}`,
    port,
    requests,
    setFaults(rules) {
      plan = createFaultPlan(rules);
    },
    close() {
      pauses.end();
      return new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      });
    },
  };
}

function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', () => {
      reject(
        usage(`cannot listen on port "${port}"`, 'choose another one, or 0 for any free one, with --port'),
      );
    });
    server.listen(port, HOST, () => {
      const address = server.address();
      if (typeof address === 'object' && address !== null) resolve(address.port);
      else reject(new AppError({ code: 'failure', message: 'the sandbox has no address' }));
    });
  });
}
