import { describe, expect, test } from 'vitest';
import { CLIENTS } from '../../src/adapters/http/choose-client.ts';
import type { ProviderId } from '../../src/sandbox/vendor.ts';
import type { CaseOptions, KillReport } from '../support/kill-case.ts';
import { IS_FULL } from '../support/kill-plan.ts';
import { ALL, countIssuing, createBenches, expectWhole, faultTest, OVERLAPPING } from './bench.ts';

interface Expected {
  /** Exit codes of the first run; any where not given. */
  readonly codes?: readonly number[];
  /** Requests for a new secret in the first run. */
  readonly issuing?: number;
  /**
   * Whether the answer arrives whole and cannot be read. Where the secret is replaced in place that is for a person, and
   * nothing is sent again: a repeat would destroy the secret that only this answer held. `perhaps`: it depends on the moment.
   */
  readonly isWhole?: boolean | 'perhaps';
}

const LIST = 'call GET /api/v1/auth/keys';

/**
 * What the network and the provider's servers do to an issuing request, through each HTTP client. The rotation runs in this process
 * against the sandbox, is resumed until nothing is open, and run again where it ended with nothing done.
 */
describe.each(CLIENTS)('through %s', (client) => {
  const rotating = createBenches('tokens rotate', client);

  async function spoilt(
    provider: ProviderId,
    options: CaseOptions,
    expected: Expected = {},
  ): Promise<KillReport> {
    const bench = await rotating(provider);
    const report = await bench.play({ kind: 'none' }, { ...options, inProcess: true });
    const { isWhole = false } = expected;
    const isRead = isWhole === 'perhaps' ? report.end === 'told' : isWhole;
    const isForPerson = isRead && provider === 'errova';
    expectWhole(report, isForPerson ? 'told' : 'done');
    if (expected.codes) expect(expected.codes).toContain(report.first.code);
    // In place and with an idempotency key a repeat is harmless; elsewhere there is never a second request.
    const repeats = provider === 'errova' || provider === 'prefactor';
    const issuing = countIssuing(bench, report);
    if (expected.issuing !== undefined || isForPerson) expect(issuing).toBe(expected.issuing ?? 1);
    else expect(issuing).toBeLessThanOrEqual(repeats ? 2 : 1);
    return report;
  }

  function spoil(title: string, action: string, expected: Expected = {}, more: readonly string[] = []): void {
    faultTest(title, ALL, async (provider) => {
      const { issuing } = await rotating(provider);
      await spoilt(provider, { faults: [`${issuing} ${action} x1`], more }, expected);
    });
  }

  describe('on the way there', () => {
    spoil('#23 reset after the request was read, not acted upon', 'reset-before');
    spoil('#24 reset after it was acted upon', 'reset-after');
    spoil('#27 no answer in time, acted upon', 'hang-after', {}, ['--timeout', '1s']);
    spoil('#27 no answer in time, not acted upon', 'hang-before', {}, ['--timeout', '1s']);
    spoil('#28 silence after the head', 'drip:2000', {}, ['--timeout', '1s']);
    faultTest(
      '#26 every issuing request is one request on a connection of its own',
      ALL,
      async (provider) => {
        await spoilt(provider, {}, { codes: [0], issuing: 1 });
      },
    );
  });

  describe('statuses', () => {
    spoil('#29 500 before it was acted upon', 'status:500');
    spoil('#29 500 after it was acted upon', 'status-after:500');
    for (const status of [502, 503, 504, 520, 524, 408, 425]) {
      spoil(`#30 ${status} after it was acted upon`, `status-after:${status}`);
    }
    faultTest('#31 503 with an hour of Retry-After: no hour is slept', ALL, async (provider) => {
      const { issuing } = await rotating(provider);
      const started = performance.now();
      await spoilt(provider, { faults: [`${issuing} status:503:retry-after=3600 x1`] });
      expect(performance.now() - started).toBeLessThan(30_000);
    });
    for (const after of ['', ':retry-after=1', ':retry-after=-5', ':retry-after=1e12', ':retry-after=0']) {
      spoil(`#32 429${after}`, `status:429${after}`);
    }
    for (const status of [301, 302, 303, 307, 308]) {
      faultTest(`#43 ${status} is not followed, to no place`, ALL, async (provider) => {
        const { issuing, rig } = await rotating(provider);
        const elsewhere = `${rig.world.origin}/stolen`;
        const { first } = await spoilt(provider, {
          faults: [`${issuing} redirect:${status}:${elsewhere} x1`],
        });
        expect(first.requests.filter(({ path }) => path.startsWith('/stolen'))).toEqual([]);
      });
    }
  });

  describe('answers', () => {
    spoil('#33 shorter than announced', 'truncate');
    spoil('#33 shorter than announced by its last byte', 'truncate:100');
    // What follows the announced length is damage if it is seen in time.
    spoil('#34 an announced length that cuts it', 'short-length', { isWhole: 'perhaps' });
    spoil('#37 nothing in it', 'empty', { isWhole: true });
    spoil('#38 the page of a captive portal', 'html', { isWhole: true });
    spoil('#39 the secret under another name', 'garble:secret');
    spoil('#45 a head that is too large', 'headers:20480');
    spoil('#47 one that does not end', 'endless', {}, ['--timeout', '3s']);
    spoil('#49 the request is carried out twice', 'twice');
  });

  describe('lists', () => {
    faultTest('#54 a list that lags once', OVERLAPPING, async (provider) => {
      const { issuing } = await rotating(provider);
      await spoilt(provider, { faults: [`${issuing} reset-after x1`, 'GET * stale x1 after:2'] });
    });
    faultTest(
      '#58 a list that is refused after a lost answer ends nothing',
      OVERLAPPING,
      async (provider) => {
        const bench = await rotating(provider);
        const faults = [
          `${bench.issuing} reset-after x9`,
          `GET * status:403 after:${bench.issuingRequest - 1}`,
        ];
        const report = await bench.play({ kind: 'none' }, { inProcess: true, faults });
        expect({ lost: report.lost, leaked: report.leaked }).toEqual({ lost: 0, leaked: 0 });
        expect(report.first.requests.filter(({ method }) => method === 'DELETE')).toEqual([]);
        expect([7, 10, 11]).toContain(report.first.code);
      },
    );
  });

  describe('an answer that names no id', () => {
    // The list of before the issuing request is the last request on its path that passes.
    const actions = ['stale', 'status:500', 'html', 'status:403', 'reset-before', 'empty', 'truncate'];
    for (const action of IS_FULL ? actions : actions.slice(0, 3)) {
      for (const times of IS_FULL ? [1, 9] : [9]) {
        test(`#42 and a list that answers with ${action}, ${times} times: nothing is guessed, resume finds it`, async () => {
          const bench = await rotating('bluebricks');
          const at = bench.effects.findIndex(({ kind }) => kind === 'issue');
          const isList = ({ text }: { text: string }): boolean => text === LIST;
          const before = bench.effects.slice(0, at).filter(isList).length;
          expect(bench.effects.slice(at).some(isList)).toBe(true);
          const [, ...rule] = LIST.split(' ');
          const faults = [`${rule.join(' ')} ${action} x${times} after:${before}`];
          const { first } = await spoilt('bluebricks', { faults }, { issuing: 1 });
          expect([0, 10]).toContain(first.code);
          expect(first.requests.some(({ fault }) => fault?.startsWith(action.split(':')[0] ?? ''))).toBe(
            true,
          );
          const ended = first.requests.filter(({ path }) => path.endsWith('/deactivate'));
          if (first.code === 10) expect(ended).toEqual([]);
        });
      }
    }
  });

  describe('the old one', () => {
    for (const status of [404, 410]) {
      faultTest(`#68 ${status} when it is ended: it is gone`, ['devo'], async (provider) => {
        await spoilt(provider, { faults: [`DELETE * status-after:${status} x1`] }, { codes: [0] });
      });
    }
    for (const status of [409, 500, 503]) {
      faultTest(`#68 ${status} when it is ended: resume ends it`, ['devo'], async (provider) => {
        await spoilt(provider, { faults: [`DELETE * status:${status} x1`] });
      });
    }
    faultTest('#67 said to be ended and still alive: tried again', ['devo'], async (provider) => {
      await spoilt(provider, { faults: ['DELETE * reset-before x1'] });
    });
  });

  describe('the provider is gone', () => {
    test('#53 for good right after the issuing request was sent: the old one works, another issuing request is refused, resume finishes', async () => {
      const bench = await rotating('devo');
      const { rig, issuing, issuingRequest } = bench;
      const round = rig.begin();
      try {
        rig.world.setFaults([`${issuing} reset-after`, `* reset-before after:${issuingRequest}`]);
        const first = await round.runCommand(['--timeout', '2s']);
        expect([7, 10]).toContain(first.code);
        const kept = await round.run(['credentials', 'get', 'ci', '--print']);
        expect(kept.code).toBe(0);
        rig.world.setFaults([]);
        const before = round.requests().length;
        const second = await round.runCommand([]);
        expect(second.code).toBe(13);
        expect(
          round
            .requests()
            .slice(before)
            .filter(({ method }) => method !== 'GET'),
        ).toEqual([]);
        const resumed = await round.run(['rotations', 'resume', '--all', '--yes']);
        expect(resumed.code).toBe(0);
        const now = await round.run(['credentials', 'get', 'ci', '--print']);
        expect(now.stdout).not.toBe(kept.stdout);
        expect(round.items().filter(({ live }) => live)).toHaveLength(
          round.before.filter(({ live }) => live).length,
        );
      } finally {
        round.end();
      }
    });
  });
});
