import { randomBytes } from 'node:crypto';
import { parseFault } from '../../src/sandbox/faults.ts';
import { createSandbox, type Sandbox, type SandboxOptions } from '../../src/sandbox/sandbox.ts';
import { type RequestLog, startSandboxServer } from '../../src/sandbox/server.ts';
import type { ProviderId } from '../../src/sandbox/vendor.ts';

/** Time that a test moves; it also goes on by itself. */
export interface TestTime {
  now(): number;
  advance(ms: number): void;
}

export function createTestTime(): TestTime {
  let ahead = 0;
  return {
    now: () => Date.now() + ahead,
    advance: (ms) => {
      ahead += ms;
    },
  };
}

/** The four vendors on a loopback port, in this process, with every secret that they ever issued. */
export interface TestSandbox {
  readonly origin: string;
  readonly sandbox: Sandbox;
  readonly secrets: readonly string[];
  readonly requests: readonly RequestLog[];
  /** The bootstrap credential of a vendor. */
  login(provider: string, scheme?: 'bearer' | 'session-cookie'): string;
  seedTokens(provider: string, count: number): void;
  setFaults(rules: readonly string[]): void;
  close(): Promise<void>;
}

interface TestSandboxOptions extends Omit<SandboxOptions, 'world'> {
  readonly time?: TestTime;
}

const PROVIDERS: readonly ProviderId[] = ['errova', 'devo', 'prefactor', 'bluebricks'];

export async function startTestSandbox(options: TestSandboxOptions = {}): Promise<TestSandbox> {
  const secrets: string[] = [];
  const { time = createTestTime(), ...played } = options;
  const sandbox = createSandbox({
    world: {
      now: time.now,
      random: (count) => new Uint8Array(randomBytes(count)),
      onSecret: (secret) => secrets.push(secret),
    },
    ...played,
  });
  const server = await startSandboxServer({ sandbox, port: 0 });
  return {
    origin: server.origin,
    sandbox,
    secrets,
    requests: server.requests,
    login(provider, scheme = 'bearer') {
      const found = sandbox.logins.find((login) => login.provider === provider && login.scheme === scheme);
      if (!found) throw new Error(`the sandbox has no ${scheme} login for ${provider}`);
      return found.secret;
    },
    seedTokens(provider, count) {
      const id = PROVIDERS.find((candidate) => candidate === provider);
      if (!id) throw new Error(`the sandbox has no ${provider}`);
      const issued = secrets.length;
      sandbox.seedTokens(id, count);
      // Nobody is ever told these, so they cannot be anywhere.
      secrets.length = issued;
    },
    setFaults: (rules) => server.setFaults(rules.map(parseFault)),
    close: () => server.close(),
  };
}
