import { createHash } from 'node:crypto';
import type { ClientName } from '../../src/adapters/http/choose-client.ts';
import { type RunResult, runInProcess } from './cli.ts';
import { createKillHome, type KillHome } from './kill-home.ts';
import type { KillScenario, Step } from './kill-scenarios.ts';
import { runVictim, type Strike, type VictimEnd } from './kill-victim.ts';
import { createTestTime, startTestSandbox, type TestSandbox, type TestTime } from './sandbox.ts';

/** A token or a key as the provider's own database has it. */
export interface RemoteItem {
  readonly id: string;
  readonly name: string;
  readonly live: boolean;
  readonly fingerprint: string;
}

/** A scenario made ready: the sandbox as it is before the command, and a home to copy. */
export interface KillRig {
  readonly scenario: KillScenario;
  readonly world: TestSandbox;
  readonly time: TestTime;
  readonly base: KillHome;
  /** Secrets that were issued before the command. */
  readonly oldSecrets: readonly string[];
  /** The sandbox as it was, and a fresh home. */
  begin(): Round;
  close(): Promise<void>;
}

/** One case. */
export interface Round {
  readonly home: KillHome;
  readonly env: Readonly<Record<string, string>>;
  /** What there was before the command. */
  readonly before: readonly RemoteItem[];
  items(): readonly RemoteItem[];
  /** Secrets that this case's commands could have written anywhere. */
  secrets(): readonly string[];
  /** Requests of this case so far. */
  requests(): TestSandbox['requests'];
  /** A command inside this process, at once and with the world's time. */
  run(args: readonly string[], stdin?: string): Promise<RunResult>;
  /** The scenario's command inside this process. */
  runCommand(more: readonly string[]): Promise<VictimEnd>;
  /** The scenario's command as a process. */
  strike(strike: Strike, trace?: string): Promise<VictimEnd>;
  /** The resume of everything, as a process. */
  strikeResume(strike: Strike, trace?: string): Promise<VictimEnd>;
  /** The same once more, to its end. */
  again(): Promise<VictimEnd>;
  end(): void;
}

const RESUME: Step = { args: ['rotations', 'resume', '--all', '--yes'] };

export interface RigOptions {
  /** Puts something between the commands and the sandbox: gets the sandbox's origin and gives another. */
  readonly between?: (origin: string) => Promise<string>;
  /** Gives each case's home a disk of its own, of this size; needs root. */
  readonly disk?: string;
  /** The HTTP client of every request; the transport chooses where it is left out. */
  readonly client?: ClientName | undefined;
}

export async function makeRig(
  scenario: KillScenario,
  { between, disk, client }: RigOptions = {},
): Promise<KillRig> {
  const time = createTestTime();
  const sandbox = await startTestSandbox({ time });
  const world = { ...sandbox, origin: between ? await between(sandbox.origin) : sandbox.origin };
  const base = createKillHome();
  const env = environment(scenario, base);
  for (const each of scenario.before) {
    const { args, stdin } = prepared(each, world);
    const done = await runInProcess(args, { home: base.path, env, time, stdin });
    if (done.code !== 0) throw new Error(`"${args.join(' ')}" ended with ${done.code}: ${done.stderr}`);
  }
  const state = world.sandbox.save();
  const oldSecrets = [...world.secrets];
  return {
    scenario,
    world,
    time,
    base,
    oldSecrets,
    begin() {
      world.setFaults([]);
      // Forward by the graces and the waits of the case before.
      time.advance(Date.now() - time.now());
      world.sandbox.load(state);
      const rig = { scenario, world, time, base, oldSecrets, client };
      return beginRound(rig, createKillHome(base, disk));
    },
    async close() {
      await world.close();
      base.remove();
    },
  };
}

function beginRound(
  rig: Pick<KillRig, 'scenario' | 'world' | 'time' | 'base' | 'oldSecrets'> & Pick<RigOptions, 'client'>,
  home: KillHome,
): Round {
  const { scenario, world, time, client } = rig;
  const env = environment(scenario, home);
  const secretsBefore = world.secrets.length;
  const requestsBefore = world.requests.length;
  const requests = () => world.requests.slice(requestsBefore);
  const items = () => remoteItems(scenario, world);
  return {
    home,
    env,
    before: items(),
    items,
    secrets: () => [...rig.oldSecrets, ...world.secrets.slice(secretsBefore)],
    requests,
    run: (args, stdin = '') => runInProcess(args, { home: home.path, env, time, stdin, client }),
    runCommand: async (more) => {
      const { args, stdin } = prepared(scenario.command, world);
      const done = await runInProcess([...args, ...more], { home: home.path, env, time, stdin, client });
      return { code: done.code, killed: false, output: done.stdout + done.stderr };
    },
    strike: (strike, trace) => start(scenario.command, strike, trace),
    strikeResume: (strike, trace) => start(RESUME, strike, trace),
    again: () => start(scenario.again ?? scenario.command, { kind: 'none' }),
    end: () => home.remove(),
  };

  function start(command: Step, strike: Strike, trace?: string): Promise<VictimEnd> {
    const { args, stdin } = prepared(command, world);
    const from = world.requests.length;
    const requestSeen = async (nth: number) => {
      while (world.requests.length < from + nth) await new Promise((resolve) => setTimeout(resolve, 2));
    };
    const options = { home, env, stdin, strike, requestSeen, client };
    return runVictim(args, trace === undefined ? options : { ...options, trace });
  }
}

export function fingerprintOf(secret: string): string {
  return createHash('sha256').update(secret).digest('hex');
}

function environment({ store = 'file' }: KillScenario, home: KillHome): Record<string, string> {
  const sealed = store === 'passphrase' ? { KEYTURN_PASSPHRASE: 'a passphrase of the test' } : {};
  return { ...home.env, KEYTURN_STORE: store, ...sealed };
}

function prepared({ args, stdin }: Step, world: TestSandbox): { args: readonly string[]; stdin: string } {
  const there = args[0] === 'login' ? ['--url', world.origin] : [];
  return { args: [...args, ...there], stdin: stdin?.(world) ?? '' };
}

function remoteItems({ provider, isKey }: KillScenario, world: TestSandbox): readonly RemoteItem[] {
  const tokens = world.sandbox.tokens(provider);
  return isKey ? [...tokens, ...errovaKeys(world)] : tokens;
}

/** Keys are no tokens; the saved state tells them. */
function errovaKeys({ sandbox }: TestSandbox): readonly RemoteItem[] {
  const state: unknown = sandbox.save();
  const keys = dig(state, 'vendors', 'errova', 'keys');
  if (!Array.isArray(keys)) throw new Error('the sandbox keeps no keys');
  return keys.map((key: unknown) => ({
    id: String(dig(key, 'id')),
    name: String(dig(key, 'label')),
    live: dig(key, 'expiresAt') === null || Number(dig(key, 'expiresAt')) > sandbox.now(),
    fingerprint: String(dig(key, 'hash')),
  }));
}

export function dig(value: unknown, ...path: readonly string[]): unknown {
  let at: unknown = value;
  for (const key of path) {
    if (typeof at !== 'object' || at === null) return undefined;
    at = Object.entries(at).find(([name]) => name === key)?.[1];
  }
  return at;
}
