import { describe, expect, test } from 'vitest';
import { createKey } from '../../../../src/core/create/key.ts';
import { issueForLogin, loginProfile } from '../../../../src/core/create/login.ts';
import { createToken } from '../../../../src/core/create/token.ts';
import type { Delivery } from '../../../../src/core/delivery.ts';
import type { OperationDeps } from '../../../../src/core/operation/deps.ts';
import { AppError } from '../../../../src/domain/errors.ts';
import { Secret } from '../../../../src/domain/secret.ts';
import type { TokenSpec } from '../../../../src/ports/provider.ts';
import type { Transport } from '../../../../src/ports/transport.ts';
import { Killed } from '../../../support/memory-disk.ts';
import { loginOf } from '../../../support/sim-base.ts';
import { SimBench } from '../../../support/sim-bench.ts';
import { fingerprintOf } from '../../../support/sim-fakes.ts';
import { Faults } from '../../../support/sim-faults.ts';
import type { Scenario } from '../../../support/sim-scenarios.ts';
import { CREATIONS } from '../../../support/sim-scenarios.ts';

const [DEVO, PREFACTOR, BLUEBRICKS, KEY] = CREATIONS as readonly [Scenario, Scenario, Scenario, Scenario];
const NOWHERE: Delivery = { saveAs: null, destinations: [], print: null };

function spec(change: Partial<TokenSpec> = {}): TokenSpec {
  return { name: 'new', scopes: [], expiresAt: null, options: {}, idempotencyKey: null, ...change };
}

const DEVO_SPEC = spec({
  scopes: ['table://a.**'],
  options: { user: 'admin@example.com', audience: 'apiv2' },
});

function saving(name: string): Delivery {
  return { ...NOWHERE, saveAs: name };
}

describe('a new token', () => {
  test('is kept, and the store’s secret works', async () => {
    const bench = await SimBench.of(DEVO);
    const result = await createToken(await bench.machine.connect(), {
      spec: DEVO_SPEC,
      delivery: saving('new'),
    });
    expect(result).toMatchObject({ kind: 'done', exit: 'ok', item: { name: 'new' } });
    expect(await bench.currentId()).toBe(result.item?.id);
    expect(result.delivery.saved).toMatchObject({ name: 'new', kind: 'token', provider: 'devo' });
  });

  test('has a name that only this machine knows, where the provider has none', async () => {
    const bench = await SimBench.of(PREFACTOR);
    const deps = await bench.machine.connect();
    const result = await createToken(deps, {
      spec: spec({ name: null }),
      delivery: saving('new'),
      alias: 'deploy',
    });
    const aliases = await bench.machine.profiles.aliases({
      provider: 'prefactor',
      origin: 'https://vendor.test',
      settings: null,
    });
    expect(aliases).toMatchObject([{ name: 'deploy', id: result.item?.id }]);
  });

  test('with nowhere to go is refused before anything is sent', async () => {
    const bench = await SimBench.of(DEVO);
    const deps = await bench.machine.connect();
    await expect(createToken(deps, { spec: DEVO_SPEC, delivery: NOWHERE })).rejects.toMatchObject({
      code: 'usage',
    });
    expect(bench.machine.requests).toEqual([]);
  });

  test('does not replace a credential that is kept already', async () => {
    const bench = await SimBench.of(DEVO);
    const deps = await bench.machine.connect();
    const refused = createToken(deps, { spec: DEVO_SPEC, delivery: saving('main') });
    await expect(refused).rejects.toMatchObject({ code: 'conflict' });
    expect(bench.machine.requests).toEqual([]);
  });

  test('whose pipe is closed is finished by resume', async () => {
    const bench = await SimBench.of(DEVO);
    const printed: string[] = [];
    const closed = async () => {
      throw new AppError({ code: 'unavailable', message: 'the pipe is closed' });
    };
    const deps = await bench.machine.connect();
    const first = await createToken(deps, { spec: DEVO_SPEC, delivery: { ...NOWHERE, print: closed } });
    expect(first).toMatchObject({
      kind: 'pending',
      exit: 'pending',
      error: { message: 'the pipe is closed' },
    });
    const print = async (secret: Secret) => {
      printed.push(fingerprintOf(secret.reveal()));
    };
    const second = await bench.resume({ delivery: { ...NOWHERE, print } });
    expect(second).toMatchObject({ kind: 'done', delivery: { printed: true } });
    expect(printed).toEqual([bench.machine.things().find(({ name }) => name === 'new')?.fingerprint]);
  });

  test('that could not be printed is kept by resume instead, once', async () => {
    const bench = await SimBench.of(DEVO);
    const closed = async () => {
      throw new AppError({ code: 'unavailable', message: 'the pipe is closed' });
    };
    await createToken(await bench.machine.connect(), {
      spec: DEVO_SPEC,
      delivery: { ...NOWHERE, print: closed },
    });
    expect(await bench.resume()).toMatchObject({ kind: 'pending', error: { code: 'usage' } });
    const made = bench.machine.things().find(({ name }) => name === 'new');

    const result = await bench.resume({ delivery: saving('instead') });
    expect(result).toMatchObject({ kind: 'done', delivery: { saved: { name: 'instead' }, printed: false } });
    const { store } = await bench.machine.connect();
    expect(await store.find('instead')).toMatchObject({ kind: 'token', current: { id: made?.id } });
    expect(fingerprintOf((await store.open('instead')).reveal())).toBe(made?.fingerprint);
    expect(await bench.openId()).toBe('');
  });

  test('that is kept by resume is kept once, wherever resume is killed', async () => {
    const ready = async (): Promise<SimBench> => {
      const bench = await SimBench.of(DEVO);
      const print = async () => Promise.reject(new Killed());
      const wanted = { spec: DEVO_SPEC, delivery: { ...NOWHERE, print } };
      await expect(createToken(await bench.machine.connect(), wanted)).rejects.toBeInstanceOf(Killed);
      return bench;
    };
    const faults = new Faults([]);
    await (await ready()).resume({ delivery: saving('instead'), faults });
    for (let at = 1; at <= faults.seen.length; at += 3) {
      const bench = await ready();
      const killed = bench.resume({
        delivery: saving('instead'),
        faults: new Faults([{ at, kind: 'kill' }]),
      });
      await expect(killed).rejects.toBeInstanceOf(Killed);
      if ((await bench.openId()) !== '') await bench.resume({ delivery: saving('instead') });
      const { store } = await bench.machine.connect();
      expect((await store.find('instead'))?.versions, `killed at ${at}`).toHaveLength(1);
      const made = bench.machine.things().find(({ name }) => name === 'new');
      expect(fingerprintOf((await store.open('instead')).reveal())).toBe(made?.fingerprint);
      expect(await bench.openId()).toBe('');
    }
  });

  test('that is refused is the provider’s own refusal', async () => {
    const bench = await SimBench.of(DEVO);
    const wrong = { ...DEVO_SPEC, options: { ...DEVO_SPEC.options, user: 'nobody@example.com' } };
    const result = await createToken(await bench.machine.connect(), { spec: wrong, delivery: saving('new') });
    expect(result).toMatchObject({ kind: 'aborted', exit: result.error?.code });
    expect(result.error?.message).toMatch(/User not found/);
  });

  test('of a name that is taken for ever is refused before the request', async () => {
    const bench = await SimBench.of(BLUEBRICKS);
    const wanted = { spec: spec(), delivery: saving('new') };
    await createToken(await bench.machine.connect(), wanted);
    const again = await createToken(await bench.machine.connect(), { ...wanted, delivery: saving('other') });
    expect(again).toMatchObject({ kind: 'aborted', exit: 'conflict' });
    expect(bench.machine.requests.filter(({ isIssuing }) => isIssuing)).toHaveLength(1);
  });
});

describe('a create whose answer is lost', () => {
  async function lose(bench: SimBench, wanted: TokenSpec) {
    const transport = (inner: Transport): Transport => ({
      call: (...given) => inner.call(...given),
      sendOnce: async (endpoint, request) => {
        await inner.sendOnce(endpoint, request, { head: async () => {}, chunk: async () => {} });
        return { kind: 'ambiguous', reason: 'reset', status: null, bytes: 0 };
      },
      close: () => inner.close(),
    });
    const deps: OperationDeps = await bench.machine.connect({ mutation: { name: 'lost', transport } });
    return createToken(deps, { spec: wanted, delivery: saving('new') });
  }

  test('is adopted where the provider shows the secret again', async () => {
    const bench = await SimBench.of(DEVO);
    expect((await lose(bench, DEVO_SPEC)).kind).toBe('done');
    expect(bench.machine.requests.filter(({ isIssuing }) => isIssuing)).toHaveLength(1);
  });

  test('is ended where its unique name proves it ours', async () => {
    const bench = await SimBench.of(BLUEBRICKS);
    const result = await lose(bench, spec());
    // Bluebricks never frees a name: trying the same one again would fail for ever.
    expect(result).toMatchObject({ kind: 'aborted', exit: 'conflict' });
    expect(result.error?.facts.message).toMatch(/the request was sent.*the name "new" is used up/);
    expect(result.error?.facts.hint).toMatch(/--name new-2`/);
    expect(bench.machine.things().find(({ name }) => name === 'new')?.live).toBe(false);
  });

  test.each([
    ['devo', DEVO, DEVO_SPEC],
    ['bluebricks', BLUEBRICKS, spec()],
  ] as const)(
    'is left alone by a later run, for the name may be a colleague’s (%s)',
    async (_, scenario, wanted) => {
      const bench = await SimBench.of(scenario);
      const killed = (inner: Transport): Transport => ({
        call: (...given) => inner.call(...given),
        // The request never leaves, and the process dies: what appears under the name is somebody else's.
        sendOnce: async () => {
          throw new Error('killed');
        },
        close: () => inner.close(),
      });
      const deps = await bench.machine.connect({ mutation: { name: 'killed', transport: killed } });
      await expect(createToken(deps, { spec: wanted, delivery: saving('new') })).rejects.toThrow('killed');
      const { client } = await bench.machine.connect();
      const { create } = client.connection.provider.tokens;
      if (!create) throw new Error('tokens can be created');
      await client.sendOnce(create, wanted, { head: async () => {}, chunk: async () => {} });
      const theirs = bench.machine.things().find(({ name }) => name === 'new');
      expect(await bench.resume()).toMatchObject({ kind: 'attention', exit: 'orphan', orphanId: theirs?.id });
      await bench.abort();
      expect(bench.machine.things().find(({ id }) => id === theirs?.id)?.live).toBe(true);
      await expect(bench.currentId()).rejects.toMatchObject({ code: 'not-found' });
    },
  );

  test('is named where nothing proves it ours, and nothing is ended', async () => {
    const bench = await SimBench.of(KEY);
    const transport = (inner: Transport): Transport => ({
      call: (...given) => inner.call(...given),
      sendOnce: async (endpoint, request) => {
        await inner.sendOnce(endpoint, request, { head: async () => {}, chunk: async () => {} });
        return { kind: 'ambiguous', reason: 'reset', status: null, bytes: 0 };
      },
      close: () => inner.close(),
    });
    const deps = await bench.machine.connect({ mutation: { name: 'lost', transport } });
    const wanted = { project: 'web', name: 'new', type: 'server_signed', delivery: saving('new') } as const;
    const result = await createKey(deps, wanted);
    const [orphan] = bench.machine.things();
    expect(result).toMatchObject({ kind: 'attention', exit: 'orphan', orphanId: orphan?.id });
    expect(orphan?.live).toBe(true);
    await expect(createKey(await bench.machine.connect(), wanted)).rejects.toMatchObject({ code: 'locked' });
  });
});

describe('a new key', () => {
  test('of a browser has no secret to deliver', async () => {
    const bench = await SimBench.of(KEY);
    const deps = await bench.machine.connect();
    const result = await createKey(deps, {
      project: 'web',
      name: 'web',
      type: 'browser_public',
      delivery: NOWHERE,
    });
    expect(result).toMatchObject({ kind: 'done', delivery: { saved: null, fingerprint: null } });
    expect(result.item?.publicKey).toMatch(/^[0-9a-f]{32}$/);
  });
});

describe('a login with a session', () => {
  test('keeps one token as the profile’s own, and never the session', async () => {
    const bench = await SimBench.of(KEY);
    const { machine } = bench;
    const session = loginOf(machine.sandbox, { ...KEY, provider: 'errova' }, 'session-cookie');
    const { provider } = (await machine.connect()).client.connection;
    const auth = provider.auth[1];
    if (!auth) throw new Error('no session scheme');
    const connection = { auth, secret: Secret.of(session.secret), profile: null, credentialName: null };
    const profile = {
      name: 'fresh',
      provider: 'errova',
      settings: session.settings,
      origin: 'https://vendor.test',
      credential: { kind: 'store', name: 'fresh' },
      tokenId: null,
    } as const;
    const entry = { name: 'fresh', from: null };
    const wanted = { spec: spec({ name: 'keyturn', scopes: ['org.admin'] }), profile, entry };
    const result = await issueForLogin(await machine.connect({ connection }), wanted);
    expect(result).toMatchObject({ kind: 'done', item: { name: 'keyturn' } });
    expect(await machine.profiles.find('fresh')).toMatchObject({ tokenId: result.item?.id });
    const { host, store } = await machine.connect();
    expect(await store.find('fresh')).toMatchObject({ kind: 'managing', current: { id: result.item?.id } });
    const { operations } = await host.list();
    expect(operations[0]?.header).toMatchObject({ kind: 'login', profile: 'fresh' });
    expect(operations[0] && loginProfile(operations[0].header)).toEqual(profile);
    for (const bytes of machine.disk.files().values()) {
      expect(Buffer.from(bytes).toString('latin1')).not.toContain(session.secret);
    }
  });
});
