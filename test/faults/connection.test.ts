import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CLIENTS } from '../../src/adapters/http/choose-client.ts';
import { killCase } from '../support/kill-case.ts';
import { type KillRig, makeRig } from '../support/kill-rig.ts';
import { KILL_SCENARIOS } from '../support/kill-scenarios.ts';
import type { Strike } from '../support/kill-victim.ts';
import { expectWhole } from './bench.ts';
import { type Relay, startRelay, type Trouble } from './relay.ts';

describe.each(CLIENTS)('through %s', (client) => {
  /** Below HTTP: the issuing request is the second connection of a command, and only that one is broken. */
  describe('the connection of an issuing request', () => {
    const ISSUING = 2;
    let relay: Relay;
    let rig: KillRig;

    beforeAll(async () => {
      const scenario = KILL_SCENARIOS.find(({ name }) => name === 'devo: tokens rotate');
      if (!scenario) throw new Error('there is no such scenario');
      rig = await makeRig(scenario, {
        client,
        between: async (origin) => {
          relay = await startRelay(Number(new URL(origin).port));
          return `http://127.0.0.1:${relay.port}`;
        },
      });
    });
    afterAll(async () => {
      await rig.close();
      await relay.close();
    });

    const posts = (): number => rig.world.requests.filter(({ method }) => method === 'POST').length;

    const killed = (title: string, trouble: Trouble): void => {
      test(title, async () => {
        const before = posts();
        relay.set(trouble, ISSUING);
        const strike: Strike = { kind: 'moment', what: title, isNow: () => relay.hit() };
        const report = await killCase(rig, strike);
        expectWhole(report);
        expect(relay.hit()).toBe(true);
        expect(report.first.code).toBe(-1);
        // The killed one never arrived; the one run again did, and the next rotation of the harness.
        expect(posts() - before).toBe(2);
      });
    };

    const broken = (title: string, trouble: Trouble): void => {
      test(title, async () => {
        relay.set(trouble, ISSUING);
        const report = await killCase(rig, { kind: 'none' }, { inProcess: true });
        expectWhole(report);
        expect(relay.hit()).toBe(true);
      });
    };

    killed('#6 killed when it is connected and nothing has arrived', 'hold');
    killed('#7 killed when half of the request has arrived', 'half-request');
    broken('#22 reset as soon as it is accepted', 'reset-at-accept');
    broken('#25 ended without an answer', 'fin');
  });

  describe('no connection at all', () => {
    test('#19 nobody listens: nothing was sent, and later it works', async () => {
      const scenario = KILL_SCENARIOS.find(({ name }) => name === 'devo: tokens rotate');
      if (!scenario) throw new Error('there is no such scenario');
      const rig = await makeRig(scenario, { client });
      const round = rig.begin();
      await rig.world.close();
      const done = await round.runCommand([]);
      expect(done.code).toBe(7);
      expect(JSON.parse((await round.run(['rotations', 'list', '--json'])).stdout)).toMatchObject({
        rotations: [],
      });
      expect((await round.run(['credentials', 'get', 'ci', '--print'])).code).toBe(0);
      round.end();
      rig.base.remove();
    });
  });
});
