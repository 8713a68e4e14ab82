import { describe, expect, test } from 'vitest';
import { AppError } from '../../../../src/domain/errors.ts';
import type { TokenStatus } from '../../../../src/domain/token.ts';
import type { PagedApiCall } from '../../../../src/ports/paging.ts';
import type { Provider, TokenTarget } from '../../../../src/ports/provider.ts';
import type { Transport } from '../../../../src/ports/transport.ts';
import { withTokens } from '../../../support/sim-answers.ts';
import { DESTINATION, SimBench } from '../../../support/sim-bench.ts';
import { fingerprintOf } from '../../../support/sim-fakes.ts';
import { Faults } from '../../../support/sim-faults.ts';
import {
  isInPlace,
  ROTATIONS,
  rotationOf,
  SELF_ROTATIONS,
  SESSION_ROTATIONS,
} from '../../../support/sim-scenarios.ts';

const HOUR = 3_600_000;
const OVERLAPS = ['devo', 'prefactor', 'bluebricks'] as const;

function refusal(status: number): AppError {
  return new AppError({ code: 'auth', message: 'rejected', status });
}

describe('a rotation', () => {
  for (const scenario of [...ROTATIONS, ...SELF_ROTATIONS, ...SESSION_ROTATIONS]) {
    test(`leaves the new one current and delivered, the old one ended: ${scenario.name}`, async () => {
      const bench = await SimBench.of(scenario);
      const result = await bench.rotate();
      expect(result).toMatchObject({ kind: 'done', exit: 'ok', error: null, orphanId: null });
      expect(await bench.currentId()).toBe(result.item?.id);
      expect(result.delivery).toMatchObject({ destinations: [DESTINATION], printed: false });
      expect(bench.isLive(bench.oldId)).toBe(isInPlace(scenario));
      const { store } = await bench.machine.connect();
      expect((await store.find(bench.entry))?.versions).toHaveLength(1);
    });
  }

  test('moves the profile and the alias to the new id', async () => {
    const [, prefactor] = SELF_ROTATIONS;
    if (!prefactor) throw new Error('no scenario');
    const bench = await SimBench.of(prefactor);
    const { profiles } = bench.machine;
    const alias = { provider: 'prefactor', origin: 'https://vendor.test', settings: null, name: 'main' };
    await profiles.saveAlias({ ...alias, id: bench.oldId });
    const result = await bench.rotate();
    expect((await profiles.find('main'))?.tokenId).toBe(result.item?.id);
    expect(await profiles.aliases(alias)).toEqual([
      { ...alias, settings: bench.machine.base.settings, id: result.item?.id },
    ]);
  });

  test('tells the audit log each thing once', async () => {
    const bench = await SimBench.of(rotationOf('devo'));
    const { item } = await bench.rotate();
    const told = bench.machine.audit.events.map(({ action, id, target }) => [action, id, target]);
    expect(told).toEqual([
      ['create', item?.id, null],
      ['store', item?.id, 'ci'],
      ['switch', item?.id, 'ci'],
      ['deliver', item?.id, DESTINATION],
      ['disable', bench.oldId, null],
      ['revoke', bench.oldId, null],
    ]);
  });

  test('prints where it was asked to, and the secret is the new one', async () => {
    const bench = await SimBench.of(rotationOf('bluebricks'));
    const printed: string[] = [];
    const print = async (secret: { reveal(): string }) => {
      printed.push(secret.reveal());
    };
    const result = await bench.rotate({}, { delivery: { saveAs: null, destinations: [], print } });
    expect(result.delivery.printed).toBe(true);
    const live = bench.machine.things().find(({ id }) => id === result.item?.id);
    expect(printed.map(fingerprintOf)).toEqual([live?.fingerprint]);
  });

  test('keeps the lifetime of the old one where the provider lets an end be chosen', async () => {
    const bench = await SimBench.of(rotationOf('prefactor'));
    const { plan } = await bench.plan();
    const lifetime = Date.parse(plan.spec?.expiresAt ?? '') - bench.machine.clock.now();
    expect(Math.abs(lifetime - 365 * 24 * HOUR)).toBeLessThan(60_000);
  });

  test('with --keep-old leaves the old one alone', async () => {
    const bench = await SimBench.of(rotationOf('devo'));
    expect((await bench.rotate({ retainOld: true })).kind).toBe('done');
    expect(bench.isLive(bench.oldId)).toBe(true);
  });
});

describe('grace', () => {
  for (const provider of OVERLAPS) {
    test(`is a date, not a sleep (${provider})`, async () => {
      const bench = await SimBench.of(rotationOf(provider));
      const started = bench.machine.clock.now();
      const first = await bench.rotate({ graceMs: HOUR });
      expect(first).toMatchObject({ kind: 'pending', exit: 'pending', error: null });
      expect(Date.parse(first.dueAt ?? '')).toBe(started + HOUR);
      expect(await bench.currentId()).toBe(first.item?.id);
      expect(bench.isLive(bench.oldId)).toBe(true);

      const early = await bench.resume();
      expect(early).toMatchObject({ kind: 'pending', dueAt: first.dueAt });
      expect(bench.isLive(bench.oldId)).toBe(true);

      await bench.machine.clock.sleep(HOUR);
      expect((await bench.resume()).kind).toBe('done');
      expect(bench.isLive(bench.oldId)).toBe(false);
    });
  }

  test('a second rotation of the same token is refused meanwhile', async () => {
    const bench = await SimBench.of(rotationOf('devo'));
    await bench.rotate({ graceMs: HOUR });
    await expect(bench.rotate()).rejects.toMatchObject({ code: 'locked' });
  });
});

describe('a destination that fails', () => {
  test('stops before the old one ends, and resume delivers', async () => {
    const bench = await SimBench.of(rotationOf('devo'));
    const broken = {
      label: DESTINATION,
      prove: async () => {},
      holds: async () => false,
      deliver: async () => {
        throw new AppError({ code: 'usage', message: 'the destination is read-only' });
      },
    };
    const first = await bench.rotate({}, { delivery: { saveAs: null, destinations: [broken], print: null } });
    expect(first).toMatchObject({ kind: 'pending', exit: 'pending' });
    expect(first.error?.message).toBe('the destination is read-only');
    expect(bench.isLive(bench.oldId)).toBe(true);
    const second = await bench.resume();
    expect(second).toMatchObject({ kind: 'done', delivery: { destinations: [DESTINATION] } });
    expect(bench.machine.place.received).toHaveLength(1);
  });
});

describe('the new secret', () => {
  test('is tried again while the provider learns of it', async () => {
    const bench = await SimBench.of(rotationOf('prefactor'));
    const until = bench.machine.clock.now() + 20_000;
    const transport = (inner: Transport): Transport => ({
      call: async (endpoint, request) => {
        const isNew =
          request.path.endsWith('/ping') && bench.machine.requests.some(({ isIssuing }) => isIssuing);
        if (isNew && bench.machine.clock.now() < until) throw refusal(401);
        return inner.call(endpoint, request);
      },
      sendOnce: (...given) => inner.sendOnce(...given),
      close: () => inner.close(),
    });
    const result = await bench.rotate({}, { mutation: { name: 'slow', transport } });
    expect(result.kind).toBe('done');
    expect(bench.machine.clock.now()).toBeGreaterThanOrEqual(until);
  });

  for (const provider of OVERLAPS) {
    test(`that is never accepted is ended, and the old one stays current (${provider})`, async () => {
      const bench = await SimBench.of(rotationOf(provider));
      const mutation = withTokens(() => ({
        prove: {
          request: () => ({ method: 'GET', path: '/nowhere' }),
          decode: () => {
            throw refusal(401);
          },
        },
      }));
      const transport = (inner: Transport): Transport => ({
        call: async (endpoint, request) => {
          if (request.path === '/nowhere') throw refusal(401);
          return inner.call(endpoint, request);
        },
        sendOnce: (...given) => inner.sendOnce(...given),
        close: () => inner.close(),
      });
      const result = await bench.rotate({}, { mutation: { ...mutation, transport } });
      expect(result).toMatchObject({ kind: 'aborted', exit: 'failure' });
      expect(await bench.currentId()).toBe(bench.oldId);
      expect(bench.machine.things().filter(({ live, name }) => live && name.startsWith('ci-'))).toEqual([]);
    });
  }

  test('of another account needs a person, and ends nothing', async () => {
    const bench = await SimBench.of(rotationOf('prefactor'));
    const mutation = withTokens((provider) => ({
      prove: {
        request: () => ({ method: 'GET', path: '/api/v1/ping' }),
        decode: () => ({ account: 'somebody else', subject: null, scopes: null, expiresAt: null }),
      },
      ...(provider.tokens.marking && { marking: provider.tokens.marking }),
    }));
    const probe = { decode: () => ({ account: 'us', subject: null, scopes: null, expiresAt: null }) };
    const result = await bench.rotate(
      {},
      {
        mutation: {
          ...mutation,
          provider: (given) => {
            const changed = mutation.provider(given);
            return { ...changed, probe: { ...changed.probe, ...probe } };
          },
        },
      },
    );
    expect(result).toMatchObject({ kind: 'attention', exit: 'conflict' });
    expect(bench.isLive(bench.oldId)).toBe(true);
    expect(bench.machine.requests.some(({ path }) => /suspend|revoke/.test(path))).toBe(false);
  });

  for (const scenario of [...ROTATIONS, ...SELF_ROTATIONS]) {
    test(`#66 that works and is listed as suspended needs a person, and ends nothing: ${scenario.name}`, async () => {
      const bench = await SimBench.of(scenario);
      const known = await livingSecrets(bench);
      const mutation = showing(bench, (id) => id === bench.oldId || !known.has(id));
      const result = await bench.rotate({}, { mutation });
      expect(result).toMatchObject({ kind: 'attention', exit: 'conflict', delivery: { destinations: [] } });
      expect(result.error?.message).toContain('disabled');
      expect(bench.machine.requests.some(({ path }) => /suspend|disable|deactivate|revoke/.test(path))).toBe(
        false,
      );
      expect(bench.machine.requests.some(({ method }) => method === 'DELETE')).toBe(false);
      if (scenario.provider !== 'errova') expect(await bench.currentId()).toBe(bench.oldId);
      expect((await bench.resume({ mutation })).kind).toBe('attention');
      expect((await bench.resume()).kind).toBe('done');
    });
  }

  test('that is suspended with the old one brings the old one back', async () => {
    const bench = await SimBench.of(rotationOf('prefactor'));
    const known = await livingSecrets(bench);
    const isPaused = () => bench.machine.requests.some(({ path }) => path.endsWith('/suspend'));
    const mutation = showing(bench, (id) => isPaused() && !known.has(id));
    const result = await bench.rotate({}, { mutation });
    expect(result).toMatchObject({ kind: 'attention', exit: 'conflict' });
    expect(bench.isLive(bench.oldId)).toBe(true);
  });

  test('that dies with the old one brings the old one back', async () => {
    const bench = await SimBench.of(rotationOf('prefactor'));
    let isPaused = false;
    const transport = (inner: Transport): Transport => ({
      call: async (endpoint, request) => {
        isPaused ||= request.path.endsWith('/suspend');
        const byNew = fingerprintOf(endpoint.secret.reveal()) === bench.machine.things().at(-1)?.fingerprint;
        if (isPaused && request.path.endsWith('/ping') && byNew) throw refusal(401);
        return inner.call(endpoint, request);
      },
      sendOnce: (...given) => inner.sendOnce(...given),
      close: () => inner.close(),
    });
    const mutation = { name: 'family', transport };
    // The stranger of the model is not here: the last token listed is the new one.
    const result = await bench.rotate({}, { mutation });
    expect(result).toMatchObject({ kind: 'attention', exit: 'conflict' });
    expect(bench.isLive(bench.oldId)).toBe(true);
    // Resuming does not end the old one either.
    expect((await bench.resume({ mutation })).kind).toBe('attention');
    expect(bench.isLive(bench.oldId)).toBe(true);
  });
});

describe('an issuing request that did not happen', () => {
  test('a refusal is the provider’s own, and nothing is left', async () => {
    const bench = await SimBench.of(rotationOf('devo'));
    const result = await bench.rotate({ overrides: { options: { user: 'nobody@example.com' } } });
    expect(result.kind).toBe('aborted');
    expect(result.error?.message).toMatch(/User not found/);
    expect(await bench.state()).toBe('aborted');
    expect(await bench.currentId()).toBe(bench.oldId);
  });

  test('a connection that never was is worth trying again', async () => {
    const bench = await SimBench.of(rotationOf('devo'));
    const { effects } = await countEffects(bench);
    const at = effects.findIndex(({ kind }) => kind === 'issue') + 1;
    const fresh = await SimBench.of(rotationOf('devo'));
    const result = await fresh.rotate({}, { faults: new Faults([{ at, kind: 'not-sent' }]) });
    expect(result).toMatchObject({ kind: 'aborted', exit: 'unavailable' });
    expect((await fresh.rotate()).kind).toBe('done');
  });

  test('a target that is gone is noticed before the request', async () => {
    const bench = await SimBench.of(rotationOf('devo'));
    const { client } = await bench.machine.connect();
    const { remove } = client.connection.provider.tokens;
    if (remove) await client.call(remove, { id: bench.oldId, name: null });
    const result = await bench.rotate();
    expect(result).toMatchObject({ kind: 'aborted', exit: 'not-found' });
    expect(bench.machine.requests.some(({ isIssuing }) => isIssuing)).toBe(false);
  });
});

async function livingSecrets(bench: SimBench): Promise<ReadonlySet<string>> {
  return new Set(bench.machine.things().map(({ id }) => id));
}

/** Lists and shows some as disabled once something was issued, whatever the vendor itself knows. */
function showing(bench: SimBench, isOff: (id: string) => boolean) {
  const hide = <T extends { readonly id: string; readonly status: TokenStatus }>(item: T): T => {
    const hasIssued = bench.machine.requests.some(({ isIssuing }) => isIssuing);
    return hasIssued && isOff(item.id) ? { ...item, status: 'disabled' } : item;
  };
  return {
    name: 'suspended',
    provider: (provider: Provider): Provider => {
      const { keys, tokens } = provider;
      const { get, list } = tokens;
      return {
        ...provider,
        tokens: {
          ...tokens,
          ...(get && {
            get: {
              ...get,
              decode: (body: unknown, target: TokenTarget) => {
                const { item, ...rest } = get.decode(body, target);
                return { ...rest, item: item && hide(item) };
              },
            },
          }),
          ...(list && { list: hiding(list, hide) }),
        },
        ...(keys && { keys: { ...keys, list: hiding(keys.list, hide) } }),
      };
    },
  };
}

function hiding<I, T>(list: PagedApiCall<I, T>, hide: (item: T) => T): PagedApiCall<I, T> {
  return {
    ...list,
    decode: (body, page) => {
      const { items, ...rest } = list.decode(body, page);
      return { ...rest, items: items.map(hide) };
    },
  };
}

async function countEffects(bench: SimBench) {
  const faults = new Faults([]);
  await bench.rotate({}, { faults });
  return { effects: faults.seen };
}
