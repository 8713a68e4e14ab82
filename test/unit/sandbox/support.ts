import { createHash } from 'node:crypto';
import type { Sandbox, SandboxOptions } from '../../../src/sandbox/sandbox.ts';
import { createSandbox } from '../../../src/sandbox/sandbox.ts';
import type { ProviderId, SandboxRequest } from '../../../src/sandbox/vendor.ts';

export const START = Date.parse('2026-11-22T10:00:00.000Z');

/** A world in which nothing happens by chance: hashes of a counter, a clock that is moved by hand. Another salt, other secrets. */
export function fakeWorld(salt = '') {
  let now = START;
  let counter = 0;
  const secrets: string[] = [];
  return {
    secrets,
    advance(seconds: number) {
      now += seconds * 1000;
    },
    now: () => now,
    random(bytes: number) {
      counter += 1;
      const out = Buffer.alloc(bytes);
      for (let at = 0; at < bytes; at += 32)
        createHash('sha256').update(`${salt}${counter}/${at}`).digest().copy(out, at);
      return out;
    },
    onSecret(secret: string) {
      secrets.push(secret);
    },
  };
}

export interface Sent {
  readonly bearer?: string;
  readonly headers?: Record<string, string>;
  readonly body?: unknown;
}

export function request(
  method: string,
  target: string,
  { bearer, headers = {}, body }: Sent = {},
): SandboxRequest {
  const url = new URL(target, 'http://sandbox');
  return {
    method,
    path: decodeURIComponent(url.pathname),
    rawPath: url.pathname,
    query: url.searchParams,
    headers: bearer === undefined ? headers : { authorization: `Bearer ${bearer}`, ...headers },
    body: Buffer.from(body === undefined ? '' : typeof body === 'string' ? body : JSON.stringify(body)),
  };
}

/** A sandbox in a fake world, with a short way to call it. Bodies are `any` here: tests look into unknown JSON. */
export function setUp(options: Omit<SandboxOptions, 'world'> = {}, salt = '') {
  const world = fakeWorld(salt);
  const sandbox = createSandbox({ world, ...options });
  return { world, sandbox, ...driver(sandbox) };
}

export function driver(sandbox: Sandbox) {
  return {
    send(method: string, target: string, sent?: Sent) {
      const { status, headers, body } = sandbox.handle(request(method, target, sent));
      // biome-ignore lint/suspicious/noExplicitAny: a test states what it expects of the JSON
      return { status, headers, body: body as any };
    },
    login(provider: ProviderId, scheme = 'bearer') {
      const found = sandbox.logins.find((login) => login.provider === provider && login.scheme === scheme);
      if (found === undefined) throw new Error(`no ${scheme} login for ${provider}`);
      return found;
    },
  };
}
