import { AppError } from '../../src/domain/errors.ts';
import type { HttpRequest } from '../../src/ports/request.ts';
import type { Capture, Endpoint, Outcome, Reply, Transport } from '../../src/ports/transport.ts';
import type { Sandbox } from '../../src/sandbox/sandbox.ts';
import type { Json, SandboxRequest, SandboxResponse } from '../../src/sandbox/vendor.ts';
import { fingerprintOf } from './sim-fakes.ts';
import type { EffectKind, FaultKind, Faults } from './sim-faults.ts';

/** One request as the vendor saw it. */
export interface SeenRequest {
  readonly method: string;
  readonly path: string;
  readonly body: Readonly<Record<string, unknown>>;
  readonly caller: string;
  readonly isIssuing: boolean;
  readonly status: number;
}

export interface SimNet {
  readonly sandbox: Sandbox;
  readonly faults: Faults;
  readonly requests: SeenRequest[];
  /** Looks at the world right before the vendor acts on a write. */
  beforeWrite(request: HttpRequest): Promise<void>;
  /** Right after the vendor acted on an issuing request. */
  afterIssue(): void;
  /** The whole answer of an issuing request reached the capture, and the capture said that it is durable. */
  onCaptured(): void;
}

/** A network in memory: the sandbox answers, and every request is an effect that a fault can hit. */
export function createSimTransport(net: SimNet): Transport {
  const { faults, sandbox } = net;
  let beforeChange: Json | null = null;
  /** Whether the list that is being read page by page was cut. */
  let isCut = false;

  function answer(endpoint: Endpoint, request: HttpRequest, isIssuing: boolean): Reply {
    const asked = toSandbox(endpoint, request);
    if (request.method !== 'GET') beforeChange = sandbox.save();
    const response = sandbox.handle(asked);
    note(endpoint, request, { isIssuing, status: response.status });
    if (isIssuing) net.afterIssue();
    return toReply(response);
  }

  function note(
    endpoint: Endpoint,
    request: HttpRequest,
    seen: Pick<SeenRequest, 'isIssuing' | 'status'>,
  ): void {
    const caller = fingerprintOf(endpoint.secret.reveal());
    net.requests.push({
      method: request.method,
      path: request.path,
      body: request.body ?? {},
      caller,
      ...seen,
    });
  }

  return {
    async call(endpoint, request) {
      const kind: EffectKind = request.method !== 'GET' ? 'write' : isList(request) ? 'list' : 'read';
      const fault = faults.next(kind, `${request.method} ${request.path}`);
      if (fault === 'kill') faults.kill();
      if (fault === 'reset') throw unreachable();
      if (fault === '503') return unavailable();
      if (fault === 'stale' && beforeChange !== null) {
        return toReply(sandbox.handleAsOf(beforeChange, toSandbox(endpoint, request)));
      }
      if (kind === 'list') {
        const isFirst =
          Number(Object.entries(request.query ?? {}).find(([name]) => /offset/.test(name))?.[1] ?? 0) === 0;
        isCut = fault === 'cut' || (isCut && !isFirst);
        if (isCut) {
          const asked = toSandbox(endpoint, request);
          const before = beforeChange === null ? null : sandbox.handleAsOf(beforeChange, asked).body;
          return cutList(sandbox.handle(asked), before, isFirst);
        }
      }
      if (kind === 'write') await net.beforeWrite(request);
      if (fault === 'silent') return jsonReply({});
      if (fault === 'refused-in-2xx') return jsonReply(REFUSED);
      const reply = answer(endpoint, request, false);
      if (fault === 'kill-after') faults.kill();
      if (fault === 'reset-after') throw unreachable();
      if (fault === '503-after') return unavailable();
      return reply;
    },

    async sendOnce(endpoint, request, capture) {
      const fault = faults.next('issue', `${request.method} ${request.path}`);
      if (fault === 'kill') faults.kill();
      if (fault === 'not-sent') return { kind: 'not-sent', reason: 'connection refused' };
      if (fault === 'reset') return lost(null, 0);
      if (fault === '503') return deliverReply(unavailable(), capture, null);
      if (fault === 'refused-in-2xx') return deliverReply(jsonReply(REFUSED), capture, fault);
      let reply = answer(endpoint, request, true);
      if (fault === 'twice') {
        const second = answer(endpoint, request, true);
        // In place only the last secret counts, and a gateway that repeats passes on what it got last.
        if (request.path.endsWith('/rotate')) reply = second;
      }
      if (fault === 'kill-after') faults.kill();
      if (fault === 'reset-after') return lost(null, 0);
      if (fault === '503-after') return deliverReply(unavailable(), capture, null);
      const outcome = await deliverReply(reply, capture, fault);
      return outcome;
    },

    async close() {},
  };

  async function deliverReply(reply: Reply, capture: Capture, fault: FaultKind | null): Promise<Outcome> {
    const body = bodyUnder(fault, reply.body);
    let captureFailed = false;
    try {
      await capture.head(reply.status, null);
      if (body.length > 0) await capture.chunk(body);
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      captureFailed = true;
    }
    if (!captureFailed && fault === null && reply.status < 300) net.onCaptured();
    const failed = captureFailed ? { captureFailed: true as const } : {};
    if (fault !== 'truncate') return { kind: 'answered', reply: { ...reply, body }, ...failed };
    return { ...lost(reply.status, body.length), ...failed, ...(captureFailed && { partial: body }) };
  }
}

const REFUSED = { success: false, error: { code: 'not_permitted', message: 'the role may not do this' } };

function bodyUnder(fault: FaultKind | null, body: Uint8Array): Uint8Array {
  if (fault === 'truncate') return body.subarray(0, -3);
  if (fault === 'empty') return new Uint8Array();
  if (fault !== 'renamed' && fault !== 'unread') return body;
  // Whatever the vendors call it: what is not an id is a field that nobody has heard of.
  const text = new TextDecoder().decode(body);
  return new TextEncoder().encode(text.replace(SECRET_FIELDS, fault === 'unread' ? '"zz":"zz' : '"zz$1":"'));
}

const SECRET_FIELDS =
  /"(token|api_key|apiKey|tokenSecret|secret|secretKey|access_token|value|key|clientSecret)":"/g;

function jsonReply(body: object): Reply {
  return { status: 200, header: () => null, body: new TextEncoder().encode(JSON.stringify(body)) };
}

/** The list without what is new in it, or without its last record; on a later page, without any. */
function cutList({ status, headers, body }: SandboxResponse, before: unknown, isFirst: boolean): Reply {
  const records = recordsIn(body);
  const known = new Set(recordsIn(before).map(idOf));
  const isAnyNew = known.size > 0 && records.some((record) => !known.has(idOf(record)));
  const rest = isAnyNew ? records.filter((record) => known.has(idOf(record))) : records.slice(0, -1);
  const kept = isFirst ? rest : [];
  const total = String(Math.max(records.length, rest.length + 1));
  return toReply({
    status,
    headers: { ...headers, 'x-total-count': total },
    body: records.length === 0 ? body : replaceRecords(body, kept),
  });
}

function recordsIn(body: unknown): readonly unknown[] {
  if (Array.isArray(body)) return body;
  if (typeof body !== 'object' || body === null) return [];
  return Object.values(body).find(Array.isArray) ?? [];
}

function replaceRecords(body: unknown, kept: readonly unknown[]): unknown {
  if (Array.isArray(body)) return [...kept];
  if (typeof body !== 'object' || body === null) return body;
  return Object.fromEntries(
    Object.entries(body).map(([name, value]) => [name, Array.isArray(value) ? [...kept] : value]),
  );
}

function idOf(record: unknown): string {
  if (typeof record !== 'object' || record === null) return '';
  const { id, name } = { id: null, name: null, ...record };
  return JSON.stringify(id ?? name);
}

function isList(request: HttpRequest): boolean {
  return /tokens$|\/keys$|\/api_token$/.test(request.path);
}

function lost(status: number | null, bytes: number) {
  return { kind: 'ambiguous', reason: 'the connection broke', status, bytes } as const;
}

function unreachable(): AppError {
  return new AppError({ code: 'unavailable', message: 'the connection broke' });
}

function unavailable(): Reply {
  return { status: 503, header: () => null, body: new TextEncoder().encode('{"error":"unavailable"}') };
}

function toReply({ status, headers, body }: SandboxResponse): Reply {
  const bytes = body === null ? new Uint8Array() : new TextEncoder().encode(JSON.stringify(body));
  return { status, header: (name) => headers[name] ?? null, body: bytes };
}

function toSandbox({ auth, secret }: Endpoint, request: HttpRequest): SandboxRequest {
  const headers = { 'content-type': 'application/json', ...auth.headers(secret), ...request.headers };
  return {
    method: request.method,
    path: decodeURIComponent(request.path),
    rawPath: request.path,
    query: new URLSearchParams(request.query),
    headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value])),
    body:
      request.body === undefined ? new Uint8Array() : new TextEncoder().encode(JSON.stringify(request.body)),
  };
}
