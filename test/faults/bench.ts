import { afterAll, expect, test } from 'vitest';
import type { ClientName } from '../../src/adapters/http/choose-client.ts';
import type { ProviderId } from '../../src/sandbox/vendor.ts';
import { type CaseOptions, type KillReport, killCase } from '../support/kill-case.ts';
import { IS_FULL } from '../support/kill-plan.ts';
import { type KillRig, makeRig } from '../support/kill-rig.ts';
import { KILL_SCENARIOS } from '../support/kill-scenarios.ts';
import { type Effect, type Strike, traceEffects } from '../support/kill-victim.ts';

/** A scenario made ready, the effects of its command, and where its issuing request goes. */
export interface Bench {
  readonly provider: ProviderId;
  readonly rig: KillRig;
  readonly effects: readonly Effect[];
  /** The beginning of a fault rule that hits the issuing request. */
  readonly issuing: string;
  /** The number of the issuing request among the command's requests. */
  readonly issuingRequest: number;
  play(strike: Strike, options?: CaseOptions): Promise<KillReport>;
}

export const ALL: readonly ProviderId[] = ['errova', 'devo', 'prefactor', 'bluebricks'];
/** Where the new one is another token than the old one. */
export const OVERLAPPING: readonly ProviderId[] = ['devo', 'prefactor', 'bluebricks'];

/** Benches of one kind of command, each made when it is first used. */
export function createBenches(
  command: string,
  client?: ClientName,
): (provider: ProviderId) => Promise<Bench> {
  const made = new Map<ProviderId, Promise<Bench>>();
  afterAll(async () => {
    for (const bench of made.values()) await (await bench).rig.close();
  });
  return (provider) => {
    const bench = made.get(provider) ?? makeBench(provider, command, client);
    made.set(provider, bench);
    return bench;
  };
}

async function makeBench(provider: ProviderId, command: string, client?: ClientName): Promise<Bench> {
  const scenario = KILL_SCENARIOS.find(({ name }) => name === `${provider}: ${command}`);
  if (!scenario) throw new Error(`there is no "${command}" at ${provider}`);
  const rig = await makeRig(scenario, { client });
  const round = rig.begin();
  const effects = await traceEffects((trace) => round.strike({ kind: 'none' }, trace));
  round.end();
  const index = effects.findIndex(({ kind }) => kind === 'issue');
  const [, method = '', path = ''] = effects[index]?.text.split(' ') ?? [];
  const issuingRequest = effects
    .slice(0, index + 1)
    .filter(({ kind }) => kind === 'call' || kind === 'issue').length;
  return {
    ...{ provider, rig, effects, issuing: `${method} ${path}`, issuingRequest },
    play: (strike, options) => killCase(rig, strike, options),
  };
}

/**
 * One case of the matrix, named by its number. In `npm test` one provider stands for the others, another one for each
 * number; in `npm run proof` each has its turn.
 */
export function faultTest(
  title: string,
  providers: readonly ProviderId[],
  work: (provider: ProviderId) => Promise<void>,
): void {
  const number = Number(/^#(\d+)/.exec(title)?.[1] ?? 0);
  const chosen = IS_FULL ? providers : providers.filter((_, index) => index === number % providers.length);
  for (const provider of chosen) test(`${title} (${provider})`, () => work(provider), 60_000);
}

/** Every promise held, and nobody had to be told anything, unless `end` says so. */
export function expectWhole(report: KillReport, end: KillReport['end'] = 'done'): void {
  expect(report.problems).toEqual([]);
  expect({ end: report.end, lost: report.lost, stranded: report.stranded, leaked: report.leaked }).toEqual({
    ...{ end, lost: 0, stranded: 0, leaked: 0 },
  });
}

/** How often the first run asked for a new secret. */
export function countIssuing({ issuing }: Bench, { first }: KillReport): number {
  return first.requests.filter(({ method, path }) => `${method} ${path}` === issuing).length;
}
