import { afterAll, describe, expect, test } from 'vitest';
import type { ProviderId } from '../../src/sandbox/vendor.ts';
import { type CaseOptions, type KillReport, killCase } from './kill-case.ts';
import { IS_FULL, randomInstants, SEED, spread, tell } from './kill-plan.ts';
import { type KillRig, makeRig } from './kill-rig.ts';
import { KILL_SCENARIOS, type KillScenario } from './kill-scenarios.ts';
import { type Effect, type Strike, strikesOf, traceEffects } from './kill-victim.ts';

const MINUTES = 60_000;
const PROVIDERS: readonly ProviderId[] = ['errova', 'devo', 'prefactor', 'bluebricks'];
/** Each hits the issuing request once. */
const FAULTS = [
  'reset-after',
  'truncate',
  'status-after:500',
  'twice',
  'reset-headers',
  'empty',
  'short-length',
  'status:503',
];

interface KillCase {
  readonly strike: Strike;
  readonly options?: CaseOptions;
}

type Plan = (bench: Bench) => Promise<readonly KillCase[]>;

/** What `kill -9` may leave behind with one provider: nothing that is lost, stranded or leaked. */
export function killSuite(provider: ProviderId): void {
  const scenarios = KILL_SCENARIOS.filter((scenario) => scenario.provider === provider);
  const rotate = scenarios.find(({ name }) => name === `${provider}: tokens rotate`);
  if (!rotate) throw new Error(`nothing is rotated with ${provider}`);
  const benches = new Map<KillScenario, Promise<Bench>>();
  afterAll(async () => {
    for (const bench of benches.values()) await (await bench).rig.close();
  });

  const prove = (name: string, scenario: KillScenario, plan: Plan, seed?: number): void => {
    const work = async (): Promise<readonly KillReport[]> => {
      const known = benches.get(scenario) ?? makeBench(scenario);
      benches.set(scenario, known);
      const bench = await known;
      const reports: KillReport[] = [];
      for (const { strike, options } of await plan(bench))
        reports.push(await killCase(bench.rig, strike, options));
      return reports;
    };
    test(
      name,
      async () => {
        const reports = await work();
        tell(`kill -9, ${name}`, reports, seed);
        expect(reports.length).toBeGreaterThan(0);
        expect(reports.flatMap(({ problems }) => problems)).toEqual([]);
      },
      (IS_FULL ? 20 : 2) * MINUTES,
    );
  };

  describe(`kill -9 at every effect (${provider})`, () => {
    for (const [index, scenario] of scenarios.entries()) {
      // Each command of a sealed store derives its key anew, which is slow on purpose.
      if (!IS_FULL && scenario.store === 'passphrase') continue;
      if (!IS_FULL && isRepeat(scenario) && index % 2 === PROVIDERS.indexOf(provider) % 2) continue;
      prove(scenario.name, scenario, async ({ effects }) =>
        spread(strikesOf(effects), placesOf(scenario), index).map((strike) => ({ strike })),
      );
    }
  });

  describe(`kill -9 of a command and then of its resume (${provider})`, () => {
    prove(`${provider}: resume`, rotate, resumeKills);
  });

  describe(`kill -9 after an answer that was lost or spoilt (${provider})`, () => {
    for (const [index, fault] of FAULTS.entries()) {
      if (!IS_FULL && index !== PROVIDERS.indexOf(provider)) continue;
      prove(`${provider}: ${fault}`, rotate, (bench) => faultKills(bench, fault));
    }
    prove(`${provider}: while the answer is on its way`, rotate, hangKills);
  });

  describe(`kill -9 at any instant (${provider})`, () => {
    prove(`${provider}: random instants`, rotate, instantKills, SEED);
  });
}

/** How many places are visited: all of what is different, a part of what repeats another scenario. */
function placesOf(scenario: KillScenario): number {
  if (!IS_FULL) return isRepeat(scenario) ? 1 : 2;
  if (scenario.store === 'passphrase') return 5;
  return isRepeat(scenario) ? 50 : Number.POSITIVE_INFINITY;
}

function isRepeat({ destination, graceMs }: KillScenario): boolean {
  return destination !== undefined || graceMs !== undefined;
}

/** A scenario made ready, and the effects of its command when nothing goes wrong. */
interface Bench {
  readonly rig: KillRig;
  readonly effects: readonly Effect[];
}

async function makeBench(scenario: KillScenario): Promise<Bench> {
  const rig = await makeRig(scenario);
  return { rig, effects: await effectsOf(rig, []) };
}

async function effectsOf(rig: KillRig, faults: readonly string[]): Promise<readonly Effect[]> {
  const round = rig.begin();
  try {
    rig.world.setFaults(faults);
    return await traceEffects((trace) => round.strike({ kind: 'none' }, trace));
  } finally {
    round.end();
  }
}

/** The same kill is followed by a kill of the resume, at places of that. */
async function resumeKills({ rig, effects }: Bench): Promise<readonly KillCase[]> {
  const issuingAt = effects.findIndex(({ kind }) => kind === 'issue') + 1;
  const after = strikesOf(effects).filter((strike) => strike.kind === 'effect' && strike.at > issuingAt);
  const issuing: Strike = { kind: 'effect', at: issuingAt, side: 'after' };
  const cases: KillCase[] = [];
  for (const strike of [issuing, ...spread(after, IS_FULL ? 3 : 0)]) {
    const seconds = strikesOf(await resumeEffects(rig, strike));
    const chosen = spread(seconds, IS_FULL ? 8 : 1, cases.length);
    cases.push(...chosen.map((second) => ({ strike, options: { second } })));
  }
  return cases;
}

async function resumeEffects(rig: KillRig, strike: Strike): Promise<readonly Effect[]> {
  const round = rig.begin();
  try {
    await round.strike(strike);
    return await traceEffects((trace) => round.strikeResume({ kind: 'none' }, trace));
  } finally {
    round.end();
  }
}

/** The issuing request goes wrong, and then the process dies, at places from the issuing request on. */
async function faultKills(bench: Bench, fault: string): Promise<readonly KillCase[]> {
  const { rule, at } = issueOf(bench);
  const faults = [`${rule} ${fault} x1`];
  const effects = await effectsOf(bench.rig, faults);
  const strikes = strikesOf(effects).filter((strike) => strike.kind === 'effect' && strike.at >= at);
  const chosen: readonly Strike[] = [{ kind: 'none' }, ...spread(strikes, IS_FULL ? 6 : 1)];
  // Where it is resumed, a list may lag behind.
  const lasting = (index: number): readonly string[] => (index % 3 === 2 ? ['GET * stale x1'] : []);
  return chosen.map((strike, index) => ({ strike, options: { faults, lasting: lasting(index) } }));
}

/** The provider has acted, or has not, and not a byte has come back. */
async function hangKills(bench: Bench): Promise<readonly KillCase[]> {
  const { rule, request } = issueOf(bench);
  return ['hang-after', 'hang-before'].slice(0, IS_FULL ? 2 : 1).map((kind) => ({
    strike: { kind: 'request', nth: request },
    options: { faults: [`${rule} ${kind} x1`] },
  }));
}

async function instantKills({ rig }: Bench): Promise<readonly KillCase[]> {
  const took = await durationOf(rig);
  // Before a quarter of it Node itself is starting: nothing has begun.
  const span = { from: took / 4, to: took };
  return randomInstants(SEED, IS_FULL ? 200 : 6, span).map((strike) => ({ strike }));
}

/** The issuing request: as the beginning of a fault rule, as the number of its effect, and as the number of its request. */
function issueOf({ effects }: Bench): { rule: string; at: number; request: number } {
  const index = effects.findIndex(({ kind }) => kind === 'issue');
  const [, method = '', path = ''] = effects[index]?.text.split(' ') ?? [];
  const request = effects
    .slice(0, index + 1)
    .filter(({ kind }) => kind === 'call' || kind === 'issue').length;
  return { rule: `${method} ${path}`, at: index + 1, request };
}

/** How long the published command takes, in ms. */
async function durationOf(rig: KillRig): Promise<number> {
  const times: number[] = [];
  for (let nth = 0; nth < (IS_FULL ? 3 : 1); nth += 1) {
    const round = rig.begin();
    const start = performance.now();
    // It is over long before it is killed.
    await round.strike({ kind: 'instant', ms: 30_000 });
    times.push(performance.now() - start);
    round.end();
  }
  return times.sort((a, b) => a - b)[times.length >> 1] ?? 0;
}
