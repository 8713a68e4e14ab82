import { describe, expect, test } from 'vitest';
import type { LocalCredentialStore } from '../../../../src/adapters/store/credential-store.ts';
import { createStoreMigration } from '../../../../src/adapters/store/store-migration.ts';
import type { StoreKind } from '../../../../src/domain/credential.ts';
import { AppError, isAppError } from '../../../../src/domain/errors.ts';
import { Secret } from '../../../../src/domain/secret.ts';
import { createMemoryDisk, type Fault, Killed, type MemoryDisk } from '../../../support/memory-disk.ts';
import {
  createFakeKeychain,
  createQueueLocks,
  createRig,
  entry,
  type FakeKeychain,
  PATH,
  type Rig,
} from './store-rig.ts';

/** A random number from 0 to n-1, the same for the same seed (mulberry32). */
function seeded(seed: number): (n: number) => number {
  let state = seed;
  return (n) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % n;
  };
}

interface World {
  readonly memory: MemoryDisk;
  readonly keychain: FakeKeychain;
  rig(watch?: Parameters<MemoryDisk['connect']>[0]): Rig;
}

function createWorld(kind: StoreKind): World {
  const memory = createMemoryDisk();
  const keychain = createFakeKeychain();
  return {
    memory,
    keychain,
    rig: (watch) => createRig(memory.connect(watch), kind, { keychain, locks: createQueueLocks() }),
  };
}

interface Scenario {
  readonly title: string;
  prepare(store: LocalCredentialStore): Promise<void>;
  act(rig: Rig): Promise<void>;
  /** What each state shows. */
  look(store: LocalCredentialStore): Promise<string>;
  readonly before: string;
  readonly after: string;
}

const open = async (store: LocalCredentialStore, name: string, version?: string): Promise<string> => {
  try {
    return (await store.open(name, version)).reveal();
  } catch (error) {
    if (isAppError(error, 'not-found')) return '-';
    throw error;
  }
};

const scenarios: readonly Scenario[] = [
  {
    title: 'the first save',
    prepare: async () => undefined,
    act: async ({ store }) => void (await store.save(entry('acme'), Secret.of('new'))),
    look: (store) => open(store, 'acme'),
    before: '-',
    after: 'new',
  },
  {
    title: 'a save over another',
    prepare: async (store) => void (await store.save(entry('acme'), Secret.of('old'))),
    act: async ({ store }) => void (await store.save(entry('acme'), Secret.of('new'), { version: '1' })),
    look: (store) => open(store, 'acme'),
    before: 'old',
    after: 'new',
  },
  {
    title: 'promote',
    prepare: async (store) => {
      await store.save(entry('acme'), Secret.of('old'));
      await store.stage(entry('acme'), 'next', Secret.of('new'));
    },
    act: async ({ store }) => void (await store.promote('acme', '1', 'next')),
    look: (store) => open(store, 'acme'),
    before: 'old',
    after: 'new',
  },
  {
    title: 'rename',
    prepare: async (store) => void (await store.save(entry('acme'), Secret.of('kept'))),
    act: async ({ store }) => void (await store.rename('acme', 'other')),
    look: async (store) => `${await open(store, 'acme')} ${await open(store, 'other')}`,
    before: 'kept -',
    after: '- kept',
  },
];

const migrations: readonly (readonly [StoreKind, StoreKind])[] = [
  ['keychain', 'file'],
  ['file', 'keychain'],
  ['keychain', 'keychain'],
];

function migrationScenario(from: StoreKind, to: StoreKind): Scenario {
  return {
    title: `migrate from ${from} to ${to}`,
    prepare: async (store) => {
      await store.save(entry('acme'), Secret.of('kept'));
      await store.stage(entry('acme'), 'next', Secret.of('staged'));
      await store.save(entry('beta'), Secret.of('other'));
    },
    act: async ({ options }) => void (await createStoreMigration(options).reseal(from, to)),
    look: async (store) => {
      const secrets = [
        await open(store, 'acme'),
        await open(store, 'acme', 'next'),
        await open(store, 'beta'),
      ];
      expect(secrets).toEqual(['kept', 'staged', 'other']);
      const { kind } = await store.facts();
      return from === to ? 'whole' : `${kind}`;
    },
    before: from === to ? 'whole' : from,
    after: from === to ? 'whole' : to,
  };
}

const cases: readonly (readonly [string, StoreKind, Scenario])[] = [
  ...(['keychain', 'file'] as const).flatMap((kind) =>
    scenarios.map((scenario) => [`${scenario.title} (${kind})`, kind, scenario] as const),
  ),
  ...migrations.map(([from, to]) => {
    const scenario = migrationScenario(from, to);
    return [scenario.title, from, scenario] as const;
  }),
];

/** Runs the scenario with one fault at each effect in turn; `judge` sees what is left. */
async function atEveryEffect(
  kind: StoreKind,
  scenario: Scenario,
  fault: Fault,
  judge: (world: World, outcome: 'done' | 'stopped', n: number) => Promise<void>,
): Promise<number> {
  for (let n = 1; ; n += 1) {
    const world = createWorld(kind);
    await scenario.prepare(world.rig().store);
    let struck = false;
    const rig = world.rig((effect) => {
      if (effect.n !== n) return null;
      struck = true;
      return fault;
    });
    let outcome: 'done' | 'stopped' = 'done';
    try {
      await scenario.act(rig);
    } catch (error) {
      if (!(error instanceof Killed) && !(error instanceof AppError)) throw error;
      outcome = 'stopped';
    }
    await judge(world, outcome, n);
    if (!struck) return n - 1;
  }
}

/** After the next proof nothing lies about: no temporary file, no marker, no key that the file does not name. */
async function expectTidy(world: World): Promise<void> {
  const { store } = world.rig();
  await store.prove();
  await store.save(entry('zz'), Secret.of('x'));
  expect([...world.memory.files().keys()]).toEqual([PATH]);
  const kind = (await store.facts()).kind;
  const vault = /^vault: "?([^\s"]+)"?$/m.exec(new TextDecoder().decode(world.memory.files().get(PATH)))?.[1];
  expect([...world.keychain.items.keys()]).toEqual(kind === 'keychain' ? [`keyturn/vault:${vault}`] : []);
}

describe.each(cases)('%s', (_title, kind, scenario) => {
  test.each(['after', 'during'] as const)('killed %s any effect leaves old or new', async (when) => {
    const effects = await atEveryEffect(
      kind,
      scenario,
      { kind: 'kill', when, bytes: 7 },
      async (world, outcome) => {
        const seen = await scenario.look(world.rig().store);
        expect(outcome === 'done' ? [scenario.after] : [scenario.before, scenario.after]).toContain(seen);
        await expectTidy(world);
      },
    );
    expect(effects).toBeGreaterThan(10);
  });

  test.each([0, 1])('a power cut at any effect leaves old or new (%i)', async (seed) => {
    const pick = seeded(seed);
    await atEveryEffect(kind, scenario, { kind: 'kill', when: 'after' }, async (world, outcome) => {
      if (seed === 0) world.memory.crash('power');
      else world.memory.crash('torn', pick);
      const seen = await scenario.look(world.rig().store);
      expect(outcome === 'done' ? [scenario.after] : [scenario.before, scenario.after]).toContain(seen);
      if (seed > 0) await expectTidy(world);
    });
  });

  test('a full disk at any effect is an error that leaves old or new', async () => {
    await atEveryEffect(
      kind,
      scenario,
      { kind: 'fail', when: 'during', bytes: 5 },
      async (world, outcome) => {
        const seen = await scenario.look(world.rig().store);
        expect(outcome === 'done' ? [scenario.after] : [scenario.before, scenario.after]).toContain(seen);
        const leftovers = [...world.memory.files().keys()].filter((path) => path.endsWith('.tmp'));
        if (outcome === 'stopped' && seen === scenario.before && leftovers.length > 0) {
          // Only a removal that failed itself may leave one.
          expect(leftovers).toHaveLength(1);
        }
        await expectTidy(world);
      },
    );
  });
});

test('a disk that is full for good leaves the old file whole and no leftover', async () => {
  const memory = createMemoryDisk({ capacity: 1_400 });
  const keychain = createFakeKeychain();
  const { store, again } = createRig(memory.connect(), 'keychain', { keychain });
  await store.save(entry('acme'), Secret.of('old'));
  const before = new TextDecoder().decode(memory.files().get(PATH));
  const long = store.save(entry('long'), Secret.of('x'.repeat(3_000)));
  await expect(long).rejects.toMatchObject({ facts: { code: 'unavailable' } });
  expect(new TextDecoder().decode(memory.files().get(PATH))).toBe(before);
  expect([...memory.files().keys()]).toEqual([PATH]);
  expect((await again().open('acme')).reveal()).toBe('old');
  await expect(again().prove()).rejects.toMatchObject({ facts: { code: 'unavailable' } });
});
