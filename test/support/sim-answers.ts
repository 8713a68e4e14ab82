import type { Provider } from '../../src/ports/provider.ts';
import type { Capture, Endpoint, Outcome, Reply, Transport } from '../../src/ports/transport.ts';
import type { FaultAction } from '../../src/sandbox/fault-actions.ts';
import { answerWithFault } from '../../src/sandbox/fault-answer.ts';
import type { Mutation } from './sim-machine.ts';

/** Changes what an issuing request is answered with, on the wire. */
export function answering(change: (body: Uint8Array) => Uint8Array): Mutation {
  const transport = (inner: Transport): Transport => ({
    call: (...given) => inner.call(...given),
    close: () => inner.close(),
    sendOnce: async (endpoint, request, capture) => {
      const changed: Capture = {
        head: (status, id) => capture.head(status, id),
        chunk: (bytes) => capture.chunk(change(bytes)),
      };
      const outcome: Outcome = await inner.sendOnce(endpoint, request, changed);
      if (outcome.kind !== 'answered') return outcome;
      return { ...outcome, reply: { ...outcome.reply, body: change(outcome.reply.body) } };
    },
  });
  return { name: 'another answer', transport };
}

/** The same answer as the sandbox's own fault rule gives, on issuing requests and on reads of one token. */
export function faulty(action: FaultAction): Mutation {
  const change = (body: Uint8Array): Uint8Array => {
    if (body.length === 0) return body;
    const response = { status: 200, headers: {}, body: JSON.parse(Buffer.from(body).toString('utf8')) };
    const vendors = {
      handle: () => response,
      pretend: () => response,
      handlePast: () => response,
      commits: 0,
    };
    const request = {
      method: 'POST',
      path: '/',
      rawPath: '/',
      query: new URLSearchParams(),
      headers: {},
      body,
    };
    const answer = answerWithFault({ vendors, request, action });
    return new Uint8Array(Buffer.from(JSON.stringify(answer.response.body)));
  };
  const issuing = answering(change);
  const reads = calling(async (inner, endpoint, request) => {
    const reply = await inner.call(endpoint, request);
    return request.method === 'GET' ? { ...reply, body: change(reply.body) } : reply;
  });
  return { name: 'a fault', transport: (inner) => issuing.transport?.(reads(inner)) ?? inner };
}

type Call = (
  inner: Transport,
  endpoint: Endpoint,
  request: Parameters<Transport['call']>[1],
) => Promise<Reply>;

/** Changes what any request but an issuing request is answered with. */
export function calling(call: Call): (inner: Transport) => Transport {
  return (inner) => ({
    call: (endpoint, request) => call(inner, endpoint, request),
    sendOnce: (...given) => inner.sendOnce(...given),
    close: () => inner.close(),
  });
}

/** The provider with other operations on tokens. */
export function withTokens(change: (provider: Provider) => Partial<Provider['tokens']>) {
  return {
    name: 'changed',
    provider: (provider: Provider): Provider => ({
      ...provider,
      tokens: { ...provider.tokens, ...change(provider) },
    }),
  };
}
